/** Marks a record as invalid, and takes that back, for who may. */

import { useId, useRef, useState } from 'preact/hooks';
import { address, go } from '../address';
import { changed } from '../asking/answered';
import type { Full } from '../asking/answers';
import { Refusal } from '../asking/send';
import { type Caller, useCaller } from '../asking/caller';
import { invalidate, takeBack, type Target } from '../asking/marks';
import { counted, isRecall, visible } from '../figure/names';

export function Marking({ value }: { value: Full }) {
  const caller = useCaller();
  const [said, setSaid] = useState('');
  const summary = useRef<HTMLElement>(null);
  if (value.kind === 'agent') return null;
  const isMarked = value.invalidation !== null;
  const done = (what: string) => {
    changed();
    setSaid(what);
    summary.current?.focus(); // the button that was pressed is gone
  };
  return (
    <details class="marking">
      <summary ref={summary}>{isMarked ? 'Take the mark back' : 'Mark as invalid'}</summary>
      <p role="status">{said}{said && <> · <a href={address('invalid')}>all that is invalid</a></>}
      </p>
      {!caller?.rights.includes('curate') && <p>{reason(caller)}</p>}
      {caller?.rights.includes('curate') && (isMarked
        ? <Back value={value} onDone={done} />
        : <Form value={value} onDone={done} />)}
    </details>
  );
}

/** Why the reader can't mark anything. */
function reason(caller: Caller | undefined): string {
  if (!caller) return 'Asking the server who you are …';
  if (!caller.guarded) {
    return 'This server asks nobody who they are, so nothing can be marked here. '
      + 'Use `provgraph invalidate`, or serve with --access.';
  }
  if (!caller.name) return 'Sign in first, above, with a token of the role curator.';
  return `This needs the right to curate; ${visible(caller.name)} may `
    + `${caller.rights.join(', ') || 'do nothing'}.`;
}

interface Props {
  value: Full;
  onDone: (what: string) => void;
}

function Back({ value, onDone }: Props) {
  const { trouble, isBusy, run } = useChange();
  return (
    <>
      <p>All marks of this record go, whoever made them.</p>
      <button type="button" class="strong" disabled={isBusy} onClick={() => run(async () => {
        await takeBack({ record: value.id });
        // What stands for many runs is gone with its mark.
        if (isRecall(value.id)) go(address('invalid'));
        else onDone('It is no longer marked.');
      })}>Take it back</button>
      {trouble && <p role="alert" class="bad">{trouble}</p>}
    </>
  );
}

/** What can be meant besides the record itself. */
type Scope = 'record' | 'tool' | 'uses';

function Form({ value, onDone }: Props) {
  const { trouble, isBusy, run } = useChange();
  const [scope, setScope] = useState<Scope>('record');
  const [why, setWhy] = useState('');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const id = useId();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const runs = await invalidate(targetOf(value, scope, since, until), why);
      setWhy('');
      onDone(runs === null ? 'Marked as invalid.'
        : `Marked: ${counted(runs, 'run')}, and those that are loaded later.`);
    });
  };
  return (
    <form onSubmit={submit}>
      <label class="field" for={`${id}-what`}>What is bad</label>
      <select id={`${id}-what`} value={scope}
        onChange={(event) => setScope(event.currentTarget.value as Scope)}>
        {choices(value).map(([each, label]) => <option key={each} value={each}>{label}</option>)}
      </select>
      {scope === 'uses' && (
        <div class="span">
          <Day label="Used since" value={since} set={setSince} required={!until} />
          <Day label="Used until" value={until} set={setUntil} required={!since} />
        </div>
      )}
      <label class="field">
        Why
        <input type="text" required value={why} placeholder="damaged, wrong gains, withdrawn …"
          onInput={(event) => setWhy(event.currentTarget.value)} />
      </label>
      <button type="submit" class="strong" disabled={isBusy}>Mark as invalid</button>
      {trouble && <p role="alert" class="bad">{trouble}</p>}
      <p><small>Every answer about it, and about what was made from it, will say so, with your name.
        It can be taken back.</small></p>
    </form>
  );
}

function choices({ kind, type, name, version, location }: Full): [Scope, string][] {
  if (kind === 'activity') {
    const every = name && version;
    return [['record', 'this run'],
      ...(every ? [['tool', `every run of ${visible(`${name} ${version}`)}`] as [Scope, string]] : [])];
  }
  return [['record', type === 'DatasetEntity' ? 'this file' : 'this record'],
    ...(location ? [['uses', 'the uses of its path in a span of time'] as [Scope, string]] : [])];
}

function targetOf(value: Full, scope: Scope, since: string, until: string): Target {
  if (scope === 'tool') return { tool: value.name!, version: value.version! };
  if (scope === 'record') return { record: value.id };
  return {
    record: value.id,
    ...(since && { usedSince: `${since}T00:00:00Z` }),
    ...(until && { usedUntil: `${until}T23:59:59.999Z` }),
  };
}

function Day({ label, value, set, required }: {
  label: string;
  value: string;
  set: (day: string) => void;
  required: boolean;
}) {
  return (
    <label class="field">
      {label}
      <input type="date" value={value} required={required}
        onChange={(event) => set(event.currentTarget.value)} />
    </label>
  );
}

/** Runs a change, and says what went wrong. */
function useChange() {
  const [trouble, setTrouble] = useState('');
  const [isBusy, setBusy] = useState(false);
  const run = async (change: () => Promise<void>) => {
    setBusy(true);
    setTrouble('');
    try {
      await change();
    } catch (error) {
      setTrouble(error instanceof Refusal ? visible(error.message) : String(error));
    }
    setBusy(false);
  };
  return { trouble, isBusy, run };
}
