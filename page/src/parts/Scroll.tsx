import type { ComponentChildren } from 'preact';

/** What may be wider than the page: it scrolls, also with the keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return <div class="scroll" tabindex={0} role="region" aria-label={label}>{children}</div>;
}
