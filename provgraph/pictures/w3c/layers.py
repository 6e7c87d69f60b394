"""Which row of a drawing each record stands in.

Effects stand above causes, and nothing stands higher or lower than it must. Nothing here
recurses. A cycle (a source may state one) is opened at one arrow.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence

from provgraph.pictures.ways import Ends, Ways, acyclic, short_rows, ways_of


def layers(count: int, ends: Sequence[Ends], root: int, long_row: int) -> list[int]:
    """Assign a row to each record.

    Args:
        count: how many records there are.
        ends: the arrows, as pairs (effect, cause) of indexes of records.
        root: the index of the record that was asked about.
        long_row: how many records a row of a small drawing holds at most.

    Returns:
        The row of each record; rows count from 0. Arrows on the ways from the root go down, save
        one in each cycle.
    """
    down = acyclic(count, ends, root)
    causes, effects = ways_of(count, down), ways_of(count, [(b, a) for a, b in down])
    rows: dict[int, int] = {node: -row for node, row in _longest(effects, [root]).items()}
    rows |= _longest(causes, [root])
    rows = _below(causes, rows)
    bottom = max(rows.values(), default=-1) + 1
    rest = [node for node in range(count) if node not in rows]
    rows |= {node: row + bottom for node, row in _longest(causes, rest).items() if node not in rows}
    return short_rows([rows[node] for node in range(count)], max(long_row, math.isqrt(count)))


def _longest(ways: Ways, starts: Iterable[int]) -> dict[int, int]:
    """The records that the starts lead to, with the length of the longest way to each."""
    queue = deque(starts)
    reached = set(queue)
    while queue:
        new = [there for there in dict.fromkeys(ways[queue.popleft()]) if there not in reached]
        reached.update(new)
        queue.extend(new)
    waiting = [0] * len(ways)
    for here in reached:
        for there in ways[here]:
            waiting[there] += 1
    rows = dict.fromkeys(reached, 0)
    queue = deque(here for here in sorted(reached) if not waiting[here])
    while queue:
        here = queue.popleft()
        for there in ways[here]:
            rows[there] = max(rows[there], rows[here] + 1)
            waiting[there] -= 1
            if not waiting[there]:
                queue.append(there)
    return rows


def _below(causes: Ways, rows: dict[int, int]) -> dict[int, int]:
    """The rows, and those of the side causes of the records in them: agents, mostly."""
    further = _longest(causes, rows)
    added = dict[int, int]()
    for node in sorted(further, key=lambda node: (further[node], node)):
        row = rows.get(node, added.get(node, 0)) + 1
        for cause in causes[node]:
            if cause not in rows:
                added[cause] = max(added.get(cause, row), row)
    return rows | added
