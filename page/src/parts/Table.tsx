/** Records as a table: for screen readers, for phones, and for who prefers lists. */

import { historyOf } from '../address';
import type { Lineage, Node } from '../asking/answers';
import { timeText, title, visible } from '../figure/names';
import { Scroll } from './Scroll';

/** So many rows are drawn; a download has them all. */
const ROWS = 2000;

export function Table({ answer }: { answer: Lineage }) {
  const { nodes } = answer;
  return (
    <>
      <Records nodes={nodes.slice(0, ROWS)} caption="The records, nearest first" />
      {nodes.length > ROWS && <p>The first {ROWS.toLocaleString('en')}; the CSV file has all.</p>}
    </>
  );
}

/** Types in the words of those who have files. */
const KINDS: Record<string, string> = { DatasetEntity: 'file', ValueEntity: 'value' };

export function Records({ nodes, caption }: { nodes: Node[]; caption: string }) {
  return (
    <Scroll label={caption}>
      <table class="records">
        <caption>{caption}</caption>
        <thead><tr><th>Name</th><th>What</th><th>State</th><th>When</th><th>Where</th></tr></thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id}>
              <th scope="row"><a href={addressOf(node)}>{title(node)}</a></th>
              <td>{node.kind === 'activity' ? `run ${node.version ?? ''}`
                : (node.dataLevel ?? KINDS[node.type ?? ''] ?? node.type)}</td>
              <td><State node={node} /></td>
              <td>{timeText(node.startTime ?? node.generatedAtTime)}</td>
              <td class="path">{visible(node.location ?? node.host ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function addressOf(node: Node): string {
  return historyOf(node.id, node.kind === 'agent' ? 'down' : '');
}

export function State({ node }: { node: Node }) {
  const marks = [
    node.invalidation && 'INVALID',
    node.tainted.length > 0 && 'tainted',
    node.status && node.status !== 'completed' && node.status,
    node.invalidatedAtTime && 'no longer there',
  ].filter(Boolean);
  if (!marks.length) return <>{node.status ?? ''}</>;
  return <b class={node.status === 'running' ? '' : 'bad'}>{marks.join(', ')}</b>;
}
