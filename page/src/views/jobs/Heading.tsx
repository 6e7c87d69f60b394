import type { ComponentChildren } from 'preact';
import { address } from '../../address';
import { useCaller } from '../../asking/caller';
import { useTitle } from '../title';

/** The heading of a view about jobs, with the ways to the others. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  const rights = useCaller()?.rights ?? [];
  useTitle(title);
  return (
    <>
      <nav class="ways" aria-label="Jobs">
        {rights.includes('run') && <a href={address('jobs')}>Jobs</a>}
        <a href={address('definitions')}>Definitions</a>
      </nav>
      <h1>{children ?? title}</h1>
    </>
  );
}
