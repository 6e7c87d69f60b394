/** A flowchart that can be moved, zoomed and walked through with the keyboard. */

import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Figure } from '../figure/boxes';
import { Camera } from './camera';
import { Drawing } from './Drawing';
import { gestures } from './gestures';
import { ALL, useGrowing } from './growing';
import { HEIGHT, WIDTH, type Layout, type Place } from './layout';
import { Minimap } from './Minimap';
import { neighbour } from './neighbours';
import { usePalette } from './palette';

const Picture = memo(Drawing);

interface Props {
  figure: Figure;
  layout: Layout;
  label: string;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onOpen: (key: string) => void;
}

export function Flowchart({ figure, layout, label, selected, onSelect, onOpen }: Props) {
  const palette = usePalette();
  const frame = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const view = useRef<SVGRectElement>(null);
  const camera = useRef<Camera | undefined>(undefined);
  const before = useRef<Layout | undefined>(undefined);
  const root = figure.boxes.find((box) => box.isRoot);
  const [reached, setReached] = useState<string | null>(selected);
  const stop = reached && layout.places.has(reached) ? reached : (root?.key ?? null);

  useLayoutEffect(() => {
    camera.current ??= new Camera(frame.current!, sheet.current!, (now) => show(view.current, now));
    const centre = middle(layout.places.get(root?.key ?? ''));
    if (before.current) keepInPlace(camera.current, before.current, layout, stop);
    else camera.current.fit(layout.width, layout.height, centre);
    before.current = layout;
  }, [layout]);
  const area = useGrowing(layout, () => camera.current!.sight);
  useEffect(() => gestures(frame.current!, camera.current!), []);
  // Who closes the panel is back at the box that opened it.
  const wasSelected = useRef(selected);
  useEffect(() => {
    const isLost = document.activeElement === document.body;
    if (wasSelected.current && !selected && isLost && stop) focus(stop);
    wasSelected.current = selected;
  }, [selected]);

  const focus = (key: string) => {
    const place = layout.places.get(key);
    if (place) camera.current!.reveal(place, WIDTH, HEIGHT);
    const shapes = sheet.current!.querySelectorAll<SVGGElement>('[data-key]');
    [...shapes].find((each) => each.dataset.key === key)?.focus({ preventScroll: true });
  };
  const pressed = (event: KeyboardEvent) => {
    const key = keyOf(event.target);
    const step = key && neighbour(figure, layout, key, event.key);
    if (step) focus(step);
    else if (key && (event.key === 'Enter' || event.key === ' ')) onSelect(key);
    else if (key && event.key === 'o') onOpen(key);
    else if (event.key === '+' || event.key === '=') camera.current!.zoom(1.25);
    else if (event.key === '-') camera.current!.zoom(0.8);
    else if (event.key === '0') camera.current!.fit(layout.width, layout.height);
    else if (event.key === 'Escape') onSelect(null);
    else return;
    event.preventDefault();
  };
  const clicked = (event: MouseEvent) => {
    const key = keyOf(event.target);
    if (!key) return;
    setReached(key);
    onSelect(key);
  };
  const picture = useMemo(() => ({ figure, layout, palette, label }), [layout, palette, label]);
  return (
    <div class="flow" ref={frame} aria-busy={area !== ALL} onKeyDown={pressed}
      onFocusIn={(event) => setReached(keyOf(event.target) ?? reached)}>
      <div class="sheet" ref={sheet} onClick={clicked}
        onDblClick={(event) => { const key = keyOf(event.target); if (key) onOpen(key); }}>
        <Picture {...picture} area={area} selected={selected} reached={stop} />
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" title="Zoom in (+)" aria-label="Zoom in"
          onClick={() => camera.current!.zoom(1.25)}>+</button>
        <button type="button" title="Zoom out (−)" aria-label="Zoom out"
          onClick={() => camera.current!.zoom(0.8)}>−</button>
        <button type="button" title="Show all (0)" aria-label="Show all"
          onClick={() => camera.current!.fit(layout.width, layout.height)}>⤢</button>
      </div>
      <Minimap figure={figure} layout={layout} palette={palette} view={view}
        onMove={(to) => camera.current!.centre(to)}
        onDrawn={() => camera.current && show(view.current, camera.current)} />
    </div>
  );
}

function keyOf(target: EventTarget | null): string | null {
  const shape = (target as Element | null)?.closest<SVGGElement>('[data-key]');
  return shape?.dataset.key ?? null;
}

function middle(place: Place | undefined): Place | null {
  return place ? { x: place.x + WIDTH / 2, y: place.y + HEIGHT / 2 } : null;
}

/** After a new layout what the reader looked at stands where it stood. */
function keepInPlace(camera: Camera, old: Layout, now: Layout, key: string | null): void {
  const common = key && old.places.has(key) ? key : nearest(camera, old, now);
  const [from, to] = [old.places.get(common ?? ''), now.places.get(common ?? '')];
  if (from && to) camera.move((from.x - to.x) * camera.scale, (from.y - to.y) * camera.scale);
  else camera.fit(now.width, now.height);
}

/** Of the boxes that both layouts have, that next to the middle of the frame. */
function nearest(camera: Camera, old: Layout, now: Layout): string | null {
  const at = {
    x: (camera.width / 2 - camera.x) / camera.scale,
    y: (camera.height / 2 - camera.y) / camera.scale,
  };
  let [best, least]: [string | null, number] = [null, Infinity];
  for (const [key, { x, y }] of old.places) {
    const distance = Math.hypot(x - at.x, y - at.y);
    if (now.places.has(key) && distance < least) [best, least] = [key, distance];
  }
  return best;
}

function show(view: SVGRectElement | null, { sight }: Camera): void {
  view?.setAttribute('x', String(sight.left));
  view?.setAttribute('y', String(sight.top));
  view?.setAttribute('width', String(sight.right - sight.left));
  view?.setAttribute('height', String(sight.bottom - sight.top));
}
