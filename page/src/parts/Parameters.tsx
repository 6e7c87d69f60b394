/** How a run was set up: first what differs from the default, where its tool is described. */

import { useState } from 'preact/hooks';
import type { Full, Parameter } from '../asking/answers';
import { counted, valueText, visible } from '../figure/names';

/** More parameters than these get a field to find one. */
const MANY = 12;

export function Parameters({ value }: { value: Full }) {
  const [text, setText] = useState('');
  const all = value.parameters ?? [];
  if (!all.length) return null;
  const wanted = text.toLowerCase();
  const found = all.filter(({ name }) => name.toLowerCase().includes(wanted));
  const differing = all.filter(({ differs }) => differs);
  const isDescribed = all.some(({ differs }) => differs !== null);
  return (
    <section>
      <h3>{counted(all.length, 'parameter')}</h3>
      {all.length > MANY && (
        <label>Find a parameter{' '}
          <input type="search" value={text}
            onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
      {wanted || !isDescribed
        ? <Rows parameters={found} />
        : <Folded differing={differing} all={all} />}
    </section>
  );
}

function Folded({ differing, all }: { differing: Parameter[]; all: Parameter[] }) {
  const others = all.filter(({ differs }) => !differs);
  const unknown = others.filter(({ differs }) => differs === null).length;
  return (
    <>
      <p>{differing.length
        ? `${counted(differing.length, 'differs', 'differ')} from the default:`
        : 'None is known to differ from its default.'}</p>
      {differing.length > 0 && <Rows parameters={differing} />}
      {others.length > 0 && (
        <details>
          <summary>The other {others.length.toLocaleString('en')}
            {unknown > 0 && `, ${unknown.toLocaleString('en')} of them with no known default`}
          </summary>
          <Rows parameters={others} />
        </details>
      )}
    </>
  );
}

/** So many characters of a value are shown: it may be a megabyte long. */
const LONGEST = 2000;

function Rows({ parameters }: { parameters: Parameter[] }) {
  return (
    <table class="values">
      <tbody>
        {parameters.map((each) => (
          <tr key={each.name}>
            <th scope="row">{visible(each.name)}
              {each.description && <small class="meaning">{visible(each.description)}</small>}</th>
            <td><code>{shown(each.value)}</code>
              {each.differs && <small class="meaning">default {shown(each.default)}</small>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  const text = valueText(value);
  return visible(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
