/** One record, or the records of one box, beside the flowchart. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { address, historyOf } from '../address';
import { useAnswer } from '../asking/answered';
import type { Full, Node } from '../asking/answers';
import { record } from '../asking/questions';
import type { Box } from '../figure/boxes';
import { counted, title } from '../figure/names';
import { AT_ONCE } from '../figure/stacks';
import { RecordFacts } from './RecordFacts';
import { Trouble } from './Trouble';
import { Waiting } from './Waiting';

interface Props {
  id: string;
  box: Box | undefined;
  root: string;
  onClose: () => void;
  onOpen: () => void;
  onShow: (id: string) => void;
  onExpand: (id: string) => void;
}

export function Panel(props: Props) {
  const { id, box, onClose } = props;
  const panel = useRef<HTMLElement>(null);
  const [single, setSingle] = useState<string | null>(null);
  const isStack = box !== undefined && box.members.length > 1 && single !== id;
  const isFirst = useRef(true);
  useEffect(() => {
    // Who opened the panel with the keyboard goes on in it; who follows a link begins at the top.
    if (!isFirst.current || document.activeElement?.closest('.flow')) panel.current?.focus();
    isFirst.current = false;
  }, [id]);
  return (
    <aside class="panel" aria-label="Record" tabindex={-1} ref={panel}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <button type="button" class="close" aria-label="Close" onClick={onClose}>×</button>
      {isStack
        ? <Stacked {...props} box={box} onShow={(next) => {
            setSingle(next);
            props.onShow(next);
          }} />
        : <Single {...props} key={id} />}
    </aside>
  );
}

/** So many members are listed at once. */
const LISTED = 100;

function Stacked({ box, onOpen, onShow }: Props & { box: Box }) {
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const found = box.members.filter((node) => title(node).toLowerCase().includes(wanted));
  const what = box.kind === 'activity' ? 'run' : 'file';
  const next = Math.min(AT_ONCE, box.members.length);
  return (
    <>
      <h2>{box.title}</h2>
      <p>{counted(box.members.length, what)} that play the same part, drawn as one stack.</p>
      {box.stack && (
        <p><button type="button" class="strong" onClick={onOpen}>
          Open {next === box.members.length ? 'all' : `the first ${next}`} in the flowchart
        </button></p>
      )}
      <label>Find in this stack{' '}
        <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <ul class="members">
        {found.slice(0, LISTED).map((node) => (
          <li key={node.id}>
            <button type="button" class="link" onClick={() => onShow(node.id)}>
              {title(node)}
            </button>
            <small>{mark(node)}</small>
          </li>
        ))}
      </ul>
      {found.length > LISTED && (
        <p>and {(found.length - LISTED).toLocaleString('en')} more: type a part of a name</p>
      )}
    </>
  );
}

function mark(node: Node): string {
  const marks = [node.invalidation && 'INVALID', node.tainted.length > 0 && 'tainted', node.status];
  return ` ${marks.filter((each) => each && each !== 'completed').join(' · ')}`;
}

function Single(props: Props) {
  const { value, refusal } = useAnswer<Full>((signal) => record(props.id, signal), props.id);
  if (refusal) return <Trouble refusal={refusal} />;
  if (!value) return <Waiting what="Fetching the record" />;
  return (
    <>
      <h2>{title(value)}</h2>
      <Ways {...props} value={value} />
      <RecordFacts value={value} onShow={props.onShow} />
    </>
  );
}

function Ways({ value, box, root, onExpand }: Props & { value: Full }) {
  const path = value.location;
  const isCut = box?.members.some((node) => node.id === value.id && node.more);
  return (
    <p class="ways">
      {isCut && (
        <button type="button" class="strong" onClick={() => onExpand(value.id)}>
          Show what lies behind
        </button>
      )}
      <a class="button" href={historyOf(value.id)}>What produced it</a>
      <a class="button" href={historyOf(value.id, 'down')}>What was made from it</a>
      {path && <a class="button" href={address('versions', { path })}>Versions of the path</a>}
      {value.kind === 'entity' && value.id !== root && (
        <a class="button" href={address('compare', { a: root, b: value.id })}>Compare</a>
      )}
    </p>
  );
}
