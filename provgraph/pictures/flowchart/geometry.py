"""Where the boxes, arrows and bands of a flowchart stand.

Everything is found as if the flowchart ran from left to right. One that runs from top to bottom is
turned on its side at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from provgraph.pictures.boxes import Figure
from provgraph.pictures.flowchart.columns import columns, levels_in_order
from provgraph.pictures.flowchart.routes import Routes, routed, tracks
from provgraph.pictures.placing import median_of, placed
from provgraph.pictures.points import Point
from provgraph.pictures.ways import Ends

#: The size of a box.
WIDTH, HEIGHT = 128.0, 72.0
MARGIN = 24.0
#: Between boxes of one column, and around an arrow that passes them.
GAP, PASSAGE = 30.0, 14.0
#: Between columns: before the first upright line, between two, and behind the last.
BEFORE, TRACK, BEHIND = 16.0, 9.0, 20.0
#: How far a band reaches beyond its boxes, how far from the edge it begins, and the room of its
#: name.
BAND, EDGE, NAME = 10.0, 6.0, 22.0


@dataclass(frozen=True, slots=True)
class Band:
    """What stands behind the boxes of one data level.

    Attributes:
        level: its name.
        corner: its left upper corner.
        size: its width and height.
    """

    level: str
    corner: Point
    size: Point


@dataclass(frozen=True, slots=True)
class ChartPlaces:
    """The geometry of a flowchart.

    Attributes:
        size: its width and height.
        boxes: the left upper corner of each box.
        ways: for each arrow its corners, from where it begins to where it points.
        bands: those of the data levels whose boxes stand apart from all others.
    """

    size: Point
    boxes: list[Point]
    ways: list[list[Point]]
    bands: list[Band]


def chart_places(shown: Figure, is_across: bool) -> ChartPlaces:
    """Place a flowchart.

    Args:
        shown: the boxes, and arrows from cause to effect.
        is_across: whether it runs from left to right; else from top to bottom.

    Returns:
        The places of all boxes, arrows and bands.
    """
    layout = _ChartLayout(shown, is_across)
    return ChartPlaces(
        layout.turned(Point(layout.right, layout.bottom)),
        [layout.turned(layout.corner(box)) for box in range(len(shown.boxes))],
        [list(map(layout.turned, layout.way(arrow))) for arrow in range(len(shown.arrows))],
        list(layout.bands()),
    )


class _ChartLayout:
    """A flowchart from left to right: its columns, and what stands how far down in them.

    Attributes:
        right: its width.
        bottom: its height.
    """

    def __init__(self, shown: Figure, is_across: bool) -> None:
        self._is_across = is_across
        self._long, self._high = (WIDTH, HEIGHT) if is_across else (HEIGHT, WIDTH)
        self._levels = [box.level for box in shown.boxes]
        self._flows = [(arrow.source, arrow.target) for arrow in shown.arrows]
        flows = [(cause, effect) for cause, effect in self._flows if cause != effect]
        stand = columns(self._levels, flows, shown.root)
        self._reach = dict(self._reaches(stand))
        self._routes = routed(stand, self._flows)
        self._down = self._placed(self._routes, len(stand))
        self._tracks: dict[Ends, int] = {}
        self._lefts = list(self._columns(max(stand) + 1))
        self.right = self._lefts[-1] + self._long + MARGIN
        self.bottom = max(self._down) + self._high / 2 + MARGIN

    def _reaches(self, stand: Sequence[int]) -> Iterator[tuple[str, tuple[int, int]]]:
        """Each level whose boxes stand apart, with its first and its last column."""
        found = {
            level: [
                column for column, other in zip(stand, self._levels, strict=True) if other == level
            ]
            for level in levels_in_order(self._levels)
        }
        reach = {level: (min(members), max(members)) for level, members in found.items()}
        for level, (first, last) in reach.items():
            others = [ends for other, ends in reach.items() if other != level]
            if all(last < begin or end < first for begin, end in others):
                yield level, (first, last)

    def _placed(self, routes: Routes, boxes: int) -> list[float]:
        """How far down the middle of each place stands."""
        room = [
            self._high + GAP if place < boxes else PASSAGE for place in range(len(routes.columns))
        ]
        down = placed(routes.columns, routes.links, room, boxes, median_of)
        top = min(middle - size / 2 for middle, size in zip(down, room, strict=True))
        above = MARGIN + (NAME if self._reach else 0.0) - GAP / 2
        return [middle - top + above for middle in down]

    def _columns(self, count: int) -> Iterator[float]:
        """The left side of each column; on the way the lines between columns get their tracks."""
        between: list[list[Ends]] = [[] for _ in range(count)]
        for link in self._routes.links:
            between[self._routes.columns[link[0]]].append(link)
        left = MARGIN
        for links in between:
            yield left
            found = tracks(links, self._down)
            self._tracks.update(found)
            last = max(found.values(), default=0)
            left += self._long + BEFORE + TRACK * last + BEHIND

    def turned(self, point: Point) -> Point:
        """Turn a point from a flowchart that runs from left to right into this one.

        Args:
            point: the point.

        Returns:
            The point, with its coordinates exchanged when this one runs from top to bottom.
        """
        return point if self._is_across else Point(point.y, point.x)

    def corner(self, box: int) -> Point:
        """Return the left upper corner of a box.

        Args:
            box: its index.

        Returns:
            The corner in a flowchart from left to right.
        """
        left = self._lefts[self._routes.columns[box]]
        return Point(left, self._down[box] - self._high / 2)

    def way(self, arrow: int) -> list[Point]:
        """Return the corners of an arrow.

        Args:
            arrow: its index.

        Returns:
            The corners in a flowchart from left to right, from cause to effect.
        """
        cause, effect = self._flows[arrow]
        way = self._routes.ways[arrow]
        is_back = self._routes.columns[cause] > self._routes.columns[effect]
        ends = (effect, cause) if is_back else (cause, effect)
        corners = [
            Point(self._lefts[self._routes.columns[ends[0]]] + self._long, self._down[ends[0]]),
            *(corner for link in pairwise(way) for corner in self._upright(link)),
            Point(self._lefts[self._routes.columns[ends[1]]], self._down[ends[1]]),
        ]
        return corners[::-1] if is_back else corners

    def _upright(self, link: Ends) -> Iterator[Point]:
        """The two ends of the upright piece of a line between two columns, if it has one."""
        if link in self._tracks:
            side = self._lefts[self._routes.columns[link[0]]] + self._long
            x = side + BEFORE + TRACK * self._tracks[link]
            yield from (Point(x, self._down[place]) for place in link)

    def bands(self) -> Iterator[Band]:
        """The bands of the levels whose boxes stand apart."""
        for level, (first, last) in self._reach.items():
            left = self._lefts[first] - BAND
            size = Point(self._lefts[last] + self._long + BAND - left, self.bottom - 2 * EDGE)
            yield Band(level, self.turned(Point(left, EDGE)), self.turned(size))
