/** A definition as its curators write it: checked by the server, saved as a draft, approved. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { go } from '../../address';
import { useAnswer } from '../../asking/answered';
import { useCaller } from '../../asking/caller';
import { approve, book, saveDraft, type Book, type Revision } from '../../asking/definitions';
import { apart, together } from '../../asking/script';
import { Refusal } from '../../asking/send';
import { timeText, visible } from '../../figure/names';
import { Scroll } from '../../parts/Scroll';
import { TextWithLines, type TextHandle } from '../../parts/jobs/TextWithLines';
import { Trouble } from '../../parts/Trouble';
import { Waiting } from '../../parts/Waiting';
import type { Values } from '../History';
import { editAddress, formAddress } from './address';
import { Heading } from './Heading';

/** What a new definition begins with. */
const TEMPLATE = JSON.stringify({
  name: 'my_job',
  version: '1.0',
  description: 'What it does.',
  executionDuration: 60,
  parameters: { word: { description: 'What is counted.', default: 'sky' } },
  used: [{ role: 'text', description: 'The text.' }],
  generated: [{ role: 'report', default: 'report.txt', contentType: 'text/plain' }],
  script: 'grep -o -w -- "$word" "$text" | wc -l > "$report"\n',
});

export function Editing({ values }: { values: Values }) {
  const { job: name = '' } = values;
  const [round, setRound] = useState(0);
  const { value, refusal } = useAnswer<Book | null>(
    async (signal) => (name ? book(name, signal) : null), `${name} ${round}`,
  );
  const [said, setSaid] = useState('');
  const saved = (at: string, what: string) => {
    setSaid(what);
    if (at === name) setRound(round + 1);
    else go(editAddress(at), true);
  };
  const heading = name ? `Definition of ${name}` : 'New definition';
  return (
    <>
      <Heading title={heading}>{name
        ? <>Definition of <span class="name">{visible(name)}</span></> : heading}</Heading>
      <p role="status">{said}</p>
      {refusal && <Trouble refusal={refusal} />}
      {value === undefined && !refusal && <Waiting what="Asking for the definition" />}
      {value !== undefined && (
        <>
          <Editor key={name} name={name} known={value?.text ?? TEMPLATE}
            newest={value?.revisions[0]} saved={saved} />
          {value && <Revisions revisions={value.revisions} />}
        </>
      )}
    </>
  );
}

interface EditorProps {
  name: string;
  /** The text of the newest revision. */
  known: string;
  newest?: Revision;
  saved: (name: string, what: string) => void;
}

function Editor({ name, known, newest, saved }: EditorProps) {
  const before = useMemo(() => apart(known), [known]);
  const [text, setText] = useState(before.text);
  const [script, setScript] = useState(before.script);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isFine, setFine] = useState(false);
  const area = useRef<TextHandle>(null);
  const mayRun = useCaller()?.rights.includes('run');
  const reset = () => {
    setText(before.text);
    setScript(before.script);
  };
  useEffect(reset, [before]);
  const isChanged = text !== before.text || script !== before.script;
  const whole = together({ text, script });
  const act = (work: () => Promise<void>) => async () => {
    setRefusal(undefined);
    setFine(false);
    try {
      await work();
    } catch (error) {
      const wrong = error instanceof Refusal ? error : new Refusal('ERROR', String(error));
      setRefusal(wrong);
      if (lineOf(wrong)) area.current?.goTo(lineOf(wrong)!);
    }
  };
  const check = act(async () => {
    await saveDraft(whole, true);
    setFine(true);
  });
  const save = act(async () => {
    const { name: at, revision, status } = await saveDraft(whole);
    if (status === 'unchanged') reset();
    saved(at, status === 'added' ? `Saved as revision ${revision}, a draft.`
      : `Revision ${revision} says the same: nothing was saved.`);
  });
  const agree = act(async () => {
    const { revision } = await approve(name, newest!.id);
    saved(name, `Revision ${revision} is approved: it is run from now on.`);
  });
  const change = (set: (next: string) => void) => (next: string) => {
    set(next);
    setFine(false);
  };
  const line = refusal && lineOf(refusal);
  const isOfScript = refusal?.place.where === 'script';
  return (
    <>
      <TextWithLines label="What is said of the job (JSON)" text={text} wrong={line ?? null}
        note={line ? refusal.message : ''} ref={area} onText={change(setText)} />
      <TextWithLines label="Script (bash)" text={script} wrong={null}
        note={isOfScript ? refusal.message : ''} onText={change(setScript)} />
      {refusal && !line && !isOfScript && <Trouble refusal={refusal} />}
      {isFine && <p role="status" class="verdict good">Nothing is wrong with it.</p>}
      <p class="ways">
        <button type="button" onClick={check}>Check</button>
        <button type="button" class="strong" disabled={!isChanged && Boolean(newest)}
          onClick={save}>Save as a draft</button>
        {newest && !newest.approvedBy && (
          <button type="button" disabled={isChanged} onClick={agree}>
            Approve revision {newest.revision}</button>
        )}
        {newest?.approvedBy && !isChanged && mayRun && (
          <a class="button" href={formAddress(name)}>Run it</a>
        )}
      </p>
      {isChanged && newest && <p><small>What is not saved is not approved, and is lost when you
        leave.</small></p>}
    </>
  );
}

/** The line of a mistake; a script has a field of its own, without its lines. */
function lineOf({ place }: Refusal): number | null | undefined {
  return place.where === 'script' ? null : place.line;
}

function Revisions({ revisions }: { revisions: Revision[] }) {
  return (
    <Scroll label="Revisions">
      <table>
        <caption>Revisions, the newest first</caption>
        <thead><tr><th>Revision</th><th>Version</th><th>Written</th><th>Approved</th></tr></thead>
        <tbody>
          {revisions.map((each) => (
            <tr key={each.id}>
              <th scope="row">{each.revision}</th>
              <td>{visible(each.version ?? '')}</td>
              <td>{who(each.by, each.time)}</td>
              <td>{who(each.approvedBy, each.approvedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function who(name: string | null, time: string | null): string {
  return [name && `by ${visible(name)}`, timeText(time)].filter(Boolean).join(', ');
}
