import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Address, useAddress } from './address';
import { Header } from './parts/Header';
import { Comparison } from './views/Comparison';
import { History } from './views/History';
import { Home } from './views/Home';
import { Invalid } from './views/Invalid';
import { Definitions } from './views/jobs/Definitions';
import { Editing } from './views/jobs/Editing';
import { JobForm } from './views/jobs/JobForm';
import { Jobs } from './views/jobs/Jobs';
import { JobView } from './views/jobs/JobView';
import { Loads } from './views/Loads';
import { SearchView } from './views/Search';
import { Tainted } from './views/Tainted';
import { Versions } from './views/Versions';

function View({ now }: { now: Address }) {
  switch (now.view) {
    case 'history':
      return <History values={now.values} />;
    case 'search':
      return <SearchView values={now.values} />;
    case 'compare':
      return <Comparison values={now.values} />;
    case 'versions':
      return <Versions path={now.values.path ?? ''} />;
    case 'invalid':
      return <Invalid />;
    case 'tainted':
      return <Tainted values={now.values} />;
    case 'loads':
      return <Loads />;
    case 'jobs':
      return <Jobs values={now.values} />;
    case 'job':
      return <JobView values={now.values} />;
    case 'run':
      return <JobForm values={now.values} />;
    case 'definitions':
      return <Definitions />;
    case 'define':
      return <Editing values={now.values} />;
    default:
      return <Home />;
  }
}

function App() {
  const now = useAddress();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const { of = '', job = '', id = '', from = '' } = now.values;
  // A new definition gets its name when it is saved, and stays where it is.
  const place = [now.view, of, now.view === 'define' ? '' : job, id, from].join(' ');
  // Who can't see that the view changed is led to it.
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [place]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>To the content</a>
      <Header now={now} />
      <main id="main" tabindex={-1} ref={main} class={now.view}>
        <View key={place} now={now} />
      </main>
    </>
  );
}

const page = document.getElementById('page')!;
page.replaceChildren();
render(<App />, page);
