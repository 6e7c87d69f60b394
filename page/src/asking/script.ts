/** The script of a definition, apart from the rest: in JSON it would be one long line. */

interface Parts {
  /** The definition without its script, as JSON. */
  text: string;
  script: string;
}

export function apart(whole: string): Parts {
  const { script = '', ...rest } = JSON.parse(whole) as Record<string, unknown>;
  return { text: `${JSON.stringify(rest, null, 2)}\n`, script: String(script) };
}

/** Both as one text, whose lines are those of the definition: the script comes into its last line.
 * A definition that brings its script keeps it, and so does one that is no JSON. */
export function together({ text, script }: Parts): string {
  const end = text.lastIndexOf('}');
  if (end < 0 || hasScript(text)) return text;
  const before = text.slice(0, end);
  const comma = before.trimEnd().endsWith('{') ? '' : ',';
  return `${before.trimEnd()}${comma}"script":${JSON.stringify(script)}${
    before.slice(before.trimEnd().length)}${text.slice(end)}`;
}

function hasScript(text: string): boolean {
  try {
    return 'script' in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}
