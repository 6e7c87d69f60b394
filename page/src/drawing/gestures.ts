/** Mouse, wheel and fingers move the camera. */

import type { Camera } from './camera';
import type { Place } from './layout';

/** A finger that moves no further than this has tapped. */
const TAP = 4;

/** Let gestures in a frame move the camera. Returns what ends that. */
export function gestures(frame: HTMLElement, camera: Camera): () => void {
  const fingers = new Map<number, Place>();
  let start: Place | null = null;
  let isDrag = false;
  const inside = (event: MouseEvent): Place => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent) => {
    if ((event.target as Element).closest('button, .minimap') || event.button > 0) return;
    fingers.set(event.pointerId, inside(event));
    start = inside(event);
    isDrag = false;
  };
  const move = (event: PointerEvent) => {
    const from = fingers.get(event.pointerId);
    if (!from || !start) return;
    const to = inside(event);
    if (!isDrag && Math.hypot(to.x - start.x, to.y - start.y) < TAP) return;
    isDrag = true;
    frame.setPointerCapture(event.pointerId);
    const other = [...fingers].find(([finger]) => finger !== event.pointerId)?.[1];
    fingers.set(event.pointerId, to);
    if (other) camera.zoom(distance(to, other) / (distance(from, other) || 1), other);
    else camera.move(to.x - from.x, to.y - from.y);
  };
  const up = (event: PointerEvent) => fingers.delete(event.pointerId);
  // The click at the end of a drag selects nothing.
  const click = (event: MouseEvent) => {
    if (isDrag) event.stopPropagation();
    isDrag = false;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    camera.zoom(Math.exp((-event.deltaY * lines) / 400), inside(event));
  };
  const stop = new AbortController();
  const { signal } = stop;
  frame.addEventListener('pointerdown', down, { signal });
  frame.addEventListener('pointermove', move, { signal });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    frame.addEventListener(end, up, { signal });
  }
  frame.addEventListener('click', click, { signal, capture: true });
  frame.addEventListener('wheel', wheel, { signal, passive: false });
  return () => stop.abort();
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
