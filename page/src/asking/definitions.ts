/** Job definitions: as OPUS's clients read them at `/jdl`, and for who writes them. */

import { send } from './send';

/** What somebody wrote: mostly a text or a number, but nothing keeps them from anything else. */
export type Plain = string | number | boolean | object | null | undefined;

/** As a text; what is neither text, number nor truth stands as JSON. */
export function plainText(said: Plain): string {
  if (said === undefined || said === null) return '';
  return typeof said === 'object' ? JSON.stringify(said) : String(said);
}

/** What is said of a parameter. */
interface SaidParameter {
  annotation?: Plain;
  datatype?: Plain;
  default?: Plain;
  required?: Plain;
  min?: Plain;
  max?: Plain;
  options?: Plain;
  unit?: Plain;
  xtype?: Plain;
}

/** What is said of a file. */
interface SaidFile {
  annotation?: Plain;
  default?: Plain;
  multiplicity?: Plain;
  content_type?: Plain;
}

export interface Definition {
  name: string;
  version?: string;
  annotation?: Plain;
  doculink?: Plain;
  contact_name?: Plain;
  contact_email?: Plain;
  executionDuration?: Plain;
  parameters: Record<string, SaidParameter>;
  parameters_keys: string[];
  used: Record<string, SaidFile>;
  used_keys: string[];
  generated: Record<string, SaidFile>;
  generated_keys: string[];
}

/** The definitions that can be run, by name. */
export async function runnable(signal?: AbortSignal): Promise<Definition[]> {
  const { jobnames, details } = await json<{
    jobnames: string[];
    details: Record<string, Definition>;
  }>('jdl', { signal });
  return jobnames.flatMap((name) => details[name] ?? []);
}

export function definition(name: string, signal?: AbortSignal): Promise<Definition> {
  return json(`jdl/${encodeURIComponent(name)}/json`, { signal });
}

export interface Revision {
  id: string;
  version?: string;
  description?: Plain;
  revision: number;
  by: string | null;
  time: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
}

/** A definition for curators: the revision that counts, and the newest one. */
export interface Written {
  name: string;
  counts: Revision;
  newest: Revision;
}

export function written(signal?: AbortSignal): Promise<Written[]> {
  return json('definitions', { signal });
}

/** The newest text, and all revisions, the newest first. */
export interface Book {
  name: string;
  text: string;
  revisions: Revision[];
}

export function book(name: string, signal?: AbortSignal): Promise<Book> {
  return json(`definitions/${encodeURIComponent(name)}`, { signal });
}

interface Saved {
  name: string;
  revision?: number;
  status: 'fine' | 'added' | 'unchanged';
}

/** Check a definition, and save it as a draft unless it is only a trial. */
export function saveDraft(text: string, isTrial = false): Promise<Saved> {
  return json(`definitions${isTrial ? '?trial=1' : ''}`, posted(text));
}

/** Approve the newest revision, which has been read. */
export function approve(name: string, revision: string): Promise<Revision> {
  const said = JSON.stringify({ approve: revision });
  return json(`definitions/${encodeURIComponent(name)}`, posted(said));
}

function posted(body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body };
}

async function json<T>(path: string, init: RequestInit): Promise<T> {
  return (await send(path, init)).json();
}
