/** What the GraphQL API answers, as far as the page asks for it. */

export type Kind = 'entity' | 'activity' | 'agent';
export type Direction = 'UPSTREAM' | 'DOWNSTREAM' | 'BOTH';

interface Invalidation {
  time: string;
  reason: string | null;
  by: string | null;
}

/** A record in a lineage or a list. What another kind has is missing. */
export interface Node {
  id: string;
  name: string | null;
  kind: Kind;
  distance: number;
  more: boolean;
  invalidation: Invalidation | null;
  tainted: string[];
  type?: string | null;
  location?: string | null;
  dataLevel?: string | null;
  generatedAtTime?: string | null;
  invalidatedAtTime?: string | null;
  version?: string | null;
  status?: string | null;
  startTime?: string | null;
  endTime?: string | null;
  duration?: number | null;
  host?: string | null;
}

/** A relation from an effect (source) to a cause (target). */
export interface Edge {
  relation: string;
  source: string;
  target: string;
  role: string | null;
  time: string | null;
  inferred: boolean;
}

interface End {
  id: string;
  why: 'raw' | 'external' | 'cut' | 'unrecorded';
}

interface Summary {
  complete: boolean;
  ends: End[];
  failed: string[];
  invalid: string[];
  versions: Record<string, string[]>;
  rewritten: string[];
  suspected: { run: string; path: string; id: string }[];
}

export interface Lineage {
  root: { id: string; name: string | null; kind: Kind };
  direction: Direction;
  depth: number | null;
  truncated: boolean;
  nodes: Node[];
  edges: Edge[];
  summary: Summary;
}

export interface Page<T> {
  nodes: T[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface Used {
  role: string | null;
  time: string | null;
  inferred: boolean;
}

/** How a run was set up, in one respect, and what is said of that. */
export interface Parameter {
  name: string;
  value: unknown;
  description: string | null;
  default: unknown;
  /** Whether it is not the default; null where that is not known. */
  differs: boolean | null;
}

/** What the tool of a run is. */
interface ToolDescription {
  description: string | null;
  doculink: string | null;
}

/** A record with all that the panel shows. */
export interface Full extends Node {
  attributes: Record<string, unknown>;
  locations?: string[];
  identifiers?: string[];
  generatedBy?: (Used & { activity: Node })[];
  usedBy?: (Used & { activity: Node })[];
  used?: (Used & { entity: Node })[];
  generated?: (Used & { entity: Node })[];
  agents?: { role: string | null; agent: { id: string; name: string | null } }[];
  parameters?: Parameter[];
  description?: ToolDescription | null;
  packages?: { name: string; version: string }[];
  configFiles?: string[];
}

export interface ValueDifference {
  name: string;
  a: unknown;
  b: unknown;
}

export interface RunDifference {
  tool: string | null;
  change: 'only-a' | 'only-b' | 'changed';
  a: string | null;
  b: string | null;
  version: (string | null)[] | null;
  parameters: ValueDifference[];
  packages: ValueDifference[];
  inputs: { role: string | null; a: string | null; b: string | null }[];
}

export interface Difference {
  a: string;
  b: string;
  identical: boolean;
  alike: number;
  truncated: boolean;
  runs: RunDifference[];
}

export interface Load {
  id: string;
  source: string;
  format: string;
  namespace: string;
  time: string;
  status: string;
}

export interface Stats {
  activities: number;
  entities: number;
  agents: number;
  loads: number;
}
