import type { Lineage, Node } from '../asking/answers';

const COLUMNS = [
  'id', 'kind', 'name', 'location', 'distance', 'dataLevel', 'status', 'startTime', 'endTime',
  'version', 'type', 'host', 'duration', 'generatedAtTime', 'invalidatedAtTime',
] as const satisfies readonly (keyof Node)[];

/** The records of an answer, one a row, with the column names of `provgraph … --format csv`. */
export function csv(answer: Lineage): Blob {
  const head = [...COLUMNS, 'invalidation.time', 'invalidation.reason', 'tainted', 'more'];
  const rows = answer.nodes.map((node) => [
    ...COLUMNS.map((column) => node[column]),
    node.invalidation?.time,
    node.invalidation?.reason,
    node.tainted.join('; '),
    node.more,
  ]);
  const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  return new Blob([`${text}\r\n`], { type: 'text/csv' });
}

/** A cell as RFC 4180 has it. Text that a spreadsheet would compute begins with an apostrophe. */
function cell(value: unknown): string {
  const text = value == null ? '' : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
