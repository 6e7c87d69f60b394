/** How records are called in the page. */

import type { Node } from '../asking/answers';

/** The last part of a path. */
export function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').pop() || path;
}

/** What a record may be called by. */
export interface Named {
  id: string;
  name?: string | null;
  location?: string | null;
}

/** What a person calls a record. */
export function title(node: Named): string {
  const place = node.location ? baseName(node.location) : recalled(node.id);
  return visible(node.name || place || node.id);
}

/** Whether a record stands for the many runs that a mark means. */
export function isRecall(id: string): boolean {
  return id.startsWith(RECALLS);
}

const RECALLS = 'prov:urn:provgraph:recall:';

/** What a mark means of which only the id is known: a tool version, or uses of a path. */
function recalled(id: string): string {
  if (!isRecall(id)) return '';
  const [rule, ...parts] = id.slice(RECALLS.length).split('/').map(decoded);
  if (rule === 'tool') return parts.join(' ');
  const [since, until, place = ''] = parts;
  const path = place.replace(/^(lfn|file):(?!\/\/)/, '');
  return [`uses of ${path}`, since && `since ${timeText(`${since}Z`)}`,
    until && `until ${timeText(`${until}Z`)}`].filter(Boolean).join(' ');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // it is no id of provgraph's
  }
}

/** Text as one line: what would not be seen, or would turn the line around, is shown escaped. */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text of several lines, each as `visible` shows it. */
export function visibleLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n');
}

/** How many bytes, as people say it. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`;
}

/** A value as text: text as it is, all else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A name without what differs between files of one series: numbers and UUIDs become `*`. */
export function pattern(name: string): string {
  return name
    .slice(0, 500)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+/gi, '*');
}

/** One name for several: what they have in common, `*` for the rest. */
export function commonName(names: string[]): string {
  const [first = '', ...rest] = names;
  if (rest.every((each) => each === first)) return first;
  let start = 0;
  while (start < first.length && rest.every((each) => each[start] === first[start])) start += 1;
  let end = 0;
  const room = Math.min(...names.map((each) => each.length)) - start;
  while (end < room && rest.every((each) => each.at(-1 - end) === first.at(-1 - end))) end += 1;
  return `${first.slice(0, start)}*${end ? first.slice(-end) : ''}`;
}

/** `1 run`, `2 runs`, `4,000 runs`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A time without its date's `T` and without fractions of a second. */
export function timeText(time: string | null | undefined): string {
  return time ? time.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') : '';
}

/** Seconds as people say them. */
export function durationText(seconds: number | null | undefined): string {
  if (seconds == null) return '';
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toPrecision(3))} h`;
}

/** Whether a run did not end well. */
export function isFailed(node: Node): boolean {
  return node.status === 'error' || node.status === 'interrupted';
}
