/** Starts the worker that lays flowcharts out, which takes longest of all to be ready.
 *
 * This is a script of its own, so that it runs while the browser still fetches the rest of the page.
 */

import workerAddress from 'elkjs/lib/elk-worker.min.js?url';

let started: Worker | undefined;

/** The worker; it is started if it was not yet. */
export function layoutWorker(): Worker {
  started ??= new Worker(workerAddress);
  return started;
}

if (window.location.hash.startsWith('#/history?')) layoutWorker();
