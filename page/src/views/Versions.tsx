import { address, historyOf } from '../address';
import { useAnswer } from '../asking/answered';
import { versions } from '../asking/questions';
import { timeText, title, visible } from '../figure/names';
import { Scroll } from '../parts/Scroll';
import { State } from '../parts/Table';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import { useTitle } from './title';

/** What stood at a path, one after the other. */
export function Versions({ path }: { path: string }) {
  const { value, refusal } = useAnswer((signal) => versions(path, signal), path);
  useTitle(`Versions of ${path}`);
  return (
    <>
      <h1>What stood at <span class="name">{visible(path)}</span></h1>
      {refusal && <Trouble refusal={refusal} to={(each) => address('versions', { path: each })} />}
      {!value && !refusal && <Waiting what="Asking the store" />}
      {value && (
        <Scroll label="Versions">
          <table class="records">
            <thead><tr><th>Made</th><th>By</th><th>State</th><th>Identifier</th><th>Compare</th>
            </tr></thead>
            <tbody>
              {value.map((each, number) => {
                const maker = each.generatedBy?.[0]?.activity;
                const other = value[number + 1] ?? value[number - 1];
                return (
                  <tr key={each.id}>
                    <td>{timeText(each.generatedAtTime) || 'unknown'}</td>
                    <td>{maker ? `${title(maker)} ${maker.version ?? ''}` : 'no known run'}</td>
                    <td><State node={each} /></td>
                    <th scope="row" class="path"><a href={historyOf(each.id)}>{visible(each.id)}</a>
                    </th>
                    <td>{other && <a href={address('compare', { a: each.id, b: other.id })}>
                      with the {value[number + 1] ? 'next' : 'one before'}</a>}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
