"""Where boxes stand in the rows of a layered layout (Sugiyama, ordered by igraph).

A place is that of a box, or of an arrow that passes a row between boxes.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from provgraph.errors import extra_needed

#: Rounds of putting places in order; more than these gain nothing that an eye sees.
ROUNDS = 60
#: Rounds of pulling arrows straight.
PULLS = 25
#: What counts where places want the same spot: a passing arrow is kept straight before a box.
_PASSAGE, _BOX, _LOOSE = 8.0, 1.0, 0.1
#: Finds one spot for several wishes, each with its weight, in order.
Compromise = Callable[[Sequence[tuple[float, float]]], float]


def mean_of(wishes: Sequence[tuple[float, float]]) -> float:
    """Return the mean: nobody gets what they want, all get something near (least squares).

    Args:
        wishes: with their weights.

    Returns:
        Their mean, by weight.
    """
    total = sum(weight for _, weight in wishes)
    return sum(wish * weight for wish, weight in wishes) / total


def median_of(wishes: Sequence[tuple[float, float]]) -> float:
    """Return the median: the weightiest get exactly what they want (least distances).

    Args:
        wishes: with their weights, in order.

    Returns:
        One of the wishes.
    """
    half = sum(weight for _, weight in wishes) / 2
    passed = accumulate(weight for _, weight in wishes)
    return next(wish for (wish, _), sum_ in zip(wishes, passed, strict=True) if sum_ >= half)


def placed(
    rows: Sequence[int],
    links: Sequence[tuple[int, int]],
    room: Sequence[float],
    boxes: int,
    compromise: Compromise,
) -> list[float]:
    """Place everything in its row.

    Args:
        rows: the row of each place; boxes come first, then passages.
        links: what is tied to what, as pairs (place, place in the next row).
        room: how much of its row each place takes.
        boxes: how many of the places are boxes.
        compromise: `mean_of` for bent lines, `median_of` for lines with corners: few are bent then.

    Returns:
        The middle of each place. Places in one row don't overlap; links run as straight as can be.
    """
    order = _ordered(rows, links)
    before: list[list[int]] = [[] for _ in room]
    behind: list[list[int]] = [[] for _ in room]
    for one, other in links:
        behind[one].append(other)
        before[other].append(one)
    x = _packed(order, room)
    for turn in range(PULLS):
        near, ahead = (behind, order[::-1]) if turn % 2 else (before, order)
        for row in ahead:
            wished = [
                compromise(sorted((x[other], 1.0) for other in near[place] or (place,)))
                for place in row
            ]
            weights = [
                _LOOSE if not near[place] else _PASSAGE if place >= boxes else _BOX for place in row
            ]
            middles = _spread(wished, weights, [room[place] for place in row], compromise)
            for place, middle in zip(row, middles, strict=True):
                x[place] = middle
    return _closed(x, room)


def _closed(x: Sequence[float], room: Sequence[float]) -> list[float]:
    """The places without the gaps that go through all rows: loose ones stand far off else."""
    edges = [(middle - wide / 2, middle + wide / 2) for middle, wide in zip(x, room, strict=True)]
    closed = list(x)
    reached, removed = min(edges, default=(0.0, 0.0))[0], 0.0
    for place in sorted(range(len(x)), key=edges.__getitem__):
        begin, end = edges[place]
        removed += max(0.0, begin - reached)
        reached = max(reached, end)
        closed[place] = x[place] - removed
    return closed


def _ordered(rows: Sequence[int], links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The places of each row in an order with few crossings."""
    with extra_needed("pictures", "a drawing"):
        import igraph  # noqa: PLC0415 - only this extra brings it

    graph = igraph.Graph(n=len(rows), edges=links, directed=True)
    coordinates = graph.layout_sugiyama(layers=list(rows), maxiter=ROUNDS)
    order: list[list[int]] = [[] for _ in range(max(rows, default=-1) + 1)]
    for place in sorted(range(len(rows)), key=lambda place: (coordinates[place][0], place)):
        order[rows[place]].append(place)
    return order


def _packed(order: list[list[int]], room: Sequence[float]) -> list[float]:
    """Every row with nothing but its room between its places, around a common middle."""
    x = [0.0] * len(room)
    for row in order:
        left = -sum(room[place] for place in row) / 2
        for place in row:
            x[place] = left + room[place] / 2
            left += room[place]
    return x


def _spread(
    wished: list[float], weights: list[float], room: list[float], compromise: Compromise
) -> list[float]:
    """Return the places nearest to the wished ones.

    They keep their order and leave each other room.
    """
    offsets = list(accumulate(((a + b) / 2 for a, b in pairwise(room)), initial=0.0))
    pools: list[tuple[float, list[tuple[float, float]]]] = []  # middle, wishes with weights
    for wish, weight, offset in zip(wished, weights, offsets, strict=True):
        wishes = [(wish - offset, weight)]
        middle = wishes[0][0]
        while pools and pools[-1][0] > middle:
            wishes = sorted(pools.pop()[1] + wishes)
            middle = compromise(wishes)
        pools.append((middle, wishes))
    middles = [middle for middle, wishes in pools for _ in wishes]
    return [middle + offset for middle, offset in zip(middles, offsets, strict=True)]
