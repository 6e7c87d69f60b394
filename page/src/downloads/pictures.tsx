/** The flowchart as SVG and PNG: what is on the screen, in the colours of paper. */

import { render } from 'preact';
import { Drawing } from '../drawing/Drawing';
import { LIGHT } from '../drawing/palette';
import type { Drawn } from '../views/History';

/** The most pixels that browsers paint into one picture. */
const MOST_PIXELS = 60_000_000;

export function svg({ figure, layout }: Drawn, name: string): Blob {
  const page = document.createElement('div');
  const drawing = <Drawing {...{ figure, layout, palette: LIGHT, label: `Lineage of ${name}` }} />;
  render(drawing, page);
  for (const each of page.querySelectorAll('[tabindex]')) each.removeAttribute('tabindex');
  const picture = page.querySelector('svg')!;
  const paper = document.createElementNS(picture.namespaceURI, 'rect');
  for (const [key, value] of [['width', '100%'], ['height', '100%'], ['fill', LIGHT.paper]]) {
    paper.setAttribute(key!, value!);
  }
  picture.prepend(paper);
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: 'image/svg+xml' });
}

export async function png(drawn: Drawn, name: string): Promise<Blob> {
  const address = URL.createObjectURL(svg(drawn, name));
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const { width, height } = drawn.layout;
    const scale = Math.min(2, Math.sqrt(MOST_PIXELS / (width * height)), 16000 / width);
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    const pen = canvas.getContext('2d')!;
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((done) => canvas.toBlob((made) => done(made!), 'image/png'));
  } finally {
    URL.revokeObjectURL(address);
  }
}
