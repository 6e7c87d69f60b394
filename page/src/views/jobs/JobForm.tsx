/** The form that a definition asks for; sent, it is a job. */

import type { TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { go } from '../../address';
import { useAnswer } from '../../asking/answered';
import { definition, plainText, type Definition } from '../../asking/definitions';
import { fieldsOf, type Fields } from '../../asking/fields';
import { fetched } from '../../asking/files';
import { job, makeJob, pathOf, type Job } from '../../asking/jobs';
import { Refusal } from '../../asking/send';
import { visible, visibleLines } from '../../figure/names';
import { InputField, OutputField, ParameterInput } from '../../parts/jobs/Field';
import { Link } from '../../parts/jobs/Link';
import { Trouble } from '../../parts/Trouble';
import { Waiting } from '../../parts/Waiting';
import type { Values } from '../History';
import { jobAddress } from './address';
import { Heading } from './Heading';

export function JobForm({ values }: { values: Values }) {
  const { job: name = '', from = '' } = values;
  const { value, refusal } = useAnswer(async (signal) => {
    const [said, before] = await Promise.all([
      definition(name, signal),
      from ? job({ name, id: from }, signal) : undefined,
    ]);
    return { said, before };
  }, '');
  return (
    <>
      <Heading title={`Run ${name}`}>Run <span class="name">{visible(name)}</span></Heading>
      {refusal && <Trouble refusal={refusal} />}
      {!value && !refusal && <Waiting what="Asking for the definition" />}
      {value && <Form {...value} />}
    </>
  );
}

function Form({ said, before }: { said: Definition; before?: Job }) {
  const fields = fieldsOf(said);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: TargetedEvent<HTMLFormElement, SubmitEvent>) => {
    event.preventDefault();
    const isRun = event.submitter?.getAttribute('name') !== 'later';
    setSending(true);
    setRefusal(undefined);
    try {
      const sent = await filledIn(form.current!, fields, before);
      if (isRun) sent.set('PHASE', 'RUN');
      go(jobAddress(await makeJob(said.name, sent)));
    } catch (error) {
      setSending(false);
      setRefusal(error instanceof Refusal ? error : new Refusal('ERROR', String(error)));
    }
  };
  const earlier = (name: string) => before?.values.find((each) => each.name === name);
  const wrong = (name: string) => (refusal && isAbout(refusal, name) ? refusal.message : '');
  // What is wrong with the name of a result is told at the end, too: its field may be folded away.
  const isAtField = refusal && [...fields.parameters, ...fields.inputs]
    .some(({ name }) => isAbout(refusal, name));
  return (
    <form class="job" ref={form} onSubmit={submit}>
      <About said={said} />
      {before && <p>The fields are filled in as in the job <a href={jobAddress(before)}>
        {visible(before.label || before.id.slice(0, 8))}</a>. Change what is to be otherwise.</p>}
      {fields.parameters.length > 0 && (
        <fieldset>
          <legend>Parameters</legend>
          {fields.parameters.map((each) => (
            <ParameterInput key={each.name} field={each} wrong={wrong(each.name)}
              value={earlier(each.name)?.value ?? each.default} />
          ))}
        </fieldset>
      )}
      {fields.inputs.length > 0 && (
        <fieldset>
          <legend>Files that it reads</legend>
          {fields.inputs.map((each) => (
            <InputField key={each.name} field={each} wrong={wrong(each.name)}
              before={before?.phase === 'ARCHIVED' && earlier(each.name)?.isUpload
                ? undefined : earlier(each.name)} />
          ))}
        </fieldset>
      )}
      <details>
        <summary>More: a label, seconds{fields.outputs.length > 0 && ', names of results'}</summary>
        <fieldset>
          <legend>The job</legend>
          <label class="field">Label
            <input type="text" name="control:RUNID" maxlength={255}
              defaultValue={before?.label ?? ''} />
          </label>
          <label class="field">Seconds at most
            <input type="number" name="control:EXECUTIONDURATION" min="1" step="1"
              placeholder={plainText(said.executionDuration)} />
          </label>
          {fields.outputs.map((each) => (
            <OutputField key={each.name} field={each} wrong={wrong(each.name)}
              value={earlier(each.name)?.value ?? each.default} />
          ))}
        </fieldset>
      </details>
      {refusal && !isAtField && <Trouble refusal={refusal} />}
      {[...fields.parameters, ...fields.inputs].some((each) => each.isNeeded) && (
        <p><small>What is marked <span class="bad">*</span> is needed.</small></p>
      )}
      <p class="ways">
        <button type="submit" class="strong" disabled={isSending}>Run</button>
        <button type="submit" name="later" disabled={isSending}>Create, and run it later</button>
        {isSending && <Waiting what="Sending" />}
      </p>
    </form>
  );
}

function About({ said }: { said: Definition }) {
  const [what, contact, mail, documentation] = [
    said.annotation, said.contact_name, said.contact_email, said.doculink,
  ].map(plainText) as [string, string, string, string];
  return (
    <>
      {what && <p class="said">{visibleLines(what)}</p>}
      <p><small>
        {said.version && `Version ${visible(said.version)}. `}
        {contact && `Contact: ${visible(contact)}${mail ? `, ${visible(mail)}` : ''}. `}
        {documentation && <Link to={documentation}>Documentation</Link>}
      </small></p>
    </>
  );
}

/** Whether what is wrong is at a field: the server begins with its name, or names it. */
function isAbout(refusal: Refusal, name: string): boolean {
  return refusal.message.startsWith(`${name}=`)
    || refusal.message.startsWith(`${name} has to be`)
    || refusal.message.startsWith(`${name}: `);
}

/** What is sent: all that is not as the definition has it anyway. */
async function filledIn(form: HTMLFormElement, fields: Fields, before?: Job): Promise<FormData> {
  const given = new FormData(form);
  const text = (name: string) => String(given.get(name) ?? '').replaceAll('\r\n', '\n');
  const sent = new FormData();
  for (const each of fields.parameters) {
    const said = each.kind === 'truth'
      ? String(given.has(`parameter:${each.name}`)) : text(`parameter:${each.name}`);
    const isEmpty = said === '' && !(each.kind === 'text' || each.kind === 'lines');
    if (said !== each.default && !isEmpty) sent.set(each.name, said);
  }
  for (const each of fields.outputs) {
    const said = text(`output:${each.name}`);
    if (said && said !== each.default) sent.set(each.name, said);
  }
  for (const { name } of fields.inputs) {
    const file = given.get(`file:${name}`);
    if (file instanceof File && file.name) sent.set(name, file);
    else if (text(`place:${name}`)) sent.set(name, text(`place:${name}`));
    else if (given.has(`again:${name}`)) await sendAgain(sent, name, before!);
  }
  for (const control of ['RUNID', 'EXECUTIONDURATION']) {
    const said = text(`control:${control}`);
    if (said) sent.set(control, said);
  }
  return sent;
}

/** A file that was sent with an earlier job, from there. */
async function sendAgain(sent: FormData, name: string, before: Job): Promise<void> {
  const file = await fetched(pathOf(before, 'parameters', name));
  sent.set(name, file.content, file.name);
}
