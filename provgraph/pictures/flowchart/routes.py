"""How the arrows of a flowchart run: from column to column, upright only between columns.

Arrows that leave one box, or reach one, share their way as far as it is the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from provgraph.pictures.ways import Ends

#: More passages than these make a drawing wide and slow and help nobody to follow an arrow: the
#: longest arrows then run straight, behind the boxes.
MOST_PASSAGES = 12_000
#: More bundles than these between two columns are not put in order: nobody could follow them.
MOST_BUNDLES = 120
#: What one line on another counts, in crossings.
_COVERED = 50
#: Two upright lines in one track are so far apart.
_APART = 6.0


@dataclass(frozen=True, slots=True)
class Routes:
    """Places of boxes and, behind them, of arrows that pass a column.

    Attributes:
        columns: the column of each place.
        links: what is tied to what, as pairs (place, place in the next column), each once.
        ways: for each arrow the places on its way, from left to right; none of an arrow that runs
            straight.
    """

    columns: list[int]
    links: list[Ends]
    ways: list[list[int]]


def routed(columns: Sequence[int], flows: Sequence[Ends]) -> Routes:
    """Find the way of each arrow.

    Args:
        columns: the column of each box.
        flows: the arrows, as pairs of indexes of boxes in different columns.

    Returns:
        The ways. Long arrows that begin at one box, or end at one, pass columns together.
    """
    places = list(columns)
    ends = [tuple(sorted(pair, key=lambda box: columns[box])) for pair in flows]
    long = [(left, right) for left, right in ends if columns[right] - columns[left] > 1]
    leaving, reaching = Counter(left for left, _ in long), Counter(right for _, right in long)
    shared: dict[tuple[bool, int, int], int] = {}
    ways: list[list[int]] = [[] for _ in flows]
    for arrow in sorted(range(len(ends)), key=lambda arrow: _length(columns, ends[arrow])):
        left, right = ends[arrow]
        passed = range(columns[left] + 1, columns[right])
        if len(places) - len(columns) + len(passed) > MOST_PASSAGES:
            break
        is_from = leaving[left] >= reaching[right]
        way = [left]
        for column in passed:
            key = (is_from, left if is_from else right, column)
            if key not in shared:
                shared[key] = len(places)
                places.append(column)
            way.append(shared[key])
        ways[arrow] = [*way, right]
    links = dict.fromkeys(link for way in ways for link in pairwise(way))
    return Routes(places, list(links), ways)


def _length(columns: Sequence[int], ends: Sequence[int]) -> int:
    return columns[ends[1]] - columns[ends[0]]


class _Bundle(NamedTuple):
    """Lines that share one upright piece: all of some places lead to all of some others.

    Attributes:
        lefts: how far down the lines begin.
        rights: how far down they end.
        links: the lines themselves.
    """

    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    links: tuple[Ends, ...]

    @property
    def top(self) -> float:
        """Where the upright piece begins."""
        return min(*self.lefts, *self.rights)

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return max(*self.lefts, *self.rights)


def tracks(links: Sequence[Ends], down: Sequence[float]) -> Mapping[Ends, int]:
    """Give the upright pieces between two columns tracks beside each other, with few crossings.

    Args:
        links: the lines between the columns, as pairs of places.
        down: how far down each place stands.

    Returns:
        The track of each line, from 0 at the left; lines that run level have none.
    """
    found: dict[Ends, int] = {}
    placed: list[tuple[_Bundle, int]] = []
    for bundle in _ordered(_bundles(links, down)):
        near = [
            track
            for other, track in placed
            if bundle.top - _APART < other.bottom and other.top < bundle.bottom + _APART
        ]
        track = max(near, default=-1) + 1
        placed.append((bundle, track))
        found.update(dict.fromkeys(bundle.links, track))
    return found


def _bundles(links: Sequence[Ends], down: Sequence[float]) -> list[_Bundle]:
    rights: dict[int, list[int]] = {}
    for left, right in links:
        rights.setdefault(left, []).append(right)
    lefts: dict[tuple[int, ...], list[int]] = {}
    for left, places in rights.items():
        lefts.setdefault(tuple(sorted(places)), []).append(left)
    bundles = [
        _Bundle(
            tuple(down[left] for left in begin),
            tuple(down[right] for right in end),
            tuple((left, right) for left in begin for right in end),
        )
        for end, begin in lefts.items()
    ]
    return [bundle for bundle in bundles if bundle.top < bundle.bottom]


def _ordered(bundles: list[_Bundle]) -> list[_Bundle]:
    """The bundles from left to right: each is put where it crosses and covers least."""
    bundles.sort(key=lambda bundle: (bundle.top + bundle.bottom, bundle.top))
    if len(bundles) > MOST_BUNDLES:
        return bundles
    order: list[_Bundle] = []
    for bundle in bundles:
        costs = [sum(_cost(bundle, other) for other in order)]
        for other in order:
            costs.append(costs[-1] - _cost(bundle, other) + _cost(other, bundle))
        order.insert(costs.index(min(costs)), bundle)
    return order


def _cost(left: _Bundle, right: _Bundle) -> int:
    """How often lines of two bundles cross or cover each other when they stand so."""
    crossed = sum(left.top < y < left.bottom for y in right.lefts)
    crossed += sum(right.top < y < right.bottom for y in left.rights)
    return crossed + _COVERED * len({*left.rights} & {*right.lefts})
