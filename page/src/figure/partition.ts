/** Groups records that play the same part: they look alike and are tied to records that are alike.
 *
 * At first records that look the same are one class. A class is split as long as some of its
 * members have neighbours in other classes than the rest; what stays together is alike.
 */

import type { Node } from '../asking/answers';
import { put } from './lists';
import { isFailed, pattern, title } from './names';
import type { Plain } from './plain';

/** So many boxes are read at a glance; more are never drawn until a stack is opened. */
const MOST_BOXES = 60;
/** A picture of no more boxes than these is shown as it is. */
const FEW_BOXES = 24;

/** Group the records of a figure, into at most `MOST_BOXES` groups.
 *
 * The finest grouping that is small enough is taken: first by the names of files too, then without
 * them, then by fewer neighbours.
 */
export function grouped(figure: Plain): string[][] {
  const nodes = [...figure.nodes.values()];
  if (nodes.length <= FEW_BOXES) return nodes.map((node) => [node.id]);
  const ties = tiesOf(figure, nodes);
  const byName = refined(nodes.map((node) => looks(node, figure.root, true)), ties);
  if (byName.isStable) return members(nodes, byName.classes);
  const byKind = refined(nodes.map((node) => looks(node, figure.root, false)), ties);
  if (byKind.isStable) return members(nodes, byKind.classes);
  const finest = [byName, byKind].find((each) => each.classes.length > 0);
  return members(nodes, finest?.classes ?? nodes.map((node) => coarse(node, figure.root)));
}

type Ties = [kind: string, other: number][][];

function tiesOf(figure: Plain, nodes: Node[]): Ties {
  const numbers = new Map(nodes.map((node, number) => [node.id, number]));
  const ties: Ties = nodes.map(() => []);
  for (const { from, to, relation } of figure.flows) {
    const [cause, effect] = [numbers.get(from)!, numbers.get(to)!];
    ties[cause]!.push([`>${relation}`, effect]);
    ties[effect]!.push([`<${relation}`, cause]);
  }
  return ties;
}

function looks(node: Node, root: string, byName: boolean): string {
  const file = byName ? pattern(title(node)) : '';
  const name = node.kind === 'entity' ? file : [node.name, node.version];
  return JSON.stringify([coarse(node, root), node.type, name, node.more]);
}

/** What is never folded together: kinds, levels, and what is marked with what is not. */
function coarse(node: Node, root: string): string {
  if (node.id === root) return 'root';
  const marks = [isFailed(node), Boolean(node.invalidation), node.tainted.length > 0];
  return JSON.stringify([node.kind, node.dataLevel, marks]);
}

interface Refined {
  /** The class of each record; none when even the looks alone make too many. */
  classes: number[];
  /** Whether nothing was left to split, so that members of a class are alike. */
  isStable: boolean;
}

/** Split classes until they are stable, or until there would be too many: the last are kept. */
function refined(look: string[], ties: Ties): Refined {
  let classes = numbered(look);
  let size = new Set(classes).size;
  if (size > MOST_BOXES) return { classes: [], isStable: false };
  for (;;) {
    const before = classes;
    const next = numbered(
      ties.map((each, node) => {
        const around = new Set(each.map(([kind, other]) => `${kind}${before[other]}`));
        return `${before[node]}|${[...around].sort().join()}`;
      }),
    );
    const nextSize = new Set(next).size;
    if (nextSize === size) return { classes, isStable: true };
    if (nextSize > MOST_BOXES) return { classes, isStable: false };
    classes = next;
    size = nextSize;
  }
}

function numbered(keys: string[]): number[] {
  const numbers = new Map<string, number>();
  return keys.map((key) => {
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
}

function members(nodes: Node[], classes: (number | string)[]): string[][] {
  const groups = new Map<number | string, string[]>();
  nodes.forEach((node, number) => put(groups, classes[number]!, node.id));
  return [...groups.values()];
}
