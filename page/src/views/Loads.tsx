import { useState } from 'preact/hooks';
import { useAnswer } from '../asking/answered';
import { loads } from '../asking/questions';
import { counted, timeText, visible } from '../figure/names';
import { Scroll } from '../parts/Scroll';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import { useTitle } from './title';

const ROWS = 50;

/** Which sources were read, and when. */
export function Loads() {
  const [after, setAfter] = useState<string | null>(null);
  const { value, refusal } = useAnswer((signal) => loads(ROWS, after, signal), after ?? '');
  useTitle('Loads');
  if (refusal) return <><h1>Loads</h1><Trouble refusal={refusal} /></>;
  if (!value) return <><h1>Loads</h1><Waiting what="Asking the store" /></>;
  return (
    <>
      <h1>Loads</h1>
      <p role="status">{counted(value.totalCount, 'source')} on record</p>
      <Scroll label="Loads">
        <table class="records">
          <thead><tr><th>Source</th><th>Format</th><th>Status</th><th>When</th></tr></thead>
          <tbody>
            {value.nodes.map((load) => (
              <tr key={load.id}>
                <th scope="row" class="path">{visible(load.source)}</th>
                <td>{load.format}</td>
                <td class={load.status === 'loaded' ? '' : 'bad'}>{load.status}</td>
                <td>{timeText(load.time)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="pages">
        {after && <button type="button" onClick={() => setAfter(null)}>First page</button>}
        {value.pageInfo.hasNextPage && (
          <button type="button" onClick={() => setAfter(value.pageInfo.endCursor)}>Next page
          </button>
        )}
      </p>
    </>
  );
}
