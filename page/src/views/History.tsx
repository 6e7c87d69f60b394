/** The flowchart of a record, with how far it can be trusted above it. */

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address, go } from '../address';
import { useAnswer } from '../asking/answered';
import type { Direction, Lineage } from '../asking/answers';
import { history } from '../asking/questions';
import { Flowchart } from '../drawing/Flowchart';
import { layout, prepare, type Layout } from '../drawing/layout';
import { figureOf, type Box, type Figure } from '../figure/boxes';
import { joined } from '../figure/joined';
import { baseName, title, visible } from '../figure/names';
import { AT_ONCE } from '../figure/stacks';
import { Panel } from '../parts/Panel';
import { Table } from '../parts/Table';
import { Toolbar } from '../parts/Toolbar';
import { Trouble } from '../parts/Trouble';
import { Trust } from '../parts/Trust';
import { Waiting } from '../parts/Waiting';
import { useTitle } from './title';

export type Values = Record<string, string>;

const WAYS: Record<string, Direction> = { down: 'DOWNSTREAM', both: 'BOTH' };
/** How many relations are asked for at each expansion of the frontier: a run and its files. */
const FURTHER = 2;

export function History({ values }: { values: Values }) {
  const { of = '', way = '', depth = '', more = '', folded = '' } = values;
  const direction = WAYS[way] ?? 'UPSTREAM';
  const { value: answer, refusal, isWaiting } = useAnswer<Lineage>(async (signal) => {
    prepare();
    const limit = depth ? Number(depth) : null;
    const [first, ...rest] = await Promise.all([
      history(of, direction, limit, signal),
      ...expanded(more).map((id) => history(id, direction, FURTHER, signal)),
    ]);
    return joined(first!, rest);
  }, JSON.stringify([of, way, depth, more]));
  const figure = useMemo(
    () => answer && figureOf(answer, openStacks(values.open), folded !== 'no'),
    [answer, values.open, folded],
  );
  const drawn = useLayout(values.view === 'table' ? undefined : figure);
  const set = (changed: Record<string, string | null>, replace = true) =>
    go(address('history', { ...values, ...changed }), replace);
  const name = answer ? title(answer.root) : baseName(of);
  useTitle(name);
  const heading = (
    <h1 title={of}>{HEADS[direction]} <span class="name">{visible(name)}</span></h1>
  );
  if (refusal) return <>{heading}<Trouble refusal={refusal} /></>;
  const select = (box: Box | undefined) => set({ record: box?.members[0]!.id ?? null });
  const selected = figure?.boxes.find((box) => box.members.some(({ id }) => id === values.record));
  const open = (box: Box | undefined) => {
    if (!box?.stack) return;
    const stacks = openStacks(values.open);
    stacks.set(box.stack.key, (stacks.get(box.stack.key) ?? 0) + AT_ONCE);
    set({ open: stacksText(stacks) });
  };
  const boxOf = (key: string | null) => figure?.boxes.find((box) => box.key === key);
  const expand = (id: string) => set({ more: JSON.stringify([...expanded(more), id]) });
  return (
    <>
      <div class="head">
        {heading}
        {answer && <Trust answer={answer} figure={figure!} onShow={(record) => set({ record })} />}
      </div>
      <Toolbar {...{ values, set, answer, drawn, name }} />
      <div class={`work${values.record ? ' with-panel' : ''}`}>
        <div class="stage" aria-busy={isWaiting || !drawn}>
          {values.view === 'table' && answer && <Table answer={answer} />}
          {values.view !== 'table' && drawn && (
            <Flowchart figure={drawn.figure} layout={drawn.layout} label={`Flowchart of ${name}`}
              selected={selected?.key ?? null} onSelect={(key) => select(boxOf(key))}
              onOpen={(key) => open(boxOf(key))} />
          )}
          {(isWaiting || (!drawn && values.view !== 'table')) && (
            <Waiting what={answer && !isWaiting ? 'Laying out' : 'Asking the store'} />
          )}
        </div>
        {values.record && (
          <Panel id={values.record} box={selected} root={of}
            onClose={() => set({ record: null })} onOpen={() => open(selected)}
            onShow={(record) => set({ record })} onExpand={expand} />
        )}
      </div>
    </>
  );
}

const HEADS: Record<Direction, string> = {
  UPSTREAM: 'What produced',
  DOWNSTREAM: 'What was made from',
  BOTH: 'What led to, and what was made from',
};

/** `ab12cd34:8,…`: stack → how many of its chains are drawn. */
function openStacks(text = ''): Map<string, number> {
  const pairs = text.split(',').filter(Boolean).map((each) => each.split(':'));
  return new Map(pairs.map(([key, number]) => [key!, Number(number)]));
}

function stacksText(stacks: Map<string, number>): string {
  return [...stacks].map(([key, number]) => `${key}:${number}`).join();
}

/** `["run 1",…]`: the records behind which more is shown. */
function expanded(more: string): string[] {
  return more ? (JSON.parse(more) as string[]) : [];
}

export interface Drawn {
  figure: Figure;
  layout: Layout;
}

/** The figure with its places; the last one stays until the next is laid out. */
export function useLayout(figure: Figure | undefined): Drawn | undefined {
  const [drawn, setDrawn] = useState<Drawn>();
  const newest = useRef<Figure | undefined>(undefined);
  newest.current = figure;
  useLayoutEffect(() => {
    if (!figure) return;
    void layout(figure).then((places) => {
      if (newest.current === figure) setDrawn({ figure, layout: places });
    });
  }, [figure]);
  return drawn;
}
