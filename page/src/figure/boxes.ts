/** Boxes and arrows: what is drawn, before anything has a place. */

import type { Kind, Lineage, Node } from '../asking/answers';
import { commonName, counted, durationText, isFailed, title } from './names';
import { plain, type Plain } from './plain';
import { parts, type Part, type Stack } from './stacks';

export interface Box {
  key: string;
  kind: Kind;
  members: Node[];
  stack: Stack | null;
  title: string;
  /** What stands below the title. */
  facts: string;
  level: string | null;
  configuration: Node[];
  isRoot: boolean;
  failed: number;
  invalid: number;
  tainted: number;
  hasMore: boolean;
  /** Nobody knows who made it, though it is no raw data. */
  isUnrecorded: boolean;
}

export interface Arrow {
  from: string;
  to: string;
  roles: string[];
  inferred: boolean;
}

export interface Figure {
  boxes: Box[];
  arrows: Arrow[];
  records: number;
  configuration: number;
  folded: number;
}

/** Make the figure of an answer. */
export function figureOf(
  answer: Lineage,
  open: Map<string, number> = new Map(),
  isFolded = true,
): Figure {
  const drawn = plain(answer);
  const why = new Map(answer.summary.ends.map((end) => [end.id, end.why]));
  const found = parts(drawn, open, isFolded);
  const boxes = found.map((part) => boxOf(part, drawn, why));
  const settings = new Set([...drawn.configuration.values()].flat());
  return {
    boxes,
    arrows: arrowsOf(found, drawn),
    records: drawn.nodes.size,
    configuration: settings.size,
    folded: boxes.reduce((sum, box) => sum + (box.members.length > 1 ? box.members.length : 0), 0),
  };
}

function boxOf(part: Part, drawn: Plain, why: Map<string, string>): Box {
  const members = part.members.map((id) => drawn.nodes.get(id)!);
  const first = members[0]!;
  const settings = new Set(part.members.flatMap((id) => drawn.configuration.get(id) ?? []));
  const isUnrecorded = members.some((node) => why.get(node.id) === 'unrecorded');
  const count = (test: (node: Node) => boolean) => members.filter(test).length;
  return {
    key: part.key,
    kind: first.kind,
    members,
    stack: part.stack,
    title: commonName(members.map(title)),
    facts: factsOf(members, why),
    level: first.dataLevel ?? null,
    configuration: [...settings],
    isRoot: part.members.includes(drawn.root),
    failed: count(isFailed),
    invalid: count((node) => Boolean(node.invalidation)),
    tainted: count((node) => node.tainted.length > 0),
    hasMore: members.some((node) => node.more),
    isUnrecorded,
  };
}

/** Whether something speaks against a record of a box. */
export function isBad({ failed, invalid, tainted }: Box): boolean {
  return failed + invalid + tainted > 0;
}

const ENDS: Record<string, string> = {
  raw: 'raw data',
  external: 'from outside',
  cut: 'cut here',
  unrecorded: 'maker unknown',
};

function factsOf(members: Node[], why: Map<string, string>): string {
  const first = members[0]!;
  const versions = new Set(members.map((node) => node.version).filter(Boolean));
  if (members.length > 1) {
    const what = counted(members.length, first.kind === 'activity' ? 'run' : 'file');
    return [what, first.dataLevel, ...versions].filter(Boolean).join(' · ');
  }
  if (first.kind === 'agent') return first.type ?? 'agent';
  if (first.kind === 'activity') {
    const status = first.status === 'completed' ? null : first.status;
    const facts = [status, first.version, durationText(first.duration)];
    return facts.filter(Boolean).join(' · ');
  }
  const end = ENDS[why.get(first.id) ?? ''];
  return [first.dataLevel, end ?? (first.invalidatedAtTime ? 'no longer there' : null)]
    .filter(Boolean)
    .join(' · ');
}

function arrowsOf(found: Part[], drawn: Plain): Arrow[] {
  const boxOfNode = new Map(found.flatMap((part) => part.members.map((id) => [id, part.key])));
  const arrows = new Map<string, Arrow>();
  for (const flow of drawn.flows) {
    const [from, to] = [boxOfNode.get(flow.from)!, boxOfNode.get(flow.to)!];
    if (from === to) continue;
    const key = JSON.stringify([from, to]);
    const arrow = arrows.get(key) ?? { from, to, roles: [], inferred: true };
    if (flow.role && !arrow.roles.includes(flow.role)) arrow.roles.push(flow.role);
    arrow.inferred &&= flow.inferred;
    arrows.set(key, arrow);
  }
  return [...arrows.values()];
}
