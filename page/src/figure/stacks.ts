/** Stacks: parallel chains of one kind, drawn once with their number, that open in place. */

import { put } from './lists';
import type { Plain } from './plain';
import { grouped } from './partition';
import { title } from './names';

/** So many chains come out of a stack at each opening. */
export const AT_ONCE = 8;

/** Parallel chains of one kind.
 *
 * `groups[g][c]` is the record of chain `c` in group `g`: the groups are drawn as boxes, a chain is
 * what belongs together across them.
 */
export interface Stack {
  key: string;
  groups: string[][];
  size: number;
}

/** Records that are drawn as one box. */
export interface Part {
  key: string;
  members: string[];
  stack: Stack | null;
}

/** Fold a figure.
 *
 * Args:
 *   figure: what is drawn.
 *   open: stack → how many of its chains are drawn on their own.
 *   isFolded: false draws each record.
 */
export function parts(figure: Plain, open: Map<string, number>, isFolded: boolean): Part[] {
  const alone = (id: string): Part => ({ key: id, members: [id], stack: null });
  if (!isFolded) return [...figure.nodes.keys()].map(alone);
  const groups = grouped(figure);
  const single = groups.filter((group) => group.length === 1).map(([id]) => alone(id!));
  const stacks = stacksOf(groups.filter((group) => group.length > 1), figure);
  return [...single, ...stacks.flatMap((stack) => opened(stack, open.get(stack.key) ?? 0))];
}

function opened(stack: Stack, chains: number): Part[] {
  const shown = stack.size - chains < 2 ? stack.size : chains;
  return stack.groups.flatMap((group, number) => {
    const out = group.slice(0, shown).map((id) => ({ key: id, members: [id], stack }));
    const rest = group.slice(shown);
    const key = `${stack.key}.${number}`;
    return rest.length ? [...out, { key, members: rest, stack }] : out;
  });
}

/** Join groups whose members are tied one to one. */
function stacksOf(groups: string[][], figure: Plain): Stack[] {
  const groupOf = new Map(groups.flatMap((group, number) => group.map((id) => [id, number])));
  const joined = groups.map((_, number) => number);
  const top = (number: number): number =>
    joined[number] === number ? number : top(joined[number]!);
  const partner = new Map<string, string[]>();
  for (const pairs of pairsBetween(figure, groupOf).values()) {
    const [first] = pairs;
    const [from, to] = [groupOf.get(first![0])!, groupOf.get(first![1])!];
    if (!isOneToOne(pairs, groups[from]!.length, groups[to]!.length)) continue;
    joined[top(to)] = top(from);
    for (const [cause, effect] of pairs) {
      put(partner, cause, effect);
      put(partner, effect, cause);
    }
  }
  const together = new Map<number, number[]>();
  groups.forEach((_, number) => put(together, top(number), number));
  return [...together.values()].map((numbers) =>
    aligned(numbers.map((number) => groups[number]!), partner, figure),
  );
}

/** The flows between each two groups. */
function pairsBetween(
  figure: Plain,
  groupOf: Map<string, number>,
): Map<string, [string, string][]> {
  const between = new Map<string, [string, string][]>();
  for (const { from, to } of figure.flows) {
    const [cause, effect] = [groupOf.get(from), groupOf.get(to)];
    if (cause === undefined || effect === undefined || cause === effect) continue;
    put(between, `${cause}>${effect}`, [from, to]);
  }
  return between;
}

function isOneToOne(pairs: [string, string][], causes: number, effects: number): boolean {
  return (
    causes === effects && pairs.length === causes &&
    new Set(pairs.map(([cause]) => cause)).size === causes &&
    new Set(pairs.map(([, effect]) => effect)).size === causes
  );
}

/** Bring the members of the groups into one order, that of the names in the first group. */
function aligned(groups: string[][], partner: Map<string, string[]>, figure: Plain): Stack {
  const name = (id: string) => title(figure.nodes.get(id)!);
  const byName = (a: string, b: string) => name(a).localeCompare(name(b), 'en', { numeric: true });
  const lead = groups.find((group) => figure.nodes.get(group[0]!)?.kind === 'entity') ?? groups[0]!;
  const order = [...lead].sort(byName);
  const place = new Map<string, number>();
  order.forEach((id, number) => {
    const waiting = [id];
    while (waiting.length) {
      const next = waiting.pop()!;
      if (place.has(next)) continue;
      place.set(next, number);
      waiting.push(...(partner.get(next) ?? []));
    }
  });
  const sorted = groups.map((group) => [...group].sort((a, b) => place.get(a)! - place.get(b)!));
  return { key: short([...lead].sort()[0]!), groups: sorted, size: order.length };
}

/** Eight characters for a text (FNV-1a), short enough for an address. */
function short(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
