import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Refusal } from './send';

/** What is known of an answer: nothing yet, the answer, or why there is none. */
interface Answered<T> {
  value?: T;
  refusal?: Refusal;
  isWaiting: boolean;
}

const changes = new EventTarget();

/** Something was changed on the server: whatever is shown is asked for again. */
export function changed(): void {
  changes.dispatchEvent(new Event('changed'));
}

/** How often something was changed while the component is shown. */
function useChanges(): number {
  const [number, setNumber] = useState(0);
  useEffect(() => {
    const count = () => setNumber((before) => before + 1);
    changes.addEventListener('changed', count);
    return () => changes.removeEventListener('changed', count);
  }, []);
  return number;
}

/** Ask when the component appears, and again when `key` changes, or something on the server. The
 * last answer stays until the next is there, so that nothing jumps. */
export function useAnswer<T>(
  question: (signal: AbortSignal) => Promise<T>,
  key: string,
): Answered<T> {
  const [state, setState] = useState<Answered<T>>({ isWaiting: true });
  const number = useChanges();
  // Other effects wait until the browser has painted; the server shall work meanwhile.
  useLayoutEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isWaiting: true }));
    question(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setState({ value, isWaiting: false });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState({ refusal: told(error), isWaiting: false });
      },
    );
    return () => stop.abort();
  }, [key, number]);
  return state;
}

function told(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('ERROR', String(error));
}
