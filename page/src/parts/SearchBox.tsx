/** A field that suggests records while a name is typed (ARIA's combobox with a list). */

import { useEffect, useRef, useState } from 'preact/hooks';
import { address, go, historyOf } from '../address';
import type { Node } from '../asking/answers';
import { search } from '../asking/questions';
import { title, timeText, visible } from '../figure/names';

const SUGGESTIONS = 8;
/** How long a reader pauses in typing before suggestions are asked for, in milliseconds. */
const PAUSE = 150;

interface Props {
  id: string;
  text?: string;
  label?: string;
  /** Where a choice leads; else to its flowchart. */
  onChoose?: (id: string) => void;
}

export function SearchBox({ id, text = '', label = 'Search files, runs, paths', onChoose }: Props) {
  const [typed, setTyped] = useState(text);
  const [found, setFound] = useState<Node[]>([]);
  const [chosen, setChosen] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const hasTyped = useRef(false);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (!hasTyped.current || !typed.trim()) {
      setFound([]);
      return;
    }
    const stop = new AbortController();
    const timer = window.setTimeout(() => {
      search(typed, SUGGESTIONS, null, stop.signal).then(
        (page) => { setFound(page.nodes); setChosen(-1); },
        () => setFound([]),
      );
    }, PAUSE);
    return () => { window.clearTimeout(timer); stop.abort(); };
  }, [typed]);
  const leave = () => { setOpen(false); setChosen(-1); };
  const choose = (name: string) => {
    leave();
    if (onChoose) { setTyped(name); hasTyped.current = false; onChoose(name); }
    else go(historyOf(name));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const pick = found[chosen];
    if (pick) choose(pick.id);
    else if (onChoose) { leave(); onChoose(typed.trim()); }
    else if (typed.trim()) { leave(); go(address('search', { q: typed.trim() })); }
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') leave();
    if (!step || !found.length) return;
    event.preventDefault();
    setOpen(true);
    setChosen((now) => (now + step + found.length + 1) % (found.length + 1));
  };
  const isShown = isOpen && found.length > 0;
  return (
    <form class="search" role="search" aria-label={label} onSubmit={submit} onFocusOut={(event) => {
      if (!event.currentTarget.contains(event.relatedTarget as Element | null)) leave();
    }}>
      <input id={id} type="text" enterkeyhint="search" value={typed}
        autocomplete="off" spellcheck={false} placeholder={label} aria-label={label}
        role="combobox" aria-autocomplete="list" aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        onInput={(event) => {
          hasTyped.current = true;
          setTyped(event.currentTarget.value);
          setOpen(true);
        }}
        onKeyDown={pressed} />
      {!onChoose && <button type="submit">Search</button>}
      <ul id={`${id}-list`} class="suggestions" role="listbox" aria-label="Suggestions"
        hidden={!isShown}>
        {found.map((node, number) => (
          <li key={node.id} id={`${id}-${number}`} role="option" aria-selected={number === chosen}
            onPointerDown={(event) => { event.preventDefault(); choose(node.id); }}>
            <b>{title(node)}</b>
            <small>{about(node)}</small>
          </li>
        ))}
      </ul>
    </form>
  );
}

function about(node: Node): string {
  const facts = node.kind === 'activity'
    ? ['run', node.status, timeText(node.startTime)]
    : [node.dataLevel, node.location && visible(node.location), timeText(node.generatedAtTime)];
  return facts.filter(Boolean).join(' · ');
}
