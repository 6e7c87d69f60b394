/** The whole picture in a corner, with the part that is seen. */

import { useEffect } from 'preact/hooks';
import type { RefObject } from 'preact';
import { isBad, type Figure } from '../figure/boxes';
import { HEIGHT, WIDTH, type Layout, type Place } from './layout';
import type { Palette } from './palette';

interface Props {
  figure: Figure;
  layout: Layout;
  palette: Palette;
  view: RefObject<SVGRectElement | null>;
  onMove: (to: Place) => void;
  onDrawn: () => void;
}

export function Minimap({ figure, layout, palette, view, onMove, onDrawn }: Props) {
  useEffect(onDrawn, [layout]);
  const to = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const svg = event.currentTarget as SVGSVGElement;
    const matrix = svg.getScreenCTM()!.inverse();
    onMove(new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix));
  };
  return (
    <svg class="minimap" viewBox={`0 0 ${layout.width} ${layout.height}`} aria-hidden="true"
      onPointerDown={to} onPointerMove={to}>
      <path fill={palette.arrow} d={squares(figure, layout, false)} />
      <path fill={palette.bad} d={squares(figure, layout, true)} />
      <rect ref={view} class="seen" vector-effect="non-scaling-stroke" />
    </svg>
  );
}

function squares(figure: Figure, layout: Layout, areBad: boolean): string {
  return figure.boxes
    .filter((box) => isBad(box) === areBad)
    .map((box) => layout.places.get(box.key))
    .map((place) => (place ? `M${place.x} ${place.y}h${WIDTH}v${HEIGHT}h-${WIDTH}z` : ''))
    .join('');
}
