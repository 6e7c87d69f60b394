import { address, type Address } from '../address';
import { useCaller, type Caller } from '../asking/caller';
import { SearchBox } from './SearchBox';
import { SignIn } from './SignIn';

const LISTS: [name: string, to: string][] = [
  ['Runs', address('search', { kind: 'activity' })],
  ['Files', address('search', { kind: 'entity' })],
  ['Invalid', address('invalid')],
  ['Tainted', address('tainted')],
  ['Loads', address('loads')],
  ['Compare', address('compare')],
];

export function Header({ now }: { now: Address }) {
  const jobs = addressOfJobs(useCaller());
  return (
    <header class="top">
      <a class="brand" href="#/">provgraph</a>
      {now.view !== 'home' && <SearchBox id="top-search" text={now.values.q ?? ''} />}
      <nav aria-label="Lists">
        {LISTS.map(([name, to]) => <a key={name} href={to}>{name}</a>)}
        {jobs && <a href={jobs}>Jobs</a>}
      </nav>
      <SignIn />
    </header>
  );
}

/** Where jobs are run: the jobs of who may run some, the definitions of who may write them. */
function addressOfJobs(caller: Caller | undefined): string | undefined {
  if (!caller?.jobs) return undefined;
  if (!caller.name || caller.rights.includes('run')) return address('jobs');
  return caller.rights.includes('curate') ? address('definitions') : undefined;
}
