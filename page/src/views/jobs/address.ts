/** The addresses of the views about jobs. */

import { address } from '../../address';

export function jobAddress({ name, id }: { name: string; id: string }): string {
  return address('job', { job: name, id });
}

/** The form of a job, filled in as an earlier one was. */
export function formAddress(name: string, from?: string): string {
  return address('run', { job: name, from });
}

export function editAddress(name?: string): string {
  return address('define', { job: name });
}
