/** Marks of what is invalid: made and taken back by who may curate. */

import { ask } from './ask';

/** What a mark means: a record; a tool with its version; a record with times, for the uses of its
 * path. */
export interface Target {
  record?: string;
  tool?: string;
  version?: string;
  usedSince?: string;
  usedUntil?: string;
}

const INVALIDATE = `mutation Invalidate($target: Target!, $reason: String!) {
  answer: invalidate(target: $target, reason: $reason) { runs }
}`;
const TAKE_BACK = `mutation TakeBack($target: Target!) {
  answer: takeBack(target: $target) { runs }
}`;

/** Mark something as invalid; how many runs are meant by a rule, null of one record. */
export async function invalidate(target: Target, reason: string): Promise<number | null> {
  return made(INVALIDATE, { target, reason });
}

/** Take all marks of something back. */
export async function takeBack(target: Target): Promise<number | null> {
  return made(TAKE_BACK, { target });
}

async function made(mutation: string, variables: object): Promise<number | null> {
  const { answer } = await ask<{ answer: { runs: number | null } }>(mutation, { ...variables });
  return answer.runs;
}
