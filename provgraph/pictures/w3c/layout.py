"""Where everything in a diagram stands: a layered layout, from what was asked about.

Rows come from `layers`. Where an arrow passes a row it gets a narrow place of its own there, so
that the arrow runs between the boxes. Only when there would be too many such places do the
longest arrows run straight, behind the boxes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from provgraph.pictures.placing import mean_of, placed
from provgraph.pictures.w3c.layers import layers
from provgraph.pictures.ways import Ends

#: More passages than these in one row, or in all, make a drawing wide and slow and help nobody to
#: follow an arrow.
ROW_PASSAGES, MOST_PASSAGES = 40, 12_000


@dataclass(frozen=True, slots=True)
class Spacing:
    """What keeps the places of a row apart.

    Attributes:
        gap: between two boxes.
        passage: the room of an arrow that passes between boxes.
        long_row: a row of a drawing of few records holds at most so many.
    """

    gap: float
    passage: float
    long_row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Places: those of the boxes, in their order, and behind them the passages of arrows.

    Attributes:
        x: the middle of each place.
        rows: the row of each place.
        routes: for each arrow the passages on its way, from its source to its target.
    """

    x: list[float]
    rows: list[int]
    routes: list[list[int]]


def layout(widths: Sequence[float], ends: Sequence[Ends], root: int, spacing: Spacing) -> Layout:
    """Place boxes and the arrows between them.

    Args:
        widths: of the boxes, in the units of the drawing.
        ends: the arrows, as pairs (effect, cause) of indexes of boxes.
        root: the index of the box that was asked about.
        spacing: what keeps the places of a row apart.

    Returns:
        The places; boxes in one row are at least a gap apart.
    """
    rows = layers(len(widths), ends, root, spacing.long_row)
    links, routes = _routes(rows, ends)
    room = [
        *(width + spacing.gap for width in widths),
        *(spacing.passage for _ in rows[len(widths) :]),
    ]
    return Layout(placed(rows, links, room, len(widths), mean_of), rows, routes)


def _routes(rows: list[int], ends: Sequence[Ends]) -> tuple[list[Ends], list[list[int]]]:
    """Return links from row to row, and the passages of each arrow.

    The rows of the passages are appended to ``rows``.
    """
    links: list[Ends] = []
    routes: list[list[int]] = [[] for _ in ends]
    passing: Counter[int] = Counter()
    left = MOST_PASSAGES
    for arrow in sorted(range(len(ends)), key=lambda arrow: _span(rows, ends[arrow])):
        source, target = ends[arrow]
        step = 1 if rows[source] < rows[target] else -1
        crossed = range(rows[source] + step, rows[target], step)
        is_crowded = len(crossed) > left or any(passing[row] >= ROW_PASSAGES for row in crossed)
        if is_crowded or rows[source] == rows[target]:
            continue
        left -= len(crossed)
        passing.update(crossed)
        routes[arrow] = list(range(len(rows), len(rows) + len(crossed)))
        rows.extend(crossed)
        chain = pairwise((source, *routes[arrow], target))
        links += [(above, below) if step > 0 else (below, above) for above, below in chain]
    return links, routes


def _span(rows: list[int], ends: Ends) -> int:
    return abs(rows[ends[1]] - rows[ends[0]])
