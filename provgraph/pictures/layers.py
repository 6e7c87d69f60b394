"""Which row of a drawing each record stands in.

Effects stand above causes, and nothing stands higher or lower than it must. Nothing here
recurses. A cycle (a source may state one) is opened at one arrow.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence

#: An arrow as the indexes of its effect and its cause.
Ends = tuple[int, int]
Ways = list[list[int]]


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
    down = _acyclic(count, ends, root)
    causes, effects = _ways(count, down), _ways(count, [(b, a) for a, b in down])
    rows: dict[int, int] = {node: -row for node, row in _longest(effects, [root]).items()}
    rows |= _longest(causes, [root])
    rows = _below(causes, rows)
    bottom = max(rows.values(), default=-1) + 1
    rest = [node for node in range(count) if node not in rows]
    rows |= {node: row + bottom for node, row in _longest(causes, rest).items() if node not in rows}
    return _split(rows, count, long_row)


def _ways(count: int, ends: Iterable[Ends]) -> Ways:
    ways: Ways = [[] for _ in range(count)]
    for here, there in ends:
        ways[here].append(there)
    return ways


def _acyclic(count: int, ends: Iterable[Ends], root: int) -> list[Ends]:
    """Return the arrows; one that closes a cycle on a walk from the root is reversed."""
    ways = _ways(count, ends)
    turned: list[Ends] = []
    open_, done = set[int](), set[int]()
    for start in (root, *range(count)):
        stack = [(start, iter(ways[start]))] if start not in done else []
        open_.update(node for node, _ in stack)
        while stack:
            here, ahead = stack[-1]
            there = next(ahead, None)
            if there is None:
                stack.pop()
                open_.discard(here)
                done.add(here)
            elif there in open_:
                turned += [(there, here)] if there != here else []
            else:
                turned.append((here, there))
                if there not in done:
                    open_.add(there)
                    stack.append((there, iter(ways[there])))
    return turned


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


def _split(rows: dict[int, int], count: int, long_row: int) -> list[int]:
    """The rows from 0, one that is too long for reading made several."""
    longest = max(long_row, math.isqrt(count))
    members: dict[int, list[int]] = {}
    for node in range(count):
        members.setdefault(rows[node], []).append(node)
    placed = [0] * count
    top = 0
    for row in sorted(members):
        parts = math.ceil(len(members[row]) / longest)
        for index, node in enumerate(members[row]):
            placed[node] = top + index * parts // len(members[row])
        top += parts
    return placed
