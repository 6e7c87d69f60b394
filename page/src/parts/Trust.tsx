/** Whether the answer may be trusted, in a sentence, and what speaks against it. */

import { useMemo } from 'preact/hooks';
import type { Lineage, Node } from '../asking/answers';
import type { Figure } from '../figure/boxes';
import { counted, title, visible } from '../figure/names';

interface Props {
  answer: Lineage;
  figure: Figure;
  onShow: (id: string) => void;
}

export function Trust({ answer, figure, onShow }: Props) {
  const { summary, nodes } = answer;
  const known = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes]);
  const runs = nodes.filter(({ kind }) => kind === 'activity').length;
  const files = nodes.filter(({ kind }) => kind === 'entity').length;
  const mixed = Object.entries(summary.versions).filter(([, versions]) => versions.length > 1);
  const suspected = summary.suspected.map(({ id }) => id);
  const shared = { known, onShow };
  return (
    <div class="trust">
      <p class={summary.complete ? 'verdict good' : 'verdict doubt'}>
        <span aria-hidden="true">{summary.complete ? '✓' : '!'}</span> {verdict(answer)}
      </p>
      <p class="counts">
        {counted(runs, 'run')}, {counted(files, 'file')}
        {figure.configuration > 0 && `, ${figure.configuration} of them configuration (⚙)`}
        {figure.folded > 0 &&
          `; ${counted(figure.folded, 'record')} folded into stacks (×): open one with a click`}
      </p>
      <Doubt what="failed" one="failed run" ids={summary.failed} {...shared} />
      <Doubt what="invalid" one="invalid record" ids={summary.invalid} {...shared} />
      <Doubt what="rewritten" one="overwritten input" ids={summary.rewritten} {...shared} />
      <Doubt what="suspected" one="file named in a configuration, not recorded as input"
        many="files named in a configuration, not recorded as inputs"
        ids={[...new Set(suspected)]} {...shared} />
      {mixed.length > 0 && (
        <details>
          <summary>{counted(mixed.length, 'tool')} in several versions</summary>
          <ul>{mixed.map(([tool, versions]) => (
            <li key={tool}>{visible(tool)}: {versions.map(visible).join(', ')}</li>
          ))}</ul>
        </details>
      )}
    </div>
  );
}

function verdict({ summary, direction, truncated }: Lineage): string {
  const number = (why: string) => summary.ends.filter((end) => end.why === why).length;
  if (direction === 'DOWNSTREAM') {
    return summary.complete ? 'Complete: nothing was cut.' : 'Cut: more was made from these.';
  }
  const reached = [
    number('raw') && counted(number('raw'), 'raw file'),
    number('external') && `${number('external')} from outside (configuration, calibration)`,
  ].filter(Boolean);
  if (summary.complete) {
    return `Complete: every way leads back to raw data or configuration: ${reached.join(', ')}.`;
  }
  const missing = [
    number('cut') && `${number('cut')} cut off by depth or limit`,
    number('unrecorded') && `${number('unrecorded')} without a recorded maker or input`,
    number('external') && `${number('external')} that no known run made`,
    truncated && !number('cut') && 'cut by a limit',
  ].filter(Boolean);
  return `Not complete: ${missing.join(', ') || 'not every way leads back to raw data'}.`;
}

interface DoubtProps {
  what: string;
  one: string;
  many?: string;
  ids: string[];
  known: Map<string, Node>;
  onShow: (id: string) => void;
}

/** So many records are listed; the rest is counted. */
const LISTED = 50;

function Doubt({ what, one, many, ids, known, onShow }: DoubtProps) {
  if (!ids.length) return null;
  return (
    <details class={what}>
      <summary>{counted(ids.length, one, many)}</summary>
      <ul>
        {ids.slice(0, LISTED).map((id) => (
          <li key={id}>
            <button type="button" class="link" onClick={() => onShow(id)}>
              {title(known.get(id) ?? { id })}
            </button>
          </li>
        ))}
        {ids.length > LISTED && <li>and {(ids.length - LISTED).toLocaleString('en')} more</li>}
      </ul>
    </details>
  );
}
