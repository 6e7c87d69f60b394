"""Where the boxes and arrows of a figure stand in a picture.

Everything is found as if the picture ran downwards. A picture that runs from left to right is
turned on its side at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from provgraph.model.lineage import Direction
from provgraph.pictures.boxes import Figure
from provgraph.pictures.points import Point
from provgraph.pictures.w3c.layout import Spacing, layout
from provgraph.pictures.w3c.shapes import HEIGHT, WIDTH, half_height, half_width, width

MARGIN = 24.0
#: Arrows at one side of a box are so far apart, and take at most this part of it.
PORT, PORTS = 18.0, 0.7
#: An arrow from a box to itself stands on it there, and is drawn towards points so far above it.
LOOP_FEET, LOOP = (24.0, 62.0), 24.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Which way a picture runs; rows lie across it.

    Attributes:
        is_turned: whether rows stand upright.
        row: how far apart rows are.
        depth: how much of that a box takes.
        spacing: what keeps boxes in a row apart.
    """

    is_turned: bool
    row: float
    depth: float
    spacing: Spacing

    def turned(self, point: Point) -> Point:
        """Turn a point from a picture that runs downwards into this picture, or back.

        Args:
            point: the point.

        Returns:
            The point, with its coordinates exchanged when the picture runs from left to right.
        """
        return Point(point.y, point.x) if self.is_turned else point


_DOWN = _Frame(
    is_turned=False, row=122.0, depth=HEIGHT, spacing=Spacing(gap=24.0, passage=24.0, long_row=14)
)
_ACROSS = _Frame(
    is_turned=True,
    row=WIDTH + 132.0,
    depth=WIDTH,
    spacing=Spacing(gap=18.0, passage=18.0, long_row=24),
)


class Curve(NamedTuple):
    """A cubic Bézier curve."""

    start: Point
    leaving: Point
    arriving: Point
    end: Point

    def at(self, part: float) -> Point:
        """Return a point of the curve.

        Args:
            part: how far along the curve, from 0 to 1.

        Returns:
            The point.
        """
        rest = 1 - part
        weights = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
        return Point(
            sum(weight * point.x for weight, point in zip(weights, self, strict=True)),
            sum(weight * point.y for weight, point in zip(weights, self, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class Geometry:
    """The geometry of a picture.

    Attributes:
        size: its width and height.
        boxes: the middle of each box.
        ways: for each arrow, its curves from effect to cause: from row to row, and through the
            rows between.
    """

    size: Point
    boxes: list[Point]
    ways: list[list[Curve]]


def geometry_of(shown: Figure, direction: Direction, is_across: bool) -> Geometry:
    """Place a figure.

    What was asked about stands at the top or left; in the middle when both directions were asked.

    Args:
        shown: the boxes and arrows.
        direction: of the question.
        is_across: whether the picture runs from left to right.

    Returns:
        The places of all boxes and arrows.
    """
    placement = _Placement(shown, direction, _ACROSS if is_across else _DOWN)
    return Geometry(
        placement.size(),
        placement.boxes(),
        [placement.way(number) for number in range(len(shown.arrows))],
    )


class _Placement:
    """A figure with places for boxes and for the passages of arrows, running downwards."""

    def __init__(self, shown: Figure, direction: Direction, frame: _Frame) -> None:
        self._kinds = [box.kind for box in shown.boxes]
        self._arrows = shown.arrows
        self._frame = frame
        self._widths = [HEIGHT if frame.is_turned else width(kind) for kind in self._kinds]
        ends = [(arrow.source, arrow.target) for arrow in shown.arrows]
        placed = layout(self._widths, ends, shown.root, frame.spacing)
        left = (
            min(*placed.x, *(x - wide / 2 for x, wide in zip(placed.x, self._widths, strict=False)))
            - MARGIN
        )
        last = max(placed.rows)
        rows = (
            [last - row for row in placed.rows]
            if direction is Direction.DOWNSTREAM
            else placed.rows
        )
        top = MARGIN + frame.depth / 2
        self._points = [
            Point(x - left, top + row * frame.row) for x, row in zip(placed.x, rows, strict=True)
        ]
        self._routes = placed.routes
        firsts = [
            (route or [arrow.target])[0]
            for route, arrow in zip(placed.routes, shown.arrows, strict=True)
        ]
        lasts = [
            (route or [arrow.source])[-1]
            for route, arrow in zip(placed.routes, shown.arrows, strict=True)
        ]
        self._leaving = self._ports([arrow.source for arrow in shown.arrows], firsts)
        self._arriving = self._ports([arrow.target for arrow in shown.arrows], lasts)

    def size(self) -> Point:
        """The picture's width and height."""
        right = max(point.x for point in self._points)
        right = max(
            right,
            *(point.x + wide / 2 for point, wide in zip(self._points, self._widths, strict=False)),
        )
        bottom = max(point.y for point in self._points) + self._frame.depth / 2
        return self._frame.turned(Point(right + MARGIN, bottom + MARGIN))

    def boxes(self) -> list[Point]:
        """The middles of the boxes in the picture."""
        return [self._frame.turned(point) for point in self._points[: len(self._kinds)]]

    def way(self, number: int) -> list[Curve]:
        """Return the curves of an arrow.

        Args:
            number: the index of the arrow.

        Returns:
            The curves in the picture, from effect to cause.
        """
        turned = self._frame.turned
        if self._arrows[number].source == self._arrows[number].target:
            return [self._loop(self._arrows[number].source)]
        return [
            Curve(*map(turned, (start, Point(start.x, middle), Point(end.x, middle), end)))
            for start, end in pairwise(self._stations(number))
            for middle in ((start.y + end.y) / 2,)
        ]

    def _stations(self, number: int) -> Iterator[Point]:
        """Yield the points that an arrow goes through.

        The arrow goes straight up or down at each of them, from edge to edge of its boxes.
        """
        arrow = self._arrows[number]
        side = 1 if self._points[arrow.source].y < self._points[arrow.target].y else -1
        yield self._port(arrow.source, self._leaving[number], side)
        for passage in self._routes[number]:
            x, y = self._points[passage]
            yield Point(x, y - side * self._frame.depth / 2)
            yield Point(x, y + side * self._frame.depth / 2)
        yield self._port(arrow.target, self._arriving[number], -side)

    def _loop(self, number: int) -> Curve:
        """An arrow above the right part of a box, back to it."""
        x, y = self._frame.turned(self._points[number])
        kind = self._kinds[number]
        start, end = (Point(x + right, y - half_height(kind, right, -1)) for right in LOOP_FEET)
        top = y - HEIGHT / 2 - LOOP
        return Curve(start, Point(start.x, top), Point(end.x, top), end)

    def _port(self, number: int, across: float, side: int) -> Point:
        """Where an arrow touches a box: across its middle, below (1) or above (-1)."""
        x, y = self._points[number]
        kind = self._kinds[number]
        reach = (
            half_width(kind, across) if self._frame.is_turned else half_height(kind, across, side)
        )
        return Point(x + across, y + side * reach)

    def _ports(self, boxes: Sequence[int], towards: Sequence[int]) -> list[float]:
        """Return how far from the middle of its box each arrow begins or ends.

        Arrows stand in the order of what lies beyond.
        """
        at: dict[int, list[int]] = {}
        for arrow in sorted(
            range(len(boxes)), key=lambda arrow: (self._points[towards[arrow]].x, arrow)
        ):
            at.setdefault(boxes[arrow], []).append(arrow)
        ports = [0.0] * len(boxes)
        for box, arrows in at.items():
            step = min(PORT, PORTS * self._widths[box] / max(1, len(arrows) - 1))
            for index, arrow in enumerate(arrows):
                ports[arrow] = step * (index - (len(arrows) - 1) / 2)
        return ports
