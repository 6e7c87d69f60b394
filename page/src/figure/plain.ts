/** What of an answer is drawn: files and runs from cause to effect, configuration apart. */

import type { Edge, Lineage, Node } from '../asking/answers';
import { put } from './lists';

/** A way from a cause to its effect. */
interface Flow {
  from: string;
  to: string;
  relation: string;
  role: string | null;
  inferred: boolean;
}

export interface Plain {
  root: string;
  nodes: Map<string, Node>;
  flows: Flow[];
  /** Run → the configuration files that it read; they get no box. */
  configuration: Map<string, Node[]>;
}

const CONFIGURATION = /config/i;
const TO_AGENTS = new Set(['WAS_ASSOCIATED_WITH', 'WAS_ATTRIBUTED_TO', 'ACTED_ON_BEHALF_OF']);

/** Choose what is drawn of a lineage. */
export function plain(answer: Lineage): Plain {
  const root = answer.root.id;
  const known = new Map(answer.nodes.map((node) => [node.id, node]));
  const settings = configurationFiles(answer, known);
  const configuration = new Map<string, Node[]>();
  for (const edge of answer.edges) {
    const file = settings.has(edge.target) ? known.get(edge.target) : undefined;
    if (!file) continue;
    if (!configuration.get(edge.source)?.includes(file)) put(configuration, edge.source, file);
  }
  const isDrawn = (node: Node) =>
    node.id === root || (!settings.has(node.id) && (node.kind !== 'agent' || isAgent(answer)));
  const nodes = new Map(answer.nodes.filter(isDrawn).map((node) => [node.id, node]));
  return { root, nodes, flows: flows(answer, nodes), configuration };
}

function isAgent(answer: Lineage): boolean {
  return answer.root.kind === 'agent';
}

/** Files that were only ever read, and only as configuration. */
function configurationFiles(answer: Lineage, known: Map<string, Node>): Set<string> {
  const found = new Set<string>();
  const others = new Set<string>([answer.root.id]);
  for (const edge of answer.edges) {
    others.add(edge.source);
    const node = known.get(edge.target);
    const isConfiguration =
      edge.relation === 'USED' && (CONFIGURATION.test(edge.role ?? '') || node?.type === 'Plan');
    (isConfiguration && !node?.dataLevel ? found : others).add(edge.target);
  }
  return new Set([...found].filter((id) => !others.has(id)));
}

/** The relations between what is drawn, each pair of ends once. A relation that only repeats a way
 * through a third record, as a derivation does that runs explain, tells nothing and is left out. */
function flows(answer: Lineage, nodes: Map<string, Node>): Flow[] {
  const drawn = answer.edges.filter(
    (edge) =>
      edge.source !== edge.target && nodes.has(edge.source) && nodes.has(edge.target) &&
      (isAgent(answer) || !TO_AGENTS.has(edge.relation)),
  );
  const causes = new Map<string, Set<string>>();
  for (const { source, target } of drawn) {
    const known = causes.get(source);
    if (known) known.add(target);
    else causes.set(source, new Set([target]));
  }
  const found = new Map<string, Flow>();
  for (const edge of drawn) {
    const key = JSON.stringify([edge.target, edge.source]);
    if (!found.has(key) && !isRepeated(edge, causes)) {
      const { target: from, source: to, relation, role, inferred } = edge;
      found.set(key, { from, to, relation, role, inferred });
    }
  }
  return [...found.values()];
}

function isRepeated(edge: Edge, causes: Map<string, Set<string>>): boolean {
  if (edge.relation === 'USED' || edge.relation === 'WAS_GENERATED_BY') return false;
  return [...(causes.get(edge.source) ?? [])].some((way) => causes.get(way)?.has(edge.target));
}
