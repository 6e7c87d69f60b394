/** The picture itself, in attributes alone: the same on the screen and in files. */

import { memo } from 'preact/compat';
import { isBad, type Arrow, type Box, type Figure } from '../figure/boxes';
import { counted } from '../figure/names';
import { ALL, hasBox, hasWay, type Area } from './growing';
import { HEIGHT, WIDTH, type Layout, type Place } from './layout';
import type { Palette } from './palette';
import { asFitting, FONT, lines } from './text';

interface Props {
  figure: Figure;
  layout: Layout;
  palette: Palette;
  /** Which box is shown in the panel, and which the Tab key reaches. */
  selected?: string | null;
  reached?: string | null;
  /** What the picture is of, for who can't see it. */
  label: string;
  /** The part that is drawn, besides the box that the Tab key reaches: it keeps the focus. */
  area?: Area;
}

export function Drawing(
  { figure, layout, palette, selected, reached, label, area = ALL }: Props,
) {
  const arrows = figure.arrows
    .map((arrow, number) => ({ arrow, corners: layout.ways[number] ?? [] }))
    .filter(({ corners }) => hasWay(area, corners));
  const boxes = figure.boxes.filter(
    ({ key }) => key === reached || hasBox(area, layout.places.get(key)!),
  );
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      font-family={FONT}
      role="group"
      aria-label={label}
    >
      <g aria-hidden="true">
        {layout.bands.map((band) => (
          <g key={band.level}>
            <rect x={band.x - 10} y={6} width={band.width + 20} height={layout.height - 12}
              rx={8} fill={palette.band} />
            <text x={band.x + band.width / 2} y={26} text-anchor="middle" font-size={13}
              font-weight={600} fill={palette.faint}>{band.level}</text>
          </g>
        ))}
      </g>
      <g aria-hidden="true" fill="none" stroke={palette.arrow} stroke-width={1.4}>
        {arrows.map(({ arrow, corners }) => (
          <Way key={`${arrow.from} ${arrow.to}`} {...{ arrow, corners, palette }} />
        ))}
      </g>
      {boxes.map((box) => (
        <BoxShape key={box.key} box={box} place={layout.places.get(box.key)!} palette={palette}
          isSelected={box.key === selected} isReached={box.key === reached} />
      ))}
    </svg>
  );
}

interface WayProps {
  arrow: Arrow;
  corners: Place[][];
  palette: Palette;
}

const Way = memo(({ arrow, corners, palette }: WayProps) => {
  return (
    <g stroke-dasharray={arrow.inferred ? '5 4' : undefined}>
      {arrow.roles.length > 0 && <title>{arrow.roles.join(', ')}</title>}
      {corners.map((each) => <path d={rounded(each)} />)}
      {corners.map((each) => <path d={head(each)} fill={palette.arrow} stroke="none" />)}
    </g>
  );
});

function rounded(corners: Place[]): string {
  const radius = 6;
  const [first, ...rest] = corners;
  let path = `M${first!.x} ${first!.y}`;
  rest.forEach((corner, number) => {
    const next = rest[number + 1];
    const before = corners[number]!;
    if (!next) {
      path += `L${corner.x} ${corner.y}`;
      return;
    }
    const into = towards(corner, before, radius);
    const out = towards(corner, next, radius);
    path += `L${into.x} ${into.y}Q${corner.x} ${corner.y} ${out.x} ${out.y}`;
  });
  return path;
}

function towards(from: Place, to: Place, far: number): Place {
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(far, distance / 2) / distance;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function head(corners: Place[]): string {
  const tip = corners.at(-1)!;
  const side = Math.sign(tip.x - corners.at(-2)!.x) || 1;
  return `M${tip.x} ${tip.y}l${-8 * side} -4v8z`;
}

interface BoxProps {
  box: Box;
  place: Place;
  palette: Palette;
  isSelected: boolean;
  isReached: boolean;
}

const BoxShape = memo(({ box, place, palette, isSelected, isReached }: BoxProps) => {
  const isMarked = isBad(box);
  const line = isMarked ? palette.bad : box.isRoot ? palette.root : palette.line[box.kind];
  const isHeavy = box.isRoot || isSelected || box.failed > 0 || box.invalid > 0;
  const outline = {
    fill: palette.fill[box.kind],
    stroke: line,
    'stroke-width': isHeavy ? 3 : 1.3,
    'stroke-dasharray': box.isUnrecorded || (box.tainted && !box.invalid) ? '6 3' : undefined,
  };
  const count = box.members.length;
  const badge = count > 1 ? `×${count.toLocaleString('en')}` : '';
  const settings = box.configuration.length;
  const name = lines(box.title, WIDTH - 18, 13, 600);
  const top = HEIGHT / 2 + 5 - 8 * name.length;
  // What is written stands beside the button, not in it: its name is what is read aloud.
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <g data-key={box.key} class="box" role="button" tabindex={isReached ? 0 : -1}
        aria-pressed={isSelected} aria-label={spoken(box)}>
        <title>{hint(box)}</title>
        {count > 1 && <g transform="translate(6 6)"><Outline box={box} outline={outline} /></g>}
        {count > 1 && <g transform="translate(3 3)"><Outline box={box} outline={outline} /></g>}
        <Outline box={box} outline={outline} />
      </g>
      <g aria-hidden="true" pointer-events="none">
        <g text-anchor="middle" fill={palette.text} font-size={13} font-weight={600}>
          {name.map((line, number) => <text x={WIDTH / 2} y={top + 15 * number}>{line}</text>)}
        </g>
        <text x={WIDTH / 2} y={top + 15 * name.length} text-anchor="middle" font-size={10.5}
          fill={isMarked ? palette.badText : palette.faint} font-weight={isMarked ? 700 : 400}>
          {asFitting(marked(box).split(' · '), WIDTH - 16, 10.5, isMarked ? 700 : 400)}
        </text>
        {badge && <Tag x={WIDTH + 4} text={badge} palette={palette} line={line} />}
        {settings > 0 && (
          <Tag x={WIDTH - 4} y={HEIGHT + 4} text={`⚙ ${settings}`} palette={palette} line={line} />
        )}
        {box.hasMore && <Tag x={50} text="more …" palette={palette} line={line} />}
      </g>
    </g>
  );
});

/** PROV's shapes: an entity is round, an activity a rectangle, an agent a house. */
function Outline({ box, outline }: { box: Box; outline: object }) {
  if (box.kind === 'agent') {
    const roof = `M0 14L${WIDTH / 2} 0L${WIDTH} 14V${HEIGHT}H0z`;
    return <path d={roof} {...outline} />;
  }
  const radius = box.kind === 'entity' ? HEIGHT / 3 : 3;
  return <rect width={WIDTH} height={HEIGHT} rx={radius} {...outline} />;
}

interface TagProps {
  x: number;
  y?: number;
  text: string;
  palette: Palette;
  line: string;
}

function Tag({ x, y = -5, text, palette, line }: TagProps) {
  const width = 14 + 6.6 * text.length;
  return (
    <g>
      <rect x={x - width} y={y - 9} width={width} height={17} rx={8.5} fill={palette.paper}
        stroke={line} />
      <text x={x - width / 2} y={y + 4} text-anchor="middle" font-size={11} font-weight={700}
        fill={palette.text}>{text}</text>
    </g>
  );
}

function marked(box: Box): string {
  const number = (some: number) => (box.members.length > 1 ? `${some.toLocaleString('en')} ` : '');
  const marks = [
    box.invalid > 0 && `${number(box.invalid)}INVALID`,
    box.failed > 0 && box.members.length > 1 && `${number(box.failed)}failed`,
    box.tainted > 0 && !box.invalid && `${number(box.tainted)}tainted`,
  ].filter(Boolean);
  if (marks.length && box.members.length > 1) return marks.join(' · ');
  return [...marks, box.facts].filter(Boolean).join(' · ');
}

function spoken(box: Box): string {
  const kind = { entity: 'file', activity: 'run', agent: 'agent' }[box.kind];
  const more = box.hasMore ? ', more behind it' : '';
  const settings = box.configuration.length
    ? `, ${counted(box.configuration.length, 'configuration file')}`
    : '';
  return `${kind} ${box.title}, ${marked(box)}${settings}${more}`;
}

function hint(box: Box): string {
  const names = box.configuration.map((file) => file.location ?? file.name ?? file.id);
  const first = box.members[0]!;
  const lines = [box.members.length > 1 ? box.title : (first.location ?? first.name ?? first.id)];
  if (marked(box)) lines.push(marked(box));
  if (names.length) lines.push('configuration:', ...names.slice(0, 20));
  return lines.join('\n');
}
