/** Sends requests to the server, in the name of the reader. */

import { signed } from './token';

/** One of several records that a name may mean. */
interface Candidate {
  id: string;
  kind: string;
  path: string | null;
  dataLevel: string | null;
  time: string | null;
  maker: string | null;
}

/** What is wrong, as the server says it in JSON. */
export interface Failure {
  message: string;
  extensions?: {
    code?: string;
    suggestions?: string[];
    candidates?: Candidate[];
    line?: number | null;
    where?: string | null;
  };
}

/** Why there is no answer, in words for people, with what may have been meant. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly suggestions: string[] = [],
    readonly candidates: Candidate[] = [],
    /** Where a mistake is in the text that was sent: its line, and what is wrong there. */
    readonly place: { line?: number | null; where?: string | null } = {},
  ) {
    super(message);
  }

  /** Whether it may be otherwise in a moment. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}

const PASSING = new Set([
  'BUSY', 'RATE_LIMITED', 'TIMED_OUT', 'STORE_UNREACHABLE', 'STORE_ERROR', 'UNREACHABLE',
]);

export function failureIn({ message, extensions = {} }: Failure): Refusal {
  const { code = 'ERROR', suggestions, candidates, ...place } = extensions;
  return new Refusal(code, message, suggestions, candidates, place);
}

/** Send a request; the answer is one that went well, or has errors of GraphQL. Throws a
 * `Refusal`. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await sent(path, init);
  if (response.ok) return response;
  if (response.status === 401) throw new Refusal('LOGIN', 'This server asks who you are.');
  const text = await response.text();
  throw failureIn(failureOf(text) ?? {
    message: text.trim().slice(0, 2000) || `The server answered with status ${response.status}.`,
    extensions: { code: CODES[response.status] },
  });
}

const CODES: Record<number, string> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND', 503: 'BUSY' };

async function sent(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, headers: { ...signed(), ...init.headers } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refusal('UNREACHABLE', 'The server does not answer. Is `provgraph serve` running?');
  }
}

function failureOf(text: string): Failure | undefined {
  try {
    return (JSON.parse(text) as { errors?: Failure[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
