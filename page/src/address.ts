/** Where the reader is: each view has an address, `#/VIEW?NAME=VALUE…`.
 *
 * What follows `#` is never sent to a server, so names of files stand in no log of a proxy.
 */

import { useEffect, useState } from 'preact/hooks';

export interface Address {
  view: string;
  values: Record<string, string>;
}

/** Read an address. */
function parsed(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { view: path || 'home', values: Object.fromEntries(new URLSearchParams(query)) };
}

/** Write an address; values that are empty are left out. */
export function address(
  view: string,
  values: Record<string, string | null | undefined> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  const text = query.toString();
  return `#/${view === 'home' ? '' : view}${text ? `?${text}` : ''}`;
}

/** The address of the flowchart of a record. */
export function historyOf(id: string, way = ''): string {
  return address('history', { of: id, way });
}

/** Go to an address; `replace` makes no new step for the browser's Back. */
export function go(to: string, replace = false): void {
  if (replace) {
    window.history.replaceState(null, '', to);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    window.location.hash = to;
  }
}

/** The address in force; the component is drawn again when it changes. */
export function useAddress(): Address {
  const [now, setNow] = useState(() => parsed(window.location.hash));
  useEffect(() => {
    const changed = () => setNow(parsed(window.location.hash));
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return now;
}
