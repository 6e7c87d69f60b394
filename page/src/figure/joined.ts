import type { Lineage } from '../asking/answers';

/** Join what lies behind the frontier to an answer: the summary stays that of the first. */
export function joined(answer: Lineage, behind: Lineage[]): Lineage {
  const nodes = new Map(answer.nodes.map((node) => [node.id, node]));
  const edges = new Map(answer.edges.map((edge) => [JSON.stringify(edge), edge]));
  for (const each of behind) {
    for (const node of each.nodes) {
      const known = nodes.get(node.id);
      const more = node.id === each.root.id ? node.more : node.more && (known?.more ?? true);
      nodes.set(node.id, { ...node, distance: known?.distance ?? node.distance, more });
    }
    for (const edge of each.edges) edges.set(JSON.stringify(edge), edge);
  }
  return { ...answer, nodes: [...nodes.values()], edges: [...edges.values()] };
}
