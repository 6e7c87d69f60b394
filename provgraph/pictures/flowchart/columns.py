"""Which column of a flowchart each box stands in: causes left of effects, levels in their order."""

import math
import re
from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter

from provgraph.pictures.ways import Ends, Ways, acyclic, short_rows, ways_of

#: A column of a small flowchart holds at most so many boxes.
LONG_COLUMN = 80
#: More levels than these are no order of processing, and no columns.
MOST_LEVELS = 20
_LEVEL = re.compile(r"(R|DL|D)L?(\d+)", re.ASCII | re.IGNORECASE)


def levels_in_order(levels: Iterable[str | None]) -> list[str]:
    """Bring data levels into the order of processing, raw data first.

    Args:
        levels: in any order, several times; None is left out.

    Returns:
        Each once. Those that are neither R nor DL come last.
    """
    return sorted({level for level in levels if level}, key=lambda level: (_rank(level), level))


def _rank(level: str) -> int:
    match = _LEVEL.match(level)
    return 99 if match is None else int(match[2]) + (0 if match[1].upper() == "R" else 10)


def columns(levels: Sequence[str | None], flows: Sequence[Ends], root: int) -> list[int]:
    """Assign a column to each box.

    Args:
        levels: the data level of each box.
        flows: the arrows, as pairs (cause, effect) of indexes of boxes.
        root: the index of the box that was asked about.

    Returns:
        The column of each box, from 0. Arrows go to the right, save one in each cycle. All boxes of
        a level stand left of those of the next, where the arrows let them. What has no arrow and no
        level stands left of all.
    """
    count = len(levels)
    # From the root the arrows are walked to the causes, so that those on its ways keep their sense.
    turned = acyclic(count, ((effect, cause) for cause, effect in flows), root)
    causes = ways_of(count, turned)
    effects = ways_of(count, ((cause, effect) for effect, cause in turned))
    order = list(TopologicalSorter(dict(enumerate(causes))).static_order())
    found = _farthest_left(levels, order, effects)
    before = min(found, default=0) - 1
    for box in order:
        if not causes[box] and levels[box] is None:
            found[box] = min((found[effect] for effect in effects[box]), default=before + 1) - 1
    return short_rows(found, max(LONG_COLUMN, 2 * math.isqrt(count)))


def _farthest_left(levels: Sequence[str | None], order: Sequence[int], effects: Ways) -> list[int]:
    found = [0] * len(levels)
    first = 0
    stages = levels_in_order(levels)
    for level in (None, *(stages if len(stages) <= MOST_LEVELS else ())):
        members = [box for box, other in enumerate(levels) if other == level and level is not None]
        for box in members:
            found[box] = max(found[box], first)
        for box in order:
            for effect in effects[box]:
                found[effect] = max(found[effect], found[box] + 1)
        first = max((found[box] + 1 for box in members), default=first)
    return found
