/** Jobs, as UWS 1.1 has them: XML documents at `uws/NAME/ID`. */

import { send } from './send';

/** How far a job has come, in the order of UWS; the last is kept without its files. */
export const PHASES = [
  'PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED', 'ARCHIVED',
];
const ACTIVE = new Set(PHASES.slice(0, 3));

interface JobId {
  name: string;
  id: string;
}

/** A job in a list. */
export interface JobRow extends JobId {
  phase: string;
  owner: string;
  label: string;
  created: string;
}

export interface JobValue {
  name: string;
  value: string;
  /** Whether the value is the address of a file that was sent with the job. */
  isUpload: boolean;
}

export interface JobResult {
  name: string;
  type: string;
  size: number | null;
  /** The id by which the store knows it, which may be the input of another job. */
  entity: string;
}

export interface Job extends JobRow {
  started: string;
  ended: string;
  destruction: string;
  /** How many seconds it may take. */
  duration: number;
  message: string;
  values: JobValue[];
  results: JobResult[];
  /** What else can be had of it, such as `provjson` and `stdout`. */
  documents: string[];
}

export function isActive(job: JobRow): boolean {
  return ACTIVE.has(job.phase);
}

/** Whether nothing more comes of a job: its provenance is in the store. */
export function isSettled(job: Job): boolean {
  return job.phase === 'ARCHIVED' || job.documents.includes('provjson');
}

/** What is beside the results of a job. */
export const FORMS: Record<string, string> = {
  provjson: 'PROV-JSON', provn: 'PROV-N', provxml: 'PROV-XML', provsvg: 'SVG',
};
const DOCUMENTS = new Set([...Object.keys(FORMS), 'stdout', 'stderr']);

export interface JobFilter {
  name?: string;
  phase?: string;
  /** Asked for after this time. */
  after?: string;
  /** Asked for before the job of this id. */
  before?: string;
}

/** The newest jobs, the newest first. */
export async function jobs(
  filter: JobFilter,
  most: number,
  signal?: AbortSignal,
): Promise<JobRow[]> {
  const query = new URLSearchParams({ LAST: String(most) });
  const { name = '', phase, after, before } = filter;
  for (const [key, value] of Object.entries({ PHASE: phase, AFTER: after, BEFORE: before })) {
    if (value) query.set(key, value);
  }
  const response = await send(`uws/${encodeURIComponent(name)}?${query}`, { signal });
  return every(await document(response), 'jobref').map(rowOf);
}

/** A job; with `from` when its phase is another one, or after so many seconds. */
export async function job(
  at: JobId,
  signal?: AbortSignal,
  from?: { phase: string; seconds: number },
): Promise<Job> {
  const query = from ? `?WAIT=${from.seconds}&PHASE=${from.phase}` : '';
  return jobOf(at, await document(await send(pathOf(at) + query, { signal })));
}

/** Ask for a job. */
export async function makeJob(name: string, form: FormData): Promise<JobId> {
  const response = await send(`uws/${encodeURIComponent(name)}`, { method: 'POST', body: form });
  return { name, id: jobOf({ name, id: '' }, await document(response)).id };
}

export async function changePhase(at: JobId, phase: 'RUN' | 'ABORT'): Promise<void> {
  const body = new URLSearchParams({ PHASE: phase });
  await send(pathOf(at, 'phase'), { method: 'POST', body });
}

/** Remove the files of a job. */
export async function destroy(at: JobId): Promise<void> {
  await send(pathOf(at), { method: 'DELETE' });
}

/** The path of a job, or of what is below it. */
export function pathOf({ name, id }: JobId, ...below: string[]): string {
  return ['uws', ...[name, id, ...below].map(encodeURIComponent)].join('/');
}

async function document(response: Response): Promise<Document> {
  return new DOMParser().parseFromString(await response.text(), 'application/xml');
}

function rowOf(each: Element): JobRow {
  const [name = '', id = ''] = (each.getAttribute('xlink:href') ?? '').split('/').slice(-2);
  return {
    name,
    id,
    phase: textIn(each, 'phase'),
    owner: textIn(each, 'ownerId'),
    label: textIn(each, 'runId'),
    created: textIn(each, 'creationTime'),
  };
}

function jobOf({ name }: JobId, root: Document): Job {
  const found = every(root, 'result').map((each) => ({
    name: each.getAttribute('id') ?? '',
    type: each.getAttribute('mime-type') ?? '',
    size: each.hasAttribute('size') ? Number(each.getAttribute('size')) : null,
    entity: entityIn(each.getAttribute('xlink:href') ?? ''),
  }));
  const isDocument = (each: JobResult) => each.size === null && DOCUMENTS.has(each.name);
  return {
    name,
    id: textIn(root, 'jobId'),
    phase: textIn(root, 'phase'),
    owner: textIn(root, 'ownerId'),
    label: textIn(root, 'runId'),
    created: textIn(root, 'creationTime'),
    started: textIn(root, 'startTime'),
    ended: textIn(root, 'endTime'),
    destruction: textIn(root, 'destruction'),
    duration: Number(textIn(root, 'executionDuration')),
    message: textIn(root, 'message'),
    values: every(root, 'parameter').map(valueOf),
    results: found.filter((each) => !isDocument(each)),
    documents: found.filter(isDocument).map((each) => each.name),
  };
}

/** The id in `…/store?ID=…`. */
function entityIn(address: string): string {
  return new URLSearchParams(address.split('?')[1]).get('ID') ?? '';
}

function valueOf(each: Element): JobValue {
  const name = each.getAttribute('id') ?? '';
  const value = each.textContent ?? '';
  const isUpload = each.getAttribute('byReference') === 'true'
    && /^https?:/.test(value) && value.endsWith(`/parameters/${name}`);
  return { name, value, isUpload };
}

function every(root: Document | Element, name: string): Element[] {
  return [...root.getElementsByTagNameNS('*', name)];
}

function textIn(root: Document | Element, name: string): string {
  return every(root, name)[0]?.textContent ?? '';
}
