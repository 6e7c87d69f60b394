import { useEffect, useState } from 'preact/hooks';
import { send } from './send';
import { signed } from './token';

/** Who asks, and what they may do here. */
export interface Caller {
  /** Whether the server asks for tokens. */
  guarded: boolean;
  /** Whether the token that was sent is one; also where none was. */
  valid: boolean;
  name: string | null;
  rights: string[];
  /** Whether jobs are run here. */
  jobs: boolean;
}

/** Ask who the bearer of a token is. Throws a `Refusal`. */
export async function callerWith(token?: string): Promise<Caller> {
  return (await send('caller', { headers: signed(token) })).json();
}

let asked: Promise<Caller> | undefined;

/** Who asks: it is asked once, since the page begins anew with another token. Throws a
 * `Refusal`. */
export async function thisCaller(): Promise<Caller> {
  asked ??= callerWith();
  try {
    return await asked;
  } catch (error) {
    asked = undefined;
    throw error;
  }
}

/** Who asks, as soon as that is known; where the server does not answer, the view says so. */
export function useCaller(): Caller | undefined {
  const [caller, setCaller] = useState<Caller>();
  useEffect(() => { thisCaller().then(setCaller, () => undefined); }, []);
  return caller;
}
