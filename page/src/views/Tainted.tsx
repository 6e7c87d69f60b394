import { address, go, historyOf } from '../address';
import { useAnswer } from '../asking/answered';
import type { Node } from '../asking/answers';
import { tainted } from '../asking/questions';
import { counted, timeText, title, visible } from '../figure/names';
import { Scroll } from '../parts/Scroll';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import type { Values } from './History';
import { useTitle } from './title';

const ROWS = 50;

/** Delivered products that were made from what is invalid. */
export function Tainted({ values }: { values: Values }) {
  const { since = '', after = '' } = values;
  const begin = since ? `${since}T00:00:00Z` : null;
  const { value, refusal, isWaiting } = useAnswer(
    (signal) => tainted(begin, ROWS, after || null, signal), JSON.stringify([since, after]),
  );
  useTitle('Tainted');
  const from = Number(values.from ?? 0);
  return (
    <>
      <h1>Tainted products</h1>
      <p>Delivered, and made from something that is <a href={address('invalid')}>invalid</a>: files
        of DL3 or above, and files that no known run used. What was made again at the same path is
        not among them.</p>
      <label class="field short">Made since
        <input type="date" value={since}
          onChange={(event) => go(address('tainted', { since: event.currentTarget.value }))} />
      </label>
      {refusal && <Trouble refusal={refusal} />}
      {!value && !refusal && <Waiting what="Asking the store" />}
      {value && (
        <div aria-busy={isWaiting}>
          <p role="status">{value.totalCount
            ? `${counted(value.totalCount, 'product')}${value.nodes.length < value.totalCount
              ? `, here ${from + 1} to ${from + value.nodes.length}` : ''}`
            : 'No delivered product was made from what is invalid.'}</p>
          {value.nodes.length > 0 && <Products nodes={value.nodes} />}
          <p class="pages">
            {after && <a class="button" href={address('tainted', { since })}>First page</a>}
            {value.pageInfo.hasNextPage && <a class="button" href={address('tainted', {
              since, after: value.pageInfo.endCursor, from: String(from + value.nodes.length),
            })}>Next page</a>}
          </p>
        </div>
      )}
    </>
  );
}

/** So many marks are named beside a product. */
const NAMED = 3;

function Products({ nodes }: { nodes: Node[] }) {
  return (
    <Scroll label="Tainted products, the newest first">
      <table class="records">
        <caption>The newest first</caption>
        <thead><tr><th>Product</th><th>Level</th><th>Made from invalid</th><th>Made</th>
          <th>Where</th></tr></thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id}>
              <th scope="row"><a href={historyOf(node.id)}>{title(node)}</a></th>
              <td>{node.dataLevel}</td>
              <td>
                {node.tainted.slice(0, NAMED).map((id) => (
                  <div key={id}><a href={historyOf(id, 'down')}>{title({ id })}</a></div>
                ))}
                {node.tainted.length > NAMED && `and ${node.tainted.length - NAMED} more`}
              </td>
              <td>{timeText(node.generatedAtTime)}</td>
              <td class="path">{visible(node.location ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
