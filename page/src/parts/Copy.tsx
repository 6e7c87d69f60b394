import { useState } from 'preact/hooks';

interface Props {
  text: string;
  /** What the text is, for who can't see where the button stands. */
  what: string;
  label?: string;
}

/** Puts a text on the clipboard, and says that it did. */
export function Copy({ text, what, label = 'Copy' }: Props) {
  const [said, setSaid] = useState(label);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Select it, then Ctrl-C'); // a page that is not at localhost or https may not copy
    }
    window.setTimeout(() => setSaid(label), 2500);
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={`${said}: ${what}`}>
      {said}
    </button>
  );
}
