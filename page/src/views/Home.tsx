import { useEffect } from 'preact/hooks';
import { address } from '../address';
import { useAnswer } from '../asking/answered';
import type { Node, Page, Stats } from '../asking/answers';
import { files, runs, stats } from '../asking/questions';
import { prepare } from '../drawing/layout';
import { counted } from '../figure/names';
import { SearchBox } from '../parts/SearchBox';
import { Records } from '../parts/Table';
import { Empty, Trouble } from '../parts/Trouble';
import { Waiting } from '../parts/Waiting';

const NEWEST = 8;
const RUNS = address('search', { kind: 'activity' });
const FILES = address('search', { kind: 'entity' });

interface Found {
  counts: Stats;
  products: Page<Node>;
  failures: Page<Node>;
}

async function found(signal: AbortSignal): Promise<Found> {
  const levels = ['DL3', 'DL4', 'DL5', 'DL6'];
  const [counts, products, failures] = await Promise.all([
    stats(signal),
    files({ dataLevel: levels }, NEWEST, null, signal),
    runs({ status: 'error' }, NEWEST, null, signal),
  ]);
  return { counts, products, failures };
}

export function Home() {
  const { value, refusal } = useAnswer(found, '');
  useEffect(() => { document.title = 'provgraph'; }, []);
  // The layout gets ready while the reader looks for a file.
  useEffect(() => { if (value) prepare(); }, [value]);
  const isEmpty = value && value.counts.activities + value.counts.entities === 0;
  return (
    <div class="start">
      <h1>What produced this file?</h1>
      <SearchBox id="home-search" label="A file name, a path, an identifier, a tool" />
      {refusal && <Trouble refusal={refusal} />}
      {isEmpty && <Empty />}
      {!value && !refusal && <Waiting what="Asking the store" />}
      {value && !isEmpty && <Newest {...value} />}
    </div>
  );
}

function Newest({ counts, products, failures }: Found) {
  const number = (some: number) => some.toLocaleString('en');
  return (
    <>
      <ul class="counts">
        <li>
          <a href={RUNS}><b>{number(counts.activities)}</b> runs</a>
        </li>
        <li>
          <a href={FILES}><b>{number(counts.entities)}</b> files</a>
        </li>
        <li><a href={address('loads')}><b>{number(counts.loads)}</b> loads</a></li>
      </ul>
      {products.nodes.length > 0 && (
        <Records nodes={products.nodes} caption="The newest science products (DL3 and above)" />
      )}
      {failures.nodes.length > 0 && (
        <>
          <Records nodes={failures.nodes} caption="The newest failures" />
          <p><a href={address('search', { kind: 'activity', status: 'error' })}>
            {counted(failures.totalCount, 'failed run')} in all</a></p>
        </>
      )}
    </>
  );
}
