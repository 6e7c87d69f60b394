/** The flowchart of a run with what it used and made. */

import { useMemo } from 'preact/hooks';
import { address, go } from '../../address';
import { useAnswer } from '../../asking/answered';
import { history } from '../../asking/questions';
import { Flowchart } from '../../drawing/Flowchart';
import { figureOf } from '../../figure/boxes';
import { useLayout } from '../../views/History';
import { Trouble } from '../Trouble';
import { Waiting } from '../Waiting';

const NOTHING_OPEN = new Map<string, number>();

export function Glance({ run, label }: { run: string; label: string }) {
  const { value, refusal } = useAnswer((signal) => history(run, 'BOTH', 1, signal), run);
  const figure = useMemo(() => value && figureOf(value, NOTHING_OPEN, true), [value]);
  const drawn = useLayout(figure);
  const show = (key: string | null) => {
    const box = figure?.boxes.find((each) => each.key === key);
    if (box) go(address('history', { of: run, way: 'both', record: box.members[0]!.id }));
  };
  if (refusal) return <Trouble refusal={refusal} />;
  return (
    <div class="glance" aria-busy={!drawn}>
      {drawn
        ? <Flowchart figure={drawn.figure} layout={drawn.layout} label={label} selected={null}
            onSelect={show} onOpen={show} />
        : <Waiting what="Drawing the flowchart" />}
    </div>
  );
}
