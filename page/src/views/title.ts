import { useEffect } from 'preact/hooks';

/** Give the tab of the browser a title. */
export function useTitle(of: string): void {
  useEffect(() => { document.title = `${of} – provgraph`; }, [of]);
}
