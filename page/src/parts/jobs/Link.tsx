import type { ComponentChildren } from 'preact';
import { visible } from '../../figure/names';

/** A link to another site, if that is what was written: nothing but http leads anywhere. */
export function Link({ to, children }: { to: string; children?: ComponentChildren }) {
  if (!/^https?:\/\//i.test(to)) return <>{visible(to)}</>;
  return <a href={to} rel="noreferrer" target="_blank">{children ?? visible(to)}</a>;
}
