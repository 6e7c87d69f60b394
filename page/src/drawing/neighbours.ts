/** Where the arrow keys lead from a box. */

import type { Figure } from '../figure/boxes';
import type { Layout } from './layout';

/** The next box in the direction of a key: left to causes, right to effects, up and down beside. */
export function neighbour(
  figure: Figure,
  layout: Layout,
  key: string,
  pressed: string,
): string | null {
  const here = layout.places.get(key);
  if (!here) return null;
  const distance = (other: string) => {
    const place = layout.places.get(other)!;
    return Math.abs(place.y - here.y) + Math.abs(place.x - here.x) / 4;
  };
  const closest = (keys: string[]) =>
    keys.reduce<string | null>((best, each) =>
      best === null || distance(each) < distance(best) ? each : best, null);
  if (pressed === 'ArrowLeft') {
    return closest(figure.arrows.filter(({ to }) => to === key).map(({ from }) => from));
  }
  if (pressed === 'ArrowRight') {
    return closest(figure.arrows.filter(({ from }) => from === key).map(({ to }) => to));
  }
  const side = { ArrowUp: -1, ArrowDown: 1 }[pressed];
  if (!side) return null;
  const beside = [...layout.places].filter(
    ([other, { x, y }]) => other !== key && Math.abs(x - here.x) < 120 && (y - here.y) * side > 0,
  );
  return closest(beside.map(([other]) => other));
}
