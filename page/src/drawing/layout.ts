/** Gives boxes and arrows their places: ELK's layered layout, in a worker of its own. */

import type { ELK, ElkEdgeSection, ElkNode } from 'elkjs/lib/elk-api';
import ElkApi from 'elkjs/lib/elk-api';
import type { Figure } from '../figure/boxes';
import { layoutWorker } from '../start';

export const WIDTH = 128;
export const HEIGHT = 72;
/** More boxes than these are laid out with less care, and so in time. */
const MANY = 150;

export interface Place {
  x: number;
  y: number;
}

/** A band behind the boxes of one data level. */
interface Band {
  level: string;
  x: number;
  width: number;
}

export interface Layout {
  places: Map<string, Place>;
  /** The corners of each arrow, in the order of the figure's arrows. */
  ways: Place[][][];
  bands: Band[];
  width: number;
  height: number;
}

let elk: ELK | null = null;
let isNeeded = false;

/** Start the worker, so that it is ready when the first figure is there. As long as none is, it lays
 * out a small one: the browser compiles most of ELK on the way. */
export function prepare(): ELK {
  if (elk) return elk;
  const started = new ElkApi({ algorithms: ['layered'], workerFactory: layoutWorker });
  elk = started;
  void started.knownLayoutAlgorithms().then(() => {
    if (!isNeeded) void started.layout(small());
  });
  return started;
}

function small(): ElkNode {
  const children = ['a', 'b', 'c', 'd'].map((id) => ({ id, width: WIDTH, height: HEIGHT }));
  const edges = ['ab', 'bc', 'ad', 'db'].map((id) => ({
    id,
    sources: [id[0]!],
    targets: [id[1]!],
  }));
  return { id: 'first', layoutOptions: options(children.length), children, edges };
}

/** Lay a figure out. */
export async function layout(figure: Figure): Promise<Layout> {
  isNeeded = true;
  const levels = levelsOf(figure);
  const graph: ElkNode = {
    id: 'figure',
    layoutOptions: options(figure.boxes.length),
    children: figure.boxes.map((box) => ({
      id: box.key,
      width: WIDTH,
      height: HEIGHT,
      layoutOptions: partition(levels.get(box.level ?? '')),
    })),
    edges: figure.arrows.map((arrow, number) => ({
      id: `arrow ${number}`,
      sources: [arrow.from],
      targets: [arrow.to],
    })),
  };
  return placed(figure, await prepare().layout(graph));
}

/** Levels as columns, and chains in their order, cost time that grows with the square of the boxes:
 * two thousand take a minute with all of this, and a second without. */
const CAREFUL = {
  'elk.partitioning.activate': 'true',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '3',
};
const QUICK = {
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
  'elk.layered.crossingMinimization.greedySwitch.type': 'OFF',
  'elk.layered.thoroughness': '1',
};

function options(boxes: number): Record<string, string> {
  return {
    'elk.algorithm': 'layered',
    'elk.direction': 'RIGHT',
    'elk.edgeRouting': 'ORTHOGONAL',
    'elk.layered.mergeEdges': 'true',
    'elk.layered.spacing.nodeNodeBetweenLayers': '28',
    'elk.spacing.nodeNode': '30',
    'elk.spacing.componentComponent': '40',
    'elk.padding': '[top=44,left=24,bottom=24,right=24]',
    ...(boxes > MANY ? QUICK : CAREFUL),
  };
}

/** The data levels of a figure in the order of processing: raw data first. */
function levelsOf(figure: Figure): Map<string, number> {
  const found = new Set(figure.boxes.map((box) => box.level).filter((each) => each !== null));
  const rank = (level: string) => {
    const [, kind, number] = /^(R|DL|D)L?(\d+)/i.exec(level) ?? [];
    return kind ? (kind.toUpperCase() === 'R' ? 0 : 10) + Number(number) : 99;
  };
  const sorted = [...found].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return new Map(sorted.map((level, number) => [level, number]));
}

function partition(number: number | undefined): Record<string, string> {
  return number === undefined ? {} : { 'elk.partitioning.partition': String(number) };
}

function placed(figure: Figure, graph: ElkNode): Layout {
  const places = new Map(
    (graph.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }] as const),
  );
  const corners = ({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection) =>
    [startPoint, ...bendPoints, endPoint];
  const ways = (graph.edges ?? []).map((edge) => (edge.sections ?? []).map(corners));
  const { width = 0, height = 0 } = graph;
  return { places, ways, bands: bandsOf(figure, places), width, height };
}

/** The bands of the levels whose boxes stand apart from those of all others. */
function bandsOf(figure: Figure, places: Map<string, Place>): Band[] {
  const reach = new Map<string, [number, number]>();
  for (const box of figure.boxes) {
    if (box.level === null) continue;
    const { x } = places.get(box.key)!;
    const [left, right] = reach.get(box.level) ?? [Infinity, -Infinity];
    reach.set(box.level, [Math.min(left, x), Math.max(right, x + WIDTH)]);
  }
  const all = [...reach].map(([level, [left, right]]) => ({ level, x: left, width: right - left }));
  const meets = (a: Band, b: Band) => a !== b && a.x < b.x + b.width && b.x < a.x + a.width;
  return all.filter((band) => !all.some((other) => meets(band, other)));
}
