/** A lineage as a PROV-JSON document (W3C Submission, 24 April 2013). */

import type { Edge, Kind, Lineage, Node } from '../asking/answers';

/** Relation → its name in PROV-JSON, and what its effect and its cause are called there. */
const RELATIONS: Record<string, [name: string, effect: string, cause: string]> = {
  USED: ['used', 'prov:activity', 'prov:entity'],
  WAS_GENERATED_BY: ['wasGeneratedBy', 'prov:entity', 'prov:activity'],
  WAS_INFORMED_BY: ['wasInformedBy', 'prov:informed', 'prov:informant'],
  WAS_DERIVED_FROM: ['wasDerivedFrom', 'prov:generatedEntity', 'prov:usedEntity'],
  WAS_ASSOCIATED_WITH: ['wasAssociatedWith', 'prov:activity', 'prov:agent'],
  WAS_ATTRIBUTED_TO: ['wasAttributedTo', 'prov:entity', 'prov:agent'],
  ACTED_ON_BEHALF_OF: ['actedOnBehalfOf', 'prov:delegate', 'prov:responsible'],
  WAS_STARTED_BY: ['wasStartedBy', 'prov:activity', 'prov:trigger'],
  WAS_ENDED_BY: ['wasEndedBy', 'prov:activity', 'prov:trigger'],
  WAS_INVALIDATED_BY: ['wasInvalidatedBy', 'prov:entity', 'prov:activity'],
  HAD_MEMBER: ['hadMember', 'prov:collection', 'prov:entity'],
  SPECIALIZATION_OF: ['specializationOf', 'prov:specificEntity', 'prov:generalEntity'],
  ALTERNATE_OF: ['alternateOf', 'prov:alternate1', 'prov:alternate2'],
};
const OTHER: [string, string, string] = ['wasInfluencedBy', 'prov:influencee', 'prov:influencer'];
/** These have neither attributes nor times (PROV-DM, 5.5 and 5.6). */
const BARE = new Set(['hadMember', 'specializationOf', 'alternateOf']);
const TIMED = new Set(['used', 'wasGeneratedBy', 'wasStartedBy', 'wasEndedBy', 'wasInvalidatedBy']);
const PREFIXES: Record<string, string> = {
  prov: 'http://www.w3.org/ns/prov#',
  pg: 'urn:provgraph:attribute:',
  pge: 'urn:provgraph:entity:',
  pga: 'urn:provgraph:activity:',
  pgg: 'urn:provgraph:agent:',
};
const PREFIX: Record<Kind, string> = { entity: 'pge', activity: 'pga', agent: 'pgg' };

type Statement = Record<string, unknown>;
type Sheets = Record<string, Record<string, Statement>>;

/** Make the document of an answer: its records with their facts, and their relations. */
export function provJson(answer: Lineage): Blob {
  const kinds = new Map(answer.nodes.map((node) => [node.id, node.kind]));
  const name = (id: string) => `${PREFIX[kinds.get(id) ?? 'entity']}:${encodeURI(id)}`;
  const sheets: Sheets = {};
  const put = (sheet: string, key: string, statement: Statement) => {
    (sheets[sheet] ??= {})[key] = given(statement);
  };
  for (const node of answer.nodes) put(node.kind, name(node.id), facts(node));
  const drawn = answer.edges.filter((edge) => kinds.has(edge.source) && kinds.has(edge.target));
  drawn.forEach((edge, number) => {
    const [relation, statement] = stated(edge, name);
    put(relation, `_:r${number}`, statement);
  });
  const text = JSON.stringify({ prefix: PREFIXES, ...sheets }, null, 1);
  return new Blob([text], { type: 'application/json' });
}

function facts(node: Node): Statement {
  return {
    'prov:label': node.name,
    'prov:location': node.location,
    'prov:startTime': node.startTime,
    'prov:endTime': node.endTime,
    'pg:dataLevel': node.dataLevel,
    'pg:version': node.version,
    'pg:status': node.status,
    'pg:host': node.host,
  };
}

function stated(edge: Edge, name: (id: string) => string): [string, Statement] {
  const [relation, effect, cause] = RELATIONS[edge.relation] ?? OTHER;
  const ends = { [effect]: name(edge.source), [cause]: name(edge.target) };
  if (BARE.has(relation)) return [relation, ends];
  const time = TIMED.has(relation) ? edge.time : null;
  return [relation, { ...ends, 'prov:time': time, 'prov:role': edge.role }];
}

function given(statement: Statement): Statement {
  return Object.fromEntries(Object.entries(statement).filter(([, value]) => value != null));
}
