/** The fields of a form for a job. */

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { FileField, ParameterField } from '../../asking/fields';
import type { JobValue } from '../../asking/jobs';
import { visible, visibleLines } from '../../figure/names';

interface FieldProps {
  name: string;
  help: string;
  wrong: string;
  isNeeded: boolean;
  /** The control; it is given its id and what describes it. */
  children: (shared: Shared) => ComponentChildren;
}

interface Shared {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean;
}

/** A label, the control, what is said of it, and what is wrong with it. */
function Field({ name, help, wrong, isNeeded, children }: FieldProps) {
  const id = useId();
  const notes = [help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  const shared = {
    id, 'aria-describedby': notes || undefined, 'aria-invalid': Boolean(wrong),
  };
  return (
    <div class="field">
      <label for={id}>{visible(name)}
        {isNeeded && <span class="bad" aria-hidden="true"> *</span>}
      </label>
      {children(shared)}
      {help && <small id={`${id}-help`}>{visibleLines(help)}</small>}
      {wrong && <small id={`${id}-wrong`} class="bad" role="alert">{visible(wrong)}</small>}
    </div>
  );
}

interface FilledIn<T> {
  field: T;
  value: string;
  wrong: string;
}

export function ParameterInput({ field, value, wrong }: FilledIn<ParameterField>) {
  return (
    <Field {...field} wrong={wrong}>
      {(shared) => <Control {...{ field, value, shared }} />}
    </Field>
  );
}

interface ControlProps {
  field: ParameterField;
  value: string;
  shared: Shared;
}

function Control({ field, value, shared }: ControlProps) {
  const { kind, isNeeded: required, min, max } = field;
  const own = { ...shared, name: `parameter:${field.name}` };
  if (kind === 'choice') {
    const choices = field.options.includes(value) ? field.options : [value, ...field.options];
    return (
      <select {...own} required={required}>
        {choices.map((each) => (
          <option key={each} value={each} selected={each === value}>
            {each === '' ? 'choose …' : visible(each)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'truth') {
    const isTrue = ['true', 't', '1'].includes(value.toLowerCase());
    return <input {...own} type="checkbox" defaultChecked={isTrue} />;
  }
  if (kind === 'lines') {
    return <textarea {...own} rows={4} required={required} defaultValue={value} />;
  }
  if (kind === 'text') {
    return <input {...own} type="text" spellcheck={false} required={required}
      defaultValue={value} />;
  }
  return <input {...own} type="number" step={kind === 'whole' ? '1' : 'any'} required={required}
    min={min} max={max} defaultValue={value} />;
}

interface InputProps {
  field: FileField;
  wrong: string;
  /** What an earlier job had. */
  before?: JobValue;
}

/** A file: sent along, or named. */
export function InputField({ field, wrong, before }: InputProps) {
  const [isSent, setSent] = useState(false);
  const [place, setPlace] = useState(before && !before.isUpload ? before.value : '');
  const [isAgain, setAgain] = useState(Boolean(before?.isUpload));
  const { name } = field;
  const isGiven = isSent || place !== '' || isAgain;
  return (
    <Field {...field} wrong={wrong}>
      {(shared) => (
        <>
          {before?.isUpload && (
            <label class="again">
              <input type="checkbox" name={`again:${name}`} checked={isAgain}
                onChange={(event) => setAgain(event.currentTarget.checked)} />{' '}
              the file of the earlier job
            </label>
          )}
          <input {...shared} type="file" name={`file:${name}`}
            required={field.isNeeded && !isGiven}
            onChange={(event) => setSent(event.currentTarget.value !== '')} />
          <input type="text" name={`place:${name}`} spellcheck={false} value={place}
            aria-label={`${name}: or where it lies`} placeholder="or its id, path or URL"
            onInput={(event) => setPlace(event.currentTarget.value)} />
        </>
      )}
    </Field>
  );
}

/** How a result is to be called. */
export function OutputField({ field, value, wrong }: FilledIn<FileField>) {
  const help = `The name of a result. ${field.help}`.trim();
  return (
    <Field name={field.name} help={help} wrong={wrong} isNeeded={false}>
      {(shared) => (
        <input {...shared} type="text" name={`output:${field.name}`} spellcheck={false}
          defaultValue={value} />
      )}
    </Field>
  );
}
