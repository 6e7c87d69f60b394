/** A field for a long text with the numbers of its lines, one of which may be wrong. */

import { forwardRef } from 'preact/compat';
import { useId, useImperativeHandle, useRef } from 'preact/hooks';
import { visible } from '../../figure/names';

export interface TextHandle {
  /** Select a line, so that the reader sees it. */
  goTo: (line: number) => void;
}

interface Props {
  label: string;
  text: string;
  wrong: number | null;
  /** What is wrong there. */
  note: string;
  onText: (text: string) => void;
}

export const TextWithLines = forwardRef<TextHandle, Props>(function TextWithLines(
  { label, text, wrong, note, onText }, handle,
) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const id = useId();
  const lines = text.split('\n');
  useImperativeHandle(handle, () => ({ goTo: (line) => select(area.current!, line) }), []);
  return (
    <div class="editor">
      <label for={id}>{label}</label>
      <div class="paper">
        <div class="numbers" aria-hidden="true">
          <div ref={numbers}>
            {lines.map((_, index) => (
              <div class={index + 1 === wrong ? 'wrong' : undefined}>{index + 1}</div>
            ))}
          </div>
        </div>
        <textarea id={id} ref={area} wrap="off" spellcheck={false} value={text}
          rows={Math.min(Math.max(lines.length, 6), 26)}
          aria-invalid={note !== ''} aria-describedby={note ? `${id}-note` : undefined}
          onScroll={(event) => { numbers.current!.scrollTop = event.currentTarget.scrollTop; }}
          onInput={(event) => onText(event.currentTarget.value)} />
      </div>
      {note && (
        <p id={`${id}-note`} class="bad" role="alert">
          {wrong && `Line ${wrong}: `}{visible(note)}{' '}
          {wrong && <button type="button" onClick={() => select(area.current!, wrong)}>
            Go to line {wrong}</button>}
        </p>
      )}
    </div>
  );
});

function select(area: HTMLTextAreaElement, line: number): void {
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  const end = area.value.indexOf('\n', start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  area.scrollTop = (area.scrollHeight / area.value.split('\n').length) * Math.max(line - 4, 0);
}
