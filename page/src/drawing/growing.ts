/** Large pictures are drawn step by step: what is in sight first, and the rest around it. */

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { HEIGHT, WIDTH, type Layout, type Place } from './layout';

/** So many boxes are drawn in one step, between two frames. */
const STEP = 300;
/** How far the marks of a box stand out from it. */
const MARGIN = 16;

/** A part of the picture. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const ALL: Area = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
const NOTHING: Area = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

interface Grown {
  layout: Layout;
  areas: Area[];
  step: number;
}

/** The part that is drawn so far, and grows until it is `ALL`.
 *
 * Args:
 *   inSight: the part that the reader sees, once the layout has been put into the frame.
 */
export function useGrowing(layout: Layout, inSight: () => Area): Area {
  const [grown, setGrown] = useState<Grown>();
  const isSmall = layout.places.size <= STEP;
  useLayoutEffect(() => {
    setGrown(isSmall ? undefined : { layout, areas: areas(layout, inSight()), step: 0 });
  }, [layout]);
  // This waits until the browser has painted the step before.
  useEffect(() => {
    if (!grown || grown.step === grown.areas.length - 1) return;
    const timer = window.setTimeout(() => setGrown({ ...grown, step: grown.step + 1 }));
    return () => window.clearTimeout(timer);
  }, [grown]);
  if (isSmall) return ALL;
  return grown?.layout === layout ? grown.areas[grown.step]! : NOTHING;
}

/** Areas around what is in sight, each with so many more boxes; the last has all. */
function areas({ places }: Layout, sight: Area): Area[] {
  const far = [...places.values()].map((place) => distance(sight, place)).sort((a, b) => a - b);
  const steps = far.filter((_, number) => number % STEP === 0);
  return [...steps.map((reach) => widened(sight, reach)), ALL];
}

function widened({ left, top, right, bottom }: Area, by: number): Area {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

function distance({ left, top, right, bottom }: Area, { x, y }: Place): number {
  const across = Math.max(left - (x + WIDTH + MARGIN), x - MARGIN - right);
  const down = Math.max(top - (y + HEIGHT + MARGIN), y - MARGIN - bottom);
  return Math.max(across, down, 0);
}

/** Whether something of a box lies in an area. */
export function hasBox(area: Area, place: Place): boolean {
  return area === ALL || distance(area, place) === 0;
}

/** Whether something of an arrow may lie in an area. */
export function hasWay({ left, top, right, bottom }: Area, corners: Place[][]): boolean {
  const [across, down] = [corners.flat().map(({ x }) => x), corners.flat().map(({ y }) => y)];
  return Math.min(...across) - MARGIN <= right && Math.max(...across) + MARGIN >= left &&
    Math.min(...down) - MARGIN <= bottom && Math.max(...down) + MARGIN >= top;
}
