/** Why there is no answer, and what to do about it. */

import { historyOf } from '../address';
import type { Refusal } from '../asking/send';
import { timeText, visible } from '../figure/names';
import { TokenForm } from './SignIn';

interface Props {
  refusal: Refusal;
  /** The address of what a suggested name leads to. */
  to?: (id: string) => string;
}

export function Trouble({ refusal, to = historyOf }: Props) {
  if (refusal.code === 'NO_STORE') return <Empty />;
  if (refusal.code === 'LOGIN') return <Login />;
  return (
    <section class="trouble" role="alert">
      <h2>{HEADS[refusal.code] ?? 'No answer'}</h2>
      <p>{visible(refusal.message)}</p>
      {refusal.isPassing && (
        <button type="button" onClick={() => window.location.reload()}>Try again</button>
      )}
      {refusal.suggestions.length > 0 && (
        <>
          <p>Did you mean:</p>
          <ul>
            {refusal.suggestions.map((each) => (
              <li key={each}><a href={to(each)}>{visible(each)}</a></li>
            ))}
          </ul>
        </>
      )}
      {refusal.candidates.length > 0 && (
        <ul>
          {refusal.candidates.map((each) => (
            <li key={each.id}>
              <a href={to(each.id)}>{visible(each.path ?? each.id)}</a>{' '}
              <small>
                {[each.dataLevel, each.maker, timeText(each.time)].filter(Boolean).join(' · ')}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const HEADS: Record<string, string> = { NOT_FOUND: 'Not found', FORBIDDEN: 'Not possible' };

/** What a first-time user does when nothing is loaded. */
export function Empty() {
  return (
    <section class="trouble">
      <h2>Nothing is loaded yet</h2>
      <p>Load the provenance logs of your runs, then reload this page:</p>
      <pre tabindex={0}>provgraph load FOLDER</pre>
      <p>Or look at the sample first, the real history of a DL3 file. Stop this server, then:</p>
      <pre tabindex={0}>provgraph demo</pre>
      <p>It loads the sample into a store of its own, and prints how to serve that store.</p>
    </section>
  );
}

function Login() {
  return (
    <section class="trouble">
      <h2>This server asks who you are</h2>
      <TokenForm />
    </section>
  );
}
