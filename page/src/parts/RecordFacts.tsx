/** All that is known of a record. */

import type { ComponentChildren } from 'preact';
import type { Full, Node } from '../asking/answers';
import { durationText, type Named, timeText, title, valueText, visible } from '../figure/names';
import { Copy } from './Copy';
import { Marking } from './Marking';
import { Parameters } from './Parameters';

interface Props {
  value: Full;
  onShow: (id: string) => void;
}

export function RecordFacts({ value, onShow }: Props) {
  return (
    <>
      {value.invalidation && (
        <p class="bad"><b>INVALID</b> since {timeText(value.invalidation.time)}
          {value.invalidation.reason && `: ${visible(value.invalidation.reason)}`}
          {value.invalidation.by && ` (${visible(value.invalidation.by)})`}</p>
      )}
      {value.tainted.length > 0 && (
        <p class="bad"><b>Tainted</b>: made from {value.tainted.map((id) => (
          <Link key={id} node={{ id }} onShow={onShow} />))}</p>
      )}
      <Tool value={value} />
      <Marking value={value} />
      <dl>
        <Fact name="Status" value={value.status} />
        <Fact name="Version" value={value.version} />
        <Fact name="Data level" value={value.dataLevel} />
        <Fact name="Type" value={value.type} />
        <Fact name="Started" value={timeText(value.startTime)} />
        <Fact name="Ended" value={timeText(value.endTime)} />
        <Fact name="Took" value={durationText(value.duration)} />
        <Fact name="Host" value={value.host} />
        <Fact name="Made" value={timeText(value.generatedAtTime)} />
        <Fact name="No longer there since" value={timeText(value.invalidatedAtTime)} />
      </dl>
      <Texts name="Identifiers" texts={value.identifiers ?? [value.id]} />
      <Texts name="Locations" texts={value.locations ?? []} />
      <Parameters value={value} />
      <Others name="Inputs" ends={value.used?.map(({ entity, role }) => ({ node: entity, role }))}
        onShow={onShow} />
      <Others name="Outputs"
        ends={value.generated?.map(({ entity, role }) => ({ node: entity, role }))}
        onShow={onShow} />
      <Others name="Made by"
        ends={value.generatedBy?.map(({ activity, role }) => ({ node: activity, role }))}
        onShow={onShow} />
      <Others name="Read by"
        ends={value.usedBy?.map(({ activity, role }) => ({ node: activity, role }))}
        onShow={onShow} />
      <Others name="Agents"
        ends={value.agents?.map(({ agent, role }) => ({ node: agent as Node, role }))}
        onShow={onShow} />
      <Texts name="Configuration files" texts={value.configFiles ?? []} />
      <Pairs name="Software" pairs={value.packages?.map((each) => [each.name, each.version])} />
      <Pairs name="Other facts" pairs={Object.entries(value.attributes)} />
    </>
  );
}

/** What the tool of a run is, where somebody has said so. */
function Tool({ value }: { value: Full }) {
  const { description = null, doculink = null } = value.description ?? {};
  if (!description && !doculink) return null;
  return (
    <p>{visible(description ?? '')}{' '}
      {doculink?.match(/^https?:/) && <a href={doculink} rel="noreferrer">Documentation</a>}</p>
  );
}

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return <><dt>{name}</dt><dd>{visible(value)}</dd></>;
}

function Texts({ name, texts }: { name: string; texts: string[] }) {
  if (!texts.length) return null;
  return (
    <section>
      <h3>{name}</h3>
      <ul class="texts">
        {texts.map((text) => (
          <li key={text}><code>{shown(text)}</code> <Copy text={text} what={shown(text)} /></li>
        ))}
      </ul>
    </section>
  );
}

/** The beginning of a text that may be a megabyte long. */
function shown(text: string): string {
  return visible(text.length > 2000 ? `${text.slice(0, 2000)}…` : text);
}

function Pairs({ name, pairs = [] }: { name: string; pairs?: [string, unknown][] }) {
  if (!pairs.length) return null;
  return (
    <details>
      <summary>{name} ({pairs.length})</summary>
      <Values pairs={pairs} />
    </details>
  );
}

function Values({ pairs }: { pairs: [string, unknown][] }) {
  return (
    <table class="values">
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{visible(name)}</th>
            <td><code>{shown(valueText(value))}</code></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface OthersProps {
  name: string;
  ends?: { node: Node; role: string | null }[];
  onShow: (id: string) => void;
}

/** So many are listed. */
const LISTED = 200;

function Others({ name, ends = [], onShow }: OthersProps) {
  if (!ends.length) return null;
  const list: ComponentChildren = ends.slice(0, LISTED).map(({ node, role }) => (
    <li key={`${node.id} ${role}`}>
      <Link node={node} onShow={onShow} /> <small>{[role, node.dataLevel, node.status]
        .filter(Boolean).map((each) => visible(each!)).join(' · ')}</small>
    </li>
  ));
  return (
    <section>
      <h3>{name} ({ends.length.toLocaleString('en')})</h3>
      <ul>{list}</ul>
      {ends.length > LISTED && <p>and {(ends.length - LISTED).toLocaleString('en')} more</p>}
    </section>
  );
}

function Link({ node, onShow }: { node: Named; onShow: (id: string) => void }) {
  return (
    <button type="button" class="link" onClick={() => onShow(node.id)}>{title(node)}</button>
  );
}
