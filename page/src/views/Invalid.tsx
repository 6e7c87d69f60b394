import { address } from '../address';
import { useAnswer } from '../asking/answered';
import type { Node, Page } from '../asking/answers';
import { files, runs } from '../asking/questions';
import { counted, timeText, title, visible } from '../figure/names';
import { Scroll } from '../parts/Scroll';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import { useTitle } from './title';

const ROWS = 100;

/** All that somebody marked as invalid: files, runs, tool versions and uses of a path. */
export function Invalid() {
  const { value, refusal } = useAnswer((signal) => Promise.all([
    files({ invalid: true }, ROWS, null, signal),
    runs({ invalid: true }, ROWS, null, signal),
  ]), '');
  useTitle('Invalid');
  if (refusal) return <><h1>Invalid</h1><Trouble refusal={refusal} /></>;
  if (!value) return <><h1>Invalid</h1><Waiting what="Asking the store" /></>;
  const [entities, activities] = value;
  const total = entities.totalCount + activities.totalCount;
  return (
    <>
      <h1>Invalid</h1>
      <p role="status">{counted(total, 'mark')}.{' '}
        <a href={address('tainted')}>Which delivered products were made from these?</a></p>
      <Marked page={entities} kind="entity" caption="Files, tool versions and uses of paths" />
      <Marked page={activities} kind="activity" caption="Runs" />
      {total === 0 && <p>Nothing is marked. Who may curate marks a file or a run where it is shown:
        click on it in a flowchart.</p>}
    </>
  );
}

function Marked({ page, kind, caption }: { page: Page<Node>; kind: string; caption: string }) {
  if (!page.nodes.length) return null;
  return (
    <>
      <Scroll label={caption}>
        <table class="records">
          <caption>{caption}</caption>
          <thead><tr><th>Name</th><th>Since</th><th>Why</th><th>Who says so</th></tr>
          </thead>
          <tbody>
            {page.nodes.map((node) => (
              <tr key={node.id}>
                <th scope="row"><a href={recordOf(node)}>{title(node)}</a></th>
                <td>{timeText(node.invalidation?.time)}</td>
                <td>{visible(node.invalidation?.reason ?? '')}</td>
                <td>{visible(node.invalidation?.by ?? '')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {page.pageInfo.hasNextPage && (
        <p><a href={address('search', { kind, invalid: '1' })}>
          All {page.totalCount.toLocaleString('en')}</a></p>
      )}
    </>
  );
}

/** What a record reached, with its panel, in which the mark can be taken back. */
function recordOf(node: Node): string {
  return address('history', { of: node.id, way: 'down', record: node.id });
}
