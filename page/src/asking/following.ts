import { useEffect, useState } from 'preact/hooks';
import { destroy, isActive, isSettled, job, type Job } from './jobs';
import { Refusal } from './send';

/** For so many seconds the server holds a request until the phase is another one. */
const WAIT = 10;
/** So long, in milliseconds, is waited for provenance or after a failure: first, and at most. */
const PAUSE = [1000, 30_000] as const;
/** After so many pauses what has not come is not waited for any more. */
const MOST_PAUSES = 12;

interface Followed {
  job?: Job;
  refusal?: Refusal;
  /** How often the server has answered. */
  round: number;
  /** Ask at once, since the reader has changed something. */
  again: () => void;
}

/** A job as it is now: it is asked for again whenever its phase is another one. Nothing is asked
 * as long as nobody looks. */
export function useJob(name: string, id: string): Followed {
  const [state, setState] = useState<Omit<Followed, 'again'>>({ round: 0 });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const told = (found: Partial<Followed>) => {
      if (!stop.signal.aborted) setState((before) => ({ ...found, round: before.round + 1 }));
    };
    void follow({ name, id }, stop.signal, told);
    return () => stop.abort();
  }, [name, id, turn]);
  return { ...state, again: () => setTurn((before) => before + 1) };
}

async function follow(
  at: { name: string; id: string },
  stop: AbortSignal,
  told: (found: Partial<Followed>) => void,
): Promise<void> {
  let known: Job | undefined;
  let pauses = 0;
  while (!stop.aborted) {
    try {
      const waiting = known && isActive(known) ? { phase: known.phase, seconds: WAIT } : undefined;
      known = await job(at, stop, waiting);
      told({ job: known });
      if (isSettled(known)) return;
      if (isActive(known)) pauses = 0;
    } catch (error) {
      if (stop.aborted) return;
      const refusal = error instanceof Refusal ? error : new Refusal('ERROR', String(error));
      if (!refusal.isPassing || !known) return told({ job: known, refusal });
      told({ job: known, refusal });
      pauses += 1;
    }
    if (pauses > MOST_PAUSES) return;
    if (known && !isActive(known)) pauses += 1;
    if (pauses) await paused(Math.min(PAUSE[0] * 2 ** (pauses - 1), PAUSE[1]), stop);
    await seen(stop);
  }
}

/** Remove the files of a job, and wait until they are gone: mostly at once. */
export async function removed(at: { name: string; id: string }): Promise<void> {
  await destroy(at);
  for (const time of [100, 300, 1000, 3000]) {
    await paused(time, new AbortController().signal);
    if ((await job(at)).phase === 'ARCHIVED') return;
  }
}

function paused(time: number, stop: AbortSignal): Promise<void> {
  return new Promise((go) => {
    const timer = window.setTimeout(go, time);
    stop.addEventListener('abort', () => {
      window.clearTimeout(timer);
      go();
    });
  });
}

/** Wait until the tab is the one that is looked at. */
function seen(stop: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((go) => {
    const look = () => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener('visibilitychange', look);
      go();
    };
    document.addEventListener('visibilitychange', look);
    stop.addEventListener('abort', look);
  });
}
