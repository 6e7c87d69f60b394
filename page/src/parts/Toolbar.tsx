/** How the flowchart is drawn, and its downloads. */

import { address } from '../address';
import type { Lineage } from '../asking/answers';
import { csv } from '../downloads/csv';
import { png, svg } from '../downloads/pictures';
import { provJson } from '../downloads/prov_json';
import { save } from '../downloads/save';
import type { Drawn, Values } from '../views/History';
import { Copy } from './Copy';
import { Menu } from './Menu';

interface Props {
  values: Values;
  set: (changed: Record<string, string | null>, replace?: boolean) => void;
  answer?: Lineage;
  drawn?: Drawn;
  name: string;
}

const WAYS = [['', 'Up: causes'], ['down', 'Down: effects'], ['both', 'Both']] as const;
const DEPTHS = [1, 2, 4, 6, 10];

export function Toolbar({ values, set, answer, drawn, name }: Props) {
  const start = { open: null, more: null };
  return (
    <div class="toolbar" role="toolbar" aria-label="Flowchart">
      <div class="choice" role="group" aria-label="Direction">
        {WAYS.map(([way, label]) => (
          <button key={way} type="button" aria-pressed={(values.way ?? '') === way}
            onClick={() => set({ way, ...start }, false)}>{label}</button>
        ))}
      </div>
      <label>
        Depth{' '}
        <select value={values.depth ?? ''}
          onChange={(event) => set({ depth: event.currentTarget.value, ...start })}>
          <option value="">all</option>
          {DEPTHS.map((depth) => <option key={depth} value={String(depth)}>{depth}</option>)}
        </select>
      </label>
      <label>
        <input type="checkbox" checked={values.folded !== 'no'}
          onChange={(event) =>
            set({ folded: event.currentTarget.checked ? null : 'no', open: null })} />{' '}
        Fold
      </label>
      {values.open && (
        <button type="button" onClick={() => set({ open: null })}>Close stacks</button>
      )}
      <label>
        <input type="checkbox" checked={values.view === 'table'}
          onChange={(event) => set({ view: event.currentTarget.checked ? 'table' : null })} />{' '}
        As a table
      </label>
      <a class="button" href={address('compare', { a: values.of })}>Compare …</a>
      {answer && <Downloads {...{ answer, drawn, name }} />}
      <Copy text={window.location.href} what="address of this view" label="Copy link" />
    </div>
  );
}

function Downloads({ answer, drawn, name }: { answer: Lineage; drawn?: Drawn; name: string }) {
  const forms: [string, () => Promise<Blob> | Blob][] = [
    ['PROV-JSON', () => provJson(answer)],
    ['CSV', () => csv(answer)],
  ];
  if (drawn) forms.unshift(['SVG', () => svg(drawn, name)], ['PNG', () => png(drawn, name)]);
  return (
    <Menu label="Download">
      {forms.map(([form, make]) => (
        <button key={form} type="button" onClick={async (event) => {
          event.currentTarget.closest('details')?.removeAttribute('open');
          save(await make(), name, form === 'PROV-JSON' ? 'json' : form.toLowerCase());
        }}>{form}</button>
      ))}
    </Menu>
  );
}
