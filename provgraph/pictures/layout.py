"""Where everything in a drawing stands: a layered layout (Sugiyama, ordered by igraph).

Rows come from `layers`. Where an arrow passes a row it gets a narrow place of its own there, so
that the arrow runs between the boxes. Only when there would be too many such places do the
longest arrows run straight, behind the boxes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from provgraph.errors import extra_needed
from provgraph.pictures.layers import Ends, layers

#: More passages than these in one row, or in all, make a drawing wide and slow and help nobody to
#: follow an arrow.
ROW_PASSAGES, MOST_PASSAGES = 40, 12_000
#: Rounds of putting arrows in order; more than these gain nothing that an eye sees.
ROUNDS = 60
#: Rounds of pulling arrows straight.
PULLS = 24
#: A passage is kept on its line more firmly than a box.
PASSAGE_WEIGHT = 8.0


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
    order = _order(rows, links)
    room = [
        *(width + spacing.gap for width in widths),
        *(spacing.passage for _ in rows[len(widths) :]),
    ]
    return Layout(_straight(order, links, room, len(widths)), rows, routes)


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


def _order(rows: list[int], links: list[Ends]) -> list[list[int]]:
    """The places of each row from left to right, with few crossings."""
    with extra_needed("pictures", "a drawing"):
        import igraph  # noqa: PLC0415 - only this extra brings it

    graph = igraph.Graph(n=len(rows), edges=links, directed=True)
    coordinates = graph.layout_sugiyama(layers=rows, maxiter=ROUNDS)
    order: list[list[int]] = [[] for _ in range(max(rows, default=-1) + 1)]
    for place in sorted(range(len(rows)), key=lambda place: (coordinates[place][0], place)):
        order[rows[place]].append(place)
    return order


def _straight(
    order: list[list[int]], links: list[Ends], room: list[float], boxes: int
) -> list[float]:
    """Return the middle of each place: as near as can be to what it is linked to.

    The order of a row, and the room of each place, are kept.
    """
    above: list[list[int]] = [[] for _ in room]
    below: list[list[int]] = [[] for _ in room]
    for upper, lower in links:
        below[upper].append(lower)
        above[lower].append(upper)
    x = _packed(order, room)
    both = [[*upper, *lower] for upper, lower in zip(above, below, strict=True)]
    for turn in range(PULLS):
        near = both if turn >= PULLS - 2 else below if turn % 2 else above
        for row in order[::-1] if turn % 2 else order:
            wished = [
                sum(x[other] for other in near[place]) / len(near[place])
                if near[place]
                else x[place]
                for place in row
            ]
            weights = [
                (PASSAGE_WEIGHT if place >= boxes else 1.0) if near[place] else 0.1 for place in row
            ]
            for place, middle in zip(
                row, _spread(wished, weights, [room[place] for place in row]), strict=True
            ):
                x[place] = middle
    return x


def _packed(order: list[list[int]], room: list[float]) -> list[float]:
    """Every row with nothing but its room between its places, around a common middle."""
    x = [0.0] * len(room)
    for row in order:
        left = -sum(room[place] for place in row) / 2
        for place in row:
            x[place] = left + room[place] / 2
            left += room[place]
    return x


def _spread(wished: list[float], weights: list[float], room: list[float]) -> list[float]:
    """Return the places nearest to the wished ones (least squares).

    They keep their order and leave each other room.
    """
    offsets = [0.0]
    for left, right in pairwise(room):
        offsets.append(offsets[-1] + (left + right) / 2)
    pools: list[tuple[float, float, int]] = []  # middle, weight, how many
    for wish, weight, offset in zip(wished, weights, offsets, strict=True):
        middle, total, size = wish - offset, weight, 1
        while pools and pools[-1][0] > middle:
            before, other, more = pools.pop()
            middle = (before * other + middle * total) / (other + total)
            total, size = total + other, size + more
        pools.append((middle, total, size))
    middles = [middle for middle, _, size in pools for _ in range(size)]
    return [middle + offset for middle, offset in zip(middles, offsets, strict=True)]
