/** Records by words, narrowed by facets; also the lists of runs, files and what is invalid. */

import type { TargetedEvent } from 'preact';
import { address, go } from '../address';
import { useAnswer } from '../asking/answered';
import type { Node, Page } from '../asking/answers';
import {
  counts, files, runs, search, type ActivityFilter, type EntityFilter,
} from '../asking/questions';
import { counted, visible } from '../figure/names';
import { Records } from '../parts/Table';
import { Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';
import type { Values } from './History';
import { useTitle } from './title';

const ROWS = 50;
/** The page whose address tells neither what is before it, nor how much. */
const FIRST_PAGE = { after: null, from: null };
const LEVELS = ['R0', 'R1', 'DL0', 'DL1', 'DL2', 'DL3', 'DL4', 'DL5', 'DL6'];
const STATES = ['completed', 'error', 'interrupted', 'running', 'unknown'];
const FLAGS: [keyof EntityFilter & string, string][] = [
  ['invalid', 'invalid'],
  ['external', 'made by no known run'],
  ['overwritten', 'no longer there'],
];

export function SearchView({ values }: { values: Values }) {
  const { q = '', kind = '', after = '' } = values;
  const { value, refusal, isWaiting } = useAnswer<Page<Node>>(
    (signal) => page(values, signal),
    JSON.stringify(values),
  );
  const set: FacetsProps['set'] = (changed) =>
    go(address('search', { ...values, ...FIRST_PAGE, ...changed }));
  const heading = q ? `Search: ${visible(q)}` : HEADINGS[kind] ?? 'Search';
  useTitle(heading);
  if (refusal) return <><h1>{heading}</h1><Trouble refusal={refusal} /></>;
  const from = Number(values.from ?? 0);
  return (
    <>
      <h1>{heading}</h1>
      <div class="found">
        <Facets values={values} set={set} />
        <div class="results" aria-busy={isWaiting}>
          {!value && <Waiting what="Searching" />}
          {value && (
            <>
              <p role="status">{counted(value.totalCount, 'record')}
                {value.nodes.length < value.totalCount && value.nodes.length > 0 &&
                  `, here ${from + 1} to ${from + value.nodes.length}`}</p>
              {value.nodes.length > 0
                ? <Records nodes={value.nodes} caption="Found, the newest first" />
                : <p>Nothing has all of this. Try the beginnings of fewer words.</p>}
              <p class="pages">
                {after && <a class="button"
                  href={address('search', { ...values, ...FIRST_PAGE })}>First page</a>}
                {value.pageInfo.hasNextPage && <a class="button" href={address('search', {
                  ...values, after: value.pageInfo.endCursor,
                  from: String(from + value.nodes.length),
                })}>Next page</a>}
              </p>
            </>
          )}
        </div>
      </div>
    </>
  );
}

const HEADINGS: Values = { activity: 'Runs', entity: 'Files' };

function page(values: Values, signal: AbortSignal): Promise<Page<Node>> {
  const after = values.after || null;
  if (values.kind === 'activity') return runs(activityFilter(values), ROWS, after, signal);
  if (values.kind === 'entity') return files(entityFilter(values), ROWS, after, signal);
  return search(values.q ?? '', ROWS, after, signal);
}

function common({ q, since, until, invalid }: Values): ActivityFilter & EntityFilter {
  return {
    ...(q && { text: q }),
    ...(since && { since: `${since}T00:00:00Z` }),
    ...(until && { until: `${until}T23:59:59Z` }),
    ...(invalid && { invalid: true }),
  };
}

function entityFilter(values: Values): EntityFilter {
  const { level, under, tool, external, overwritten } = values;
  return {
    ...common(values),
    ...(level && { dataLevel: [level] }),
    ...(under && { under }),
    ...(tool && { tool }),
    ...(external && { external: true }),
    ...(overwritten && { overwritten: true }),
  };
}

function activityFilter(values: Values): ActivityFilter {
  const { status, tool, host, version } = values;
  return {
    ...common(values),
    ...(status && { status }),
    ...(tool && { name: tool }),
    ...(host && { host }),
    ...(version && { version }),
  };
}

interface FacetsProps {
  values: Values;
  set: (changed: Record<string, string | null>) => void;
}

function Facets({ values, set }: FacetsProps) {
  const { kind = '' } = values;
  const kinds = [['', 'Everything'], ['entity', 'Files'], ['activity', 'Runs']] as const;
  return (
    <details class="narrow" open={window.innerWidth > 760}>
      <summary>Narrow the search</summary>
      <form class="facets" aria-label="Narrow the search"
        onSubmit={(event) => event.preventDefault()}>
        <fieldset>
          <legend>Kind</legend>
          {kinds.map(([value, label]) => (
            <label key={value}>
              <input type="radio" name="kind" checked={kind === value}
                onChange={() => go(address('search', { q: values.q, kind: value }))} /> {label}
            </label>
          ))}
        </fieldset>
        {kind === 'entity' && (
          <>
            <Counted name="level" legend="Data level" list="entities" choices={LEVELS}
              filter={(level) => entityFilter({ ...values, level })} {...{ values, set }} />
            <fieldset>
              <legend>Only what is</legend>
              {FLAGS.map(([name, label]) => (
                <Flag key={name} {...{ name, label, values, set }} />
              ))}
            </fieldset>
            <Text name="under" label="Below the folder" {...{ values, set }} />
            <Text name="tool" label="Made by the tool" {...{ values, set }} />
          </>
        )}
        {kind === 'activity' && (
          <>
            <Counted name="status" legend="Status" list="activities" choices={STATES}
              filter={(status) => activityFilter({ ...values, status })} {...{ values, set }} />
            <Text name="tool" label="Tool" {...{ values, set }} />
            <Text name="version" label="Version" {...{ values, set }} />
            <Text name="host" label="Host" {...{ values, set }} />
            <fieldset>
              <legend>Only what is</legend>
              <Flag name="invalid" label="invalid" {...{ values, set }} />
            </fieldset>
          </>
        )}
        {kind && (
          <>
            <Text name="since" label="Since" type="date" {...{ values, set }} />
            <Text name="until" label="Until" type="date" {...{ values, set }} />
          </>
        )}
      </form>
    </details>
  );
}

function Flag({ name, label, values, set }: FacetsProps & { name: string; label: string }) {
  return (
    <label>
      <input type="checkbox" checked={Boolean(values[name])}
        onChange={(event) => set({ [name]: event.currentTarget.checked ? '1' : null })} />
      {' '}{label}
    </label>
  );
}

interface CountedProps extends FacetsProps {
  name: string;
  legend: string;
  list: 'entities' | 'activities';
  choices: string[];
  filter: (choice: string) => EntityFilter | ActivityFilter;
}

/** The values of a facet with the number of records that each would leave. */
function Counted({ name, legend, list, choices, filter, values, set }: CountedProps) {
  const filters = Object.fromEntries(choices.map((choice) => [choice, filter(choice)]));
  const { value } = useAnswer((signal) => counts(list, filters, signal), JSON.stringify(filters));
  const chosen = values[name] ?? '';
  const shown = choices.filter((choice) => choice === chosen || !value || value[choice]);
  return (
    <fieldset>
      <legend>{legend}</legend>
      {['', ...shown].map((choice) => (
        <label key={choice}>
          <input type="radio" name={name} checked={chosen === choice}
            onChange={() => set({ [name]: choice })} /> {choice || 'any'}
          {choice && value && <small> {(value[choice] ?? 0).toLocaleString('en')}</small>}
        </label>
      ))}
    </fieldset>
  );
}

function Text({ name, label, type = 'text', values, set }: FacetsProps & {
  name: string;
  label: string;
  type?: 'text' | 'date';
}) {
  const shared = {
    value: values[name] ?? '',
    onChange: (event: TargetedEvent<HTMLInputElement>) =>
      set({ [name]: event.currentTarget.value }),
  };
  return (
    <label class="field">
      {label}
      {type === 'date'
        ? <input type="date" {...shared} />
        : <input type="text" spellcheck={false} {...shared} />}
    </label>
  );
}
