/** The texts of all questions. They never change, so the server parses each of them once. */

import { ask } from './ask';
import type { Difference, Direction, Full, Lineage, Load, Node, Page, Stats } from './answers';

const COMMON = 'id name kind distance more tainted invalidation { time reason by }';
const FILE = `${COMMON} type location dataLevel generatedAtTime invalidatedAtTime`;
const RUN = `${COMMON} version status startTime endTime duration host`;
const FACTS = `
  ... on Entity { ${FILE} }
  ... on Activity { ${RUN} }
  ... on Agent { ${COMMON} type }`;

const LINEAGE = `query History($of: String!, $way: Direction!, $depth: Int) {
  lineage(id: $of, direction: $way, depth: $depth) {
    root { id name kind } direction depth truncated
    nodes { ${FACTS} }
    edges { relation source target role time inferred }
    summary { complete ends { id why } failed invalid versions rewritten
      suspected { run path id } }
  }
}`;

const RECORD = `query Record($id: ID!) {
  node(id: $id) {
    ${FACTS} attributes
    ... on Entity {
      locations identifiers
      generatedBy { role time inferred activity { ${RUN} } }
      usedBy { role time inferred activity { ${RUN} } }
    }
    ... on Activity {
      used { role time inferred entity { ${FILE} } }
      generated { role time inferred entity { ${FILE} } }
      agents { role agent { id name } }
      parameters { name value description default differs }
      description { description doculink }
      packages { name version }
      configFiles
    }
  }
}`;

const PAGE = 'totalCount pageInfo { hasNextPage endCursor }';
const SEARCH = `query Search($text: String!, $first: Int!, $after: String) {
  search(text: $text, first: $first, after: $after) { ${PAGE} nodes { ${FACTS} } }
}`;
const ENTITIES = `query Files($filter: EntityFilter, $first: Int!, $after: String) {
  entities(filter: $filter, first: $first, after: $after) { ${PAGE} nodes { ${FILE} } }
}`;
const ACTIVITIES = `query Runs($filter: ActivityFilter, $first: Int!, $after: String) {
  activities(filter: $filter, first: $first, after: $after) { ${PAGE} nodes { ${RUN} } }
}`;
const TAINTED = `query Tainted($since: DateTime, $first: Int!, $after: String) {
  tainted(since: $since, first: $first, after: $after) { ${PAGE} nodes { ${FILE} } }
}`;
const LOADS = `query Loads($first: Int!, $after: String) {
  loads(first: $first, after: $after) {
    ${PAGE} nodes { id source format namespace time status }
  }
}`;
const STATS = 'query Counts { stats { activities entities agents loads } }';
const VERSIONS = `query Versions($path: String!) {
  versions(path: $path) { ${FILE} generatedBy { activity { ${RUN} } } }
}`;
const DIFF = `query Compare($a: String!, $b: String!) {
  diff(a: $a, b: $b) {
    a b identical alike truncated
    runs { tool change a b version parameters { name a b } packages { name a b }
      inputs { role a b } }
  }
}`;

export interface EntityFilter {
  text?: string;
  type?: string;
  dataLevel?: string[];
  under?: string;
  tool?: string;
  since?: string;
  until?: string;
  invalid?: boolean;
  external?: boolean;
  overwritten?: boolean;
}

export interface ActivityFilter {
  text?: string;
  name?: string;
  version?: string;
  status?: string;
  host?: string;
  since?: string;
  until?: string;
  invalid?: boolean;
}

export async function history(
  of: string,
  way: Direction,
  depth: number | null,
  signal?: AbortSignal,
): Promise<Lineage> {
  return (await ask<{ lineage: Lineage }>(LINEAGE, { of, way, depth }, signal)).lineage;
}

export async function record(id: string, signal?: AbortSignal): Promise<Full> {
  return (await ask<{ node: Full }>(RECORD, { id }, signal)).node;
}

export async function search(
  text: string,
  first: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page<Node>> {
  return (await ask<{ search: Page<Node> }>(SEARCH, { text, first, after }, signal)).search;
}

export async function files(
  filter: EntityFilter,
  first: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page<Node>> {
  return (await ask<{ entities: Page<Node> }>(ENTITIES, { filter, first, after }, signal)).entities;
}

export async function runs(
  filter: ActivityFilter,
  first: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page<Node>> {
  const asked = { filter, first, after };
  return (await ask<{ activities: Page<Node> }>(ACTIVITIES, asked, signal)).activities;
}

export async function tainted(
  since: string | null,
  first: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page<Node>> {
  return (await ask<{ tainted: Page<Node> }>(TAINTED, { since, first, after }, signal)).tainted;
}

export async function loads(
  first: number,
  after: string | null,
  signal?: AbortSignal,
): Promise<Page<Load>> {
  return (await ask<{ loads: Page<Load> }>(LOADS, { first, after }, signal)).loads;
}

export async function stats(signal?: AbortSignal): Promise<Stats> {
  return (await ask<{ stats: Stats }>(STATS, {}, signal)).stats;
}

export async function versions(path: string, signal?: AbortSignal): Promise<Full[]> {
  return (await ask<{ versions: Full[] }>(VERSIONS, { path }, signal)).versions;
}

export async function difference(a: string, b: string, signal?: AbortSignal): Promise<Difference> {
  return (await ask<{ diff: Difference }>(DIFF, { a, b }, signal)).diff;
}

/** How many records each value of a facet has: value → number. */
export async function counts(
  list: 'entities' | 'activities',
  filters: Record<string, EntityFilter | ActivityFilter>,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const input = list === 'entities' ? 'EntityFilter' : 'ActivityFilter';
  const keys = Object.keys(filters);
  const names = keys.map((_, number) => `f${number}`);
  const fields = names.map((each) => `${each}: ${list}(filter: $${each}, first: 1) { totalCount }`);
  const query = `query Facets(${names.map((each) => `$${each}: ${input}`).join(', ')}) {
    ${fields.join('\n')}
  }`;
  const variables = Object.fromEntries(keys.map((key, number) => [`f${number}`, filters[key]]));
  const answer = await ask<Record<string, { totalCount: number }>>(query, variables, signal);
  return Object.fromEntries(
    keys.map((key, number) => [key, answer[`f${number}`]?.totalCount ?? 0]),
  );
}
