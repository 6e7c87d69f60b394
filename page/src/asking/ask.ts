/** Sends questions to the GraphQL API. */

import { failureIn, send, type Failure, Refusal } from './send';

/** Ask; the answer is the `data` of the response. Throws a `Refusal`. */
export async function ask<T>(
  query: string,
  variables: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await send('graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const answer = await body(response);
  const failure = answer.errors?.[0];
  if (failure) throw failureIn(failure);
  return answer.data as T;
}

async function body(response: Response): Promise<{ data?: unknown; errors?: Failure[] }> {
  try {
    return await response.json();
  } catch {
    throw new Refusal('ERROR', `The server answered with status ${response.status}.`);
  }
}
