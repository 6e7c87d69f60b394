/** What differs between what led to two files, side by side. */

import { address, go, historyOf } from '../address';
import { useAnswer } from '../asking/answered';
import type { Difference, RunDifference, ValueDifference } from '../asking/answers';
import { difference } from '../asking/questions';
import { baseName, counted, valueText, visible } from '../figure/names';
import { Scroll } from '../parts/Scroll';
import { SearchBox } from '../parts/SearchBox';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import type { Values } from './History';
import { useTitle } from './title';

export function Comparison({ values }: { values: Values }) {
  const { a = '', b = '' } = values;
  const set = (changed: Values) => go(address('compare', { ...values, ...changed }));
  useTitle('Compare');
  return (
    <>
      <h1>What differs between two histories</h1>
      <div class="sides">
        <Side letter="A" id={a} onChoose={(id) => set({ a: id })} />
        <Side letter="B" id={b} onChoose={(id) => set({ b: id })} />
      </div>
      {a && b ? <Answer key={`${a} ${b}`} a={a} b={b} /> : <p>Choose two files.</p>}
    </>
  );
}

interface SideProps {
  letter: string;
  id: string;
  onChoose: (id: string) => void;
}

function Side({ letter, id, onChoose }: SideProps) {
  return (
    <section>
      <h2>{letter}{id && <>: <a href={historyOf(id)}>{visible(baseName(id))}</a></>}</h2>
      <SearchBox id={`side-${letter}`} text={id} label={`File ${letter}`} onChoose={onChoose} />
    </section>
  );
}

function Answer({ a, b }: { a: string; b: string }) {
  const { value, refusal } = useAnswer<Difference>((signal) => difference(a, b, signal), '');
  if (refusal) {
    const to = (id: string) => address('compare', meant(refusal.message, id));
    return <Trouble refusal={refusal} to={to} />;
  }
  if (!value) return <Waiting what="Comparing" />;
  return (
    <>
      <p role="status" class={value.identical ? 'verdict good' : 'verdict doubt'}>
        {value.identical
          ? 'Nothing differs but ids, times, hosts and names of files.'
          : `${counted(value.runs.length, 'run differs', 'runs differ')}; ${value.alike} alike.`}
        {value.truncated && ' A limit cut one of the histories.'}
      </p>
      {value.runs.map((run, number) => <Run key={number} run={run} />)}
    </>
  );

  /** The side that a refusal speaks of gets the suggested name. */
  function meant(message: string, id: string): Values {
    return message.includes(b) && !message.includes(a) ? { a, b: id } : { a: id, b };
  }
}

const CHANGES = { 'only-a': 'only in A', 'only-b': 'only in B', changed: 'differs' };

function Run({ run }: { run: RunDifference }) {
  const version = run.version
    ? [{ name: 'version', a: run.version[0], b: run.version[1] }]
    : [];
  return (
    <section class="difference">
      <h2>{visible(run.tool ?? 'a run')} <small>{CHANGES[run.change]}</small></h2>
      <p>
        {run.a && <a href={historyOf(run.a)}>run of A</a>}{' '}
        {run.b && <a href={historyOf(run.b)}>run of B</a>}
      </p>
      <Rows title="Version" rows={version} />
      <Rows title="Parameters" rows={run.parameters} />
      <Rows title="Inputs" rows={run.inputs.map((each) => ({
        name: each.role ?? 'input', a: each.a, b: each.b,
      }))} />
      <Rows title="Software" rows={run.packages} />
    </section>
  );
}

function Rows({ title, rows }: { title: string; rows: ValueDifference[] }) {
  if (!rows.length) return null;
  return (
    <Scroll label={title}>
      <table class="values">
        <thead><tr><th>{title}</th><th>A</th><th>B</th></tr></thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              <th scope="row">{visible(row.name)}</th>
              <td><code>{text(row.a)}</code></td>
              <td><code>{text(row.b)}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return visible(valueText(value));
}
