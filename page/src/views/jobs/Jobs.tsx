/** The jobs of the reader, the newest first. */

import { useEffect, useState } from 'preact/hooks';
import { address, go } from '../../address';
import { useAnswer } from '../../asking/answered';
import { runnable } from '../../asking/definitions';
import { isActive, jobs, PHASES, type JobRow } from '../../asking/jobs';
import { timeText, visible } from '../../figure/names';
import { Scroll } from '../../parts/Scroll';
import { Trouble } from '../../parts/Trouble';
import { Waiting } from '../../parts/Waiting';
import type { Values } from '../History';
import { jobAddress } from './address';
import { Heading } from './Heading';
import { PhaseMark } from './Phase';

const ROWS = 50;
/** So often a list with jobs that are not done is looked at again, in milliseconds. */
const LOOK = 15_000;

export function Jobs({ values }: { values: Values }) {
  const round = useRounds();
  const { name, phase, since, before } = values;
  const { value, refusal, isWaiting } = useAnswer(
    (signal) => jobs(
      { name, phase, before, after: since && `${since}T00:00:00Z` }, ROWS + 1, signal,
    ),
    JSON.stringify([values, round.number]),
  );
  const rows = value?.slice(0, ROWS) ?? [];
  round.want(rows.some(isActive));
  const set = (changed: Record<string, string>) =>
    go(address('jobs', { ...values, before: null, ...changed }));
  return (
    <>
      <Heading title="Jobs" />
      {value && <Filters {...{ values, set }} />}
      {refusal && <Trouble refusal={refusal} />}
      {!value && !refusal && <Waiting what="Asking for jobs" />}
      {value && (
        <div aria-busy={isWaiting}>
          {rows.length > 0
            ? <Rows rows={rows} />
            : <p role="status">{Object.values(values).some(Boolean)
              ? 'No job of yours is so.'
              : <>You have no jobs yet: <a href={address('definitions')}>choose what to run</a>.</>}
            </p>}
          <p class="pages">
            {before && <a class="button" href={address('jobs', { ...values, before: null })}>
              Newest jobs</a>}
            {value.length > ROWS && <a class="button"
              href={address('jobs', { ...values, before: rows.at(-1)!.id })}>Older jobs</a>}
          </p>
        </div>
      )}
    </>
  );
}

/** Counts on while something is under way, and somebody looks. */
function useRounds(): { number: number; want: (isUnderWay: boolean) => void } {
  const [number, setNumber] = useState(0);
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    if (!isWanted) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) setNumber((before) => before + 1);
    }, LOOK);
    return () => window.clearInterval(timer);
  }, [isWanted]);
  return { number, want: (isUnderWay) => { if (isUnderWay !== isWanted) setWanted(isUnderWay); } };
}

interface FiltersProps {
  values: Values;
  set: (changed: Record<string, string>) => void;
}

function Filters({ values, set }: FiltersProps) {
  const { value: known = [] } = useAnswer(runnable, '');
  const names = known.map((each) => each.name);
  const { name = '', phase = '', since = '' } = values;
  if (name && !names.includes(name)) names.unshift(name);
  return (
    <form class="toolbar" aria-label="Narrow the list" onSubmit={(event) => event.preventDefault()}>
      <Choice label="Definition" value={name} choices={names}
        onChoice={(chosen) => set({ name: chosen })} />
      <Choice label="Phase" value={phase} choices={PHASES}
        onChoice={(chosen) => set({ phase: chosen })} />
      <label>Since{' '}
        <input type="date" value={since}
          onChange={(event) => set({ since: event.currentTarget.value })} />
      </label>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: string[];
  onChoice: (chosen: string) => void;
}

function Choice({ label, value, choices, onChoice }: ChoiceProps) {
  return (
    <label>{label}{' '}
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        <option value="">any</option>
        {choices.map((each) => <option key={each} value={each}>{visible(each)}</option>)}
      </select>
    </label>
  );
}

function Rows({ rows }: { rows: JobRow[] }) {
  return (
    <Scroll label="Jobs">
      <table>
        <thead><tr><th>Job</th><th>Phase</th><th>Asked for</th><th>By</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <a href={jobAddress(row)}>{visible(row.name)}</a>{' '}
                <small>{row.label ? visible(row.label) : row.id.slice(0, 8)}</small>
              </th>
              <td><PhaseMark phase={row.phase} /></td>
              <td>{timeText(row.created)}</td>
              <td>{visible(row.owner)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
