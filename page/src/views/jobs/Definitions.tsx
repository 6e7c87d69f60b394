/** What can be run, and for curators what waits for approval. */

import { useAnswer } from '../../asking/answered';
import { thisCaller } from '../../asking/caller';
import {
  plainText, runnable, written, type Definition, type Revision, type Written,
} from '../../asking/definitions';
import { Refusal } from '../../asking/send';
import { visible } from '../../figure/names';
import { Scroll } from '../../parts/Scroll';
import { Trouble } from '../../parts/Trouble';
import { Waiting } from '../../parts/Waiting';
import { editAddress, formAddress } from './address';
import { Heading } from './Heading';

interface Row {
  name: string;
  said?: Definition;
  written?: Written;
}

interface Answer {
  rows: Row[];
  mayRun: boolean;
  mayEdit: boolean;
}

async function answer(signal: AbortSignal): Promise<Answer> {
  const { name, rights } = await thisCaller();
  if (!name) throw new Refusal('LOGIN', 'This server asks who you are.');
  const mayEdit = rights.includes('curate');
  const [said, all] = await Promise.all([
    // Who may do neither is told so by the server.
    rights.includes('run') || !mayEdit ? runnable(signal) : [],
    mayEdit ? written(signal) : [],
  ]);
  return { rows: joined(said, all), mayRun: rights.includes('run'), mayEdit };
}

export function Definitions() {
  const { value, refusal } = useAnswer(answer, '');
  return (
    <>
      <Heading title="Job definitions" />
      {refusal && <Trouble refusal={refusal} />}
      {!value && !refusal && <Waiting what="Asking for definitions" />}
      {value && <Known {...value} />}
    </>
  );
}

function Known({ rows, mayRun, mayEdit }: Answer) {
  return (
    <>
      {mayEdit && <p><a class="button" href={editAddress()}>New definition</a></p>}
      {rows.length === 0 && <p>No job is defined here yet.</p>}
      {rows.length > 0 && (
        <Scroll label="Job definitions">
          <table>
            <thead><tr>
              <th>Job</th>{mayEdit && <th>State</th>}<th>Do</th>
            </tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row">
                    {visible(row.name)}{' '}
                    <small>{visible(row.said?.version ?? row.written?.counts.version ?? '')}</small>
                    <div class="said">{visible(what(row))}</div>
                  </th>
                  {mayEdit && <td>{row.written && <State {...row.written} />}</td>}
                  <td>
                    <div class="ways">
                      {mayRun && row.said && <a class="button" href={formAddress(row.name)}
                        aria-label={`Run ${row.name}`}>Run</a>}
                      {mayEdit && <a class="button" href={editAddress(row.name)}
                        aria-label={`Edit ${row.name}`}>Edit</a>}
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}

function joined(said: Definition[], all: Written[]): Row[] {
  const rows = new Map<string, Row>();
  for (const each of said) rows.set(each.name, { name: each.name, said: each });
  for (const each of all) {
    rows.set(each.name, { ...rows.get(each.name), name: each.name, written: each });
  }
  return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function State({ counts, newest }: { counts: Revision; newest: Revision }) {
  return (
    <>
      {counts.approvedBy
        ? `revision ${counts.revision}, approved by ${visible(counts.approvedBy)}`
        : <b class="doubt">{`revision ${counts.revision}, a draft`}</b>}
      {newest.id !== counts.id && <>, <b class="doubt">revision {newest.revision} is a draft</b></>}
    </>
  );
}

/** The first line of what is said of a job. */
function what({ said, written: known }: Row): string {
  const text = plainText(said?.annotation ?? known?.counts.description);
  return text.trim().split('\n', 1)[0] ?? '';
}
