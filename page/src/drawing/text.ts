/** How wide text is, and how it is cut. */

export const FONT = 'system-ui, "Segoe UI", "DejaVu Sans", "Liberation Sans", sans-serif';

const pen = document.createElement('canvas').getContext('2d')!;
const widths = new Map<string, number>();

function width(text: string, font: string): number {
  const key = font + text;
  let known = widths.get(key);
  if (known === undefined) {
    pen.font = font;
    known = pen.measureText(text).width;
    widths.set(key, known);
  }
  return known;
}

/** So many lines a name may take. */
const LINES = 3;

/** A name in lines; where it is longer than they are, its middle is cut out. */
export function lines(text: string, room: number, size: number, weight: number): string[] {
  const font = `${weight} ${size}px ${FONT}`;
  const fits = (some: string) => width(some, font) <= room;
  // Lines end behind a mark, but a dot belongs to the ending behind it: `run1` and `.dl1.h5`.
  const parts = text.slice(0, 200).match(/\.?[^-_./:* ]*[-_/:* ]?/g) ?? [];
  const found = [''];
  for (const part of parts) {
    if (fits(found.at(-1)! + part)) found.push(found.pop()! + part);
    else found.push(part);
  }
  const filled = found.filter(Boolean);
  if (text.length <= 200 && filled.length <= LINES && filled.every(fits)) return filled;
  return broken(cutInTheMiddle(text, LINES * room - LINES * size, size, weight), fits);
}

/** Break a text wherever a line is full. */
function broken(text: string, fits: (line: string) => boolean): string[] {
  const found = [''];
  for (const letter of text) {
    if (found.length < LINES && !fits(found.at(-1)! + letter)) found.push('');
    found.push(found.pop()! + letter);
  }
  return found;
}

/** As many of some facts, from the first, as there is room for. */
export function asFitting(facts: string[], room: number, size: number, weight: number): string {
  const kept = [...facts];
  const text = () => kept.join(' · ');
  while (kept.length > 1 && width(text(), `${weight} ${size}px ${FONT}`) > room) kept.pop();
  return cutInTheMiddle(text(), room, size, weight);
}

/** Cut text in the middle until it fits: the ends of file names tell most. */
function cutInTheMiddle(text: string, room: number, size: number, weight = 400): string {
  const font = `${weight} ${size}px ${FONT}`;
  const letters = [...text.slice(0, 2000)];
  if (letters.length < 400 && width(text, font) <= room) return text;
  let [least, most] = [2, Math.min(letters.length, 100)];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (width(cut(letters, middle), font) <= room) least = middle;
    else most = middle - 1;
  }
  return cut(letters, least);
}

function cut(letters: string[], kept: number): string {
  const end = Math.ceil(kept * 0.6);
  return `${letters.slice(0, kept - end).join('')}…${letters.slice(-end).join('')}`;
}
