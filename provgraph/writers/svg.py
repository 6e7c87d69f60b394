"""A lineage as a drawing that any browser shows: W3C PROV shapes and colours, what was asked about at the top.

The drawing holds no script, no style sheet and nothing from elsewhere.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from provgraph.model.subgraph import Direction, Lineage
from provgraph.model.vocabulary import Kind, Status
from provgraph.writers.captions import Captions, Point
from provgraph.writers.figure import Arrow, Box, Figure, figure
from provgraph.writers.labels import ems, fitted, visible
from provgraph.writers.layout import Layout, layout

WIDTH, AGENT_WIDTH, HEIGHT = 216.0, 150.0, 46.0
#: How far rows, boxes and arrows that pass between boxes are apart.
ROW, GAP, PASSAGE = 122.0, 24.0, 24.0
MARGIN = 24.0
NAME_SIZE, DETAIL_SIZE, LABEL_SIZE = 12.0, 9.5, 9.0
#: How much of a box's width its two lines may take: an ellipse is narrower where they stand.
TEXT_ROOM = {Kind.ENTITY: 0.8}
LABEL_STEP, LABEL_EMS = 10.0, 14.0
#: Where along an arrow, from the end where it is best, its label may go; and on how many pieces between rows.
LABEL_PARTS = (0.4, 0.5, 0.3, 0.6, 0.7, 0.22)
LABEL_PIECES = 6
#: A line longer than this part of its room is given its width, lest a wider font makes it longer.
SQUEEZED = 0.8
#: How high the roof of an agent's house is.
ROOF = 12.0
#: Arrows at one side of a box are so far apart, and take at most this part of its width.
PORT, PORTS = 18.0, 0.7
ERROR_LINE = "#C62828"


def write(lineage: Lineage) -> str:
    """The SVG document."""
    return "".join(f"{line}\n" for line in _Drawing(figure(lineage), lineage.direction).lines())


class _Drawing:
    """A figure with a place for everything in it."""

    def __init__(self, shown: Figure, direction: Direction) -> None:
        self._boxes = shown.boxes
        self._arrows = shown.arrows
        self._title = shown.boxes[shown.root].name
        ends = [(arrow.source, arrow.target) for arrow in shown.arrows]
        placed = layout([_width(box) for box in shown.boxes], ends, shown.root, GAP, PASSAGE)
        self._routes = placed.routes
        self._points = _points(placed, [_width(box) for box in shown.boxes], direction)
        firsts = [(route or [arrow.target])[0] for route, arrow in zip(placed.routes, shown.arrows, strict=True)]
        lasts = [(route or [arrow.source])[-1] for route, arrow in zip(placed.routes, shown.arrows, strict=True)]
        self._leaving = self._ports([arrow.source for arrow in shown.arrows], firsts)
        self._arriving = self._ports([arrow.target for arrow in shown.arrows], lasts)

    def lines(self) -> Iterator[str]:
        """The document's lines."""
        right = max(point.x for point in self._points)
        width = max(right, *(point.x + _width(box) / 2 for box, point in self._placed())) + MARGIN
        height = max(point.y for point in self._points) + HEIGHT / 2 + MARGIN
        ways = [self._way(number) for number in range(len(self._arrows))]
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">'
        )
        yield f"<title>{escape(self._title)}</title>"
        yield (
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9" '
            'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8 8 4 0 7.2 1.6 4z" fill="#555"/></marker></defs>'
        )
        yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
        yield '<g fill="none" stroke="#666" marker-end="url(#head)">'
        yield from (_path(arrow, way, self._boxes[arrow.target]) for arrow, way in zip(self._arrows, ways, strict=True))
        yield "</g>"
        yield from (line for box, point in self._placed() for line in _box(box, point))
        yield (
            f'<g font-size="{LABEL_SIZE}" fill="#333" stroke="#fff" stroke-width="3" stroke-linejoin="round" '
            'paint-order="stroke" pointer-events="none">'
        )
        yield from self._labels(ways)
        yield "</g>"
        yield "</svg>"

    def _placed(self) -> Iterator[tuple[Box, Point]]:
        return zip(self._boxes, self._points, strict=False)  # behind the boxes come the passages

    def _ports(self, boxes: Sequence[int], towards: Sequence[int]) -> list[float]:
        """How far from the middle of its box each arrow begins or ends, in the order of what lies beyond."""
        at: dict[int, list[int]] = {}
        for arrow in sorted(range(len(boxes)), key=lambda arrow: (self._points[towards[arrow]].x, arrow)):
            at.setdefault(boxes[arrow], []).append(arrow)
        ports = [0.0] * len(boxes)
        for box, arrows in at.items():
            step = min(PORT, PORTS * _width(self._boxes[box]) / max(1, len(arrows) - 1))
            for index, arrow in enumerate(arrows):
                ports[arrow] = step * (index - (len(arrows) - 1) / 2)
        return ports

    def _way(self, number: int) -> list[Point]:
        """The points that an arrow goes through: straight up or down at each, from edge to edge of its boxes."""
        arrow = self._arrows[number]
        side = 1 if self._points[arrow.source].y < self._points[arrow.target].y else -1
        way = [self._port(arrow.source, self._leaving[number], side)]
        for passage in self._routes[number]:
            x, y = self._points[passage]
            way += [Point(x, y - side * HEIGHT / 2), Point(x, y + side * HEIGHT / 2)]
        return [*way, self._port(arrow.target, self._arriving[number], -side)]

    def _port(self, number: int, across: float, side: int) -> Point:
        """Where an arrow touches a box: across its middle, below (1) or above (-1)."""
        x, y = self._points[number]
        return Point(x + across, y + side * _half_height(self._boxes[number], across, side))

    def _labels(self, ways: Sequence[Sequence[Point]]) -> Iterator[str]:
        """What each arrow means, where there is room, best near that end of it where fewer arrows are."""
        leaving = Counter(arrow.source for arrow in self._arrows)
        arriving = Counter(arrow.target for arrow in self._arrows)
        captions = Captions()
        for arrow, way in zip(self._arrows, ways, strict=True):
            said = _said(arrow)
            size = LABEL_SIZE * max(map(ems, said)) + 6, LABEL_STEP * len(said) + 2
            middle = captions.place(_beside(way, arriving[arrow.target] <= leaving[arrow.source]), *size)
            if middle:
                yield from _label(said, middle)


def _width(box: Box) -> float:
    return AGENT_WIDTH if box.node.kind is Kind.AGENT else WIDTH


def _half_height(box: Box, across: float, side: int) -> float:
    """How far the outline of a box is below (1) or above (-1) its middle, so far across."""
    part = abs(across) / (_width(box) / 2)
    if box.node.kind is Kind.ENTITY:
        return float(HEIGHT / 2 * (1 - part**2) ** 0.5)
    return HEIGHT / 2 - (ROOF * part if box.node.kind is Kind.AGENT and side < 0 else 0)


def _points(placed: Layout, widths: Sequence[float], direction: Direction) -> list[Point]:
    """The middles of all places; what was asked about stands at the top, of a question both ways in the middle."""
    edges = [x - width / 2 for x, width in zip(placed.x, widths, strict=False)]
    left = min(placed.x + edges) - MARGIN
    last = max(placed.rows)
    rows = [last - row for row in placed.rows] if direction is Direction.DOWNSTREAM else placed.rows
    return [Point(x - left, MARGIN + HEIGHT / 2 + row * ROW) for x, row in zip(placed.x, rows, strict=True)]


def _path(arrow: Arrow, way: Sequence[Point], target: Box) -> str:
    if arrow.source == arrow.target:
        (x, y), _ = way
        curve = f"M{x + 40:.1f} {y:.1f}c0 -40 40 -40 24 6"
    else:
        curve = f"M{way[0].x:.1f} {way[0].y:.1f}" + "".join(_curve(*ends) for ends in pairwise(way))
    paint = f' stroke="{target.colours.line}" stroke-opacity="0.6"' if target.node.kind is Kind.AGENT else ""
    meaning = ": ".join(", ".join(words) for words in (arrow.relations, arrow.roles) if words)
    return f'<path d="{curve}"{paint}><title>{escape(meaning)}</title></path>'


def _curve(start: Point, end: Point) -> str:
    if start.x == end.x:
        return f"V{end.y:.1f}"
    middle = (start.y + end.y) / 2
    return f"C{start.x:.1f} {middle:.1f} {end.x:.1f} {middle:.1f} {end.x:.1f} {end.y:.1f}"


def _along(start: Point, end: Point, part: float) -> Point:
    """The point of the curve from start to end that lies at this part of it."""
    bend = part * part * (3 - 2 * part)
    rise = 1.5 * part * (1 - part) + part**3
    return Point(start.x + (end.x - start.x) * bend, start.y + (end.y - start.y) * rise)


def _beside(way: Sequence[Point], from_target: bool) -> Iterator[Point]:
    """Points of an arrow where its label may go, the best first."""
    pieces = list(pairwise(way))[::2]  # between rows; the others pass between boxes
    if from_target:
        pieces.reverse()
    for start, end in pieces[:LABEL_PIECES]:
        yield from (_along(start, end, 1 - part if from_target else part) for part in LABEL_PARTS)


def _said(arrow: Arrow) -> list[str]:
    relations = ", ".join(arrow.relations)
    return [relations, fitted(", ".join(arrow.roles), LABEL_EMS)] if arrow.roles else [relations]


def _label(said: Sequence[str], middle: Point) -> Iterator[str]:
    first = middle.y + LABEL_SIZE / 3 - LABEL_STEP * (len(said) - 1) / 2
    for index, line in enumerate(said):
        yield f'<text x="{middle.x:.1f}" y="{first + LABEL_STEP * index:.1f}">{escape(line)}</text>'


def _box(box: Box, middle: Point) -> Iterator[str]:
    link = _link(box)
    yield f"<a href={quoteattr(link)}><g>" if link else "<g>"
    yield f"<title>{escape(chr(10).join(box.tip))}</title>"
    failed = box.node.status in (Status.ERROR, Status.INTERRUPTED)
    paint = f'fill="{box.colours.fill}" stroke="{ERROR_LINE if failed else box.colours.line}"'
    yield _shape(box, middle, f'{paint} stroke-width="{3 if box.is_root else 2 if failed else 1}"')
    room = TEXT_ROOM.get(box.node.kind, 0.93) * _width(box)
    x, y = middle
    drop = 4.0 if box.node.kind is Kind.AGENT else 0.0
    yield _line(box.name, Point(x, y + drop + (4 if not box.detail else -1)), NAME_SIZE, room)
    if box.detail:
        yield _line(box.detail, Point(x, y + drop + 13), DETAIL_SIZE, room)
    yield "</g></a>" if link else "</g>"


def _shape(box: Box, middle: Point, paint: str) -> str:
    x, y = middle
    across, high = _width(box) / 2, HEIGHT / 2
    if box.node.kind is Kind.ENTITY:
        return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{across}" ry="{high}" {paint}/>'
    if box.node.kind is Kind.AGENT:
        roof = f"{x - across:.1f},{y - high + ROOF:.1f} {x:.1f},{y - high:.1f} {x + across:.1f},{y - high + ROOF:.1f}"
        return (
            f'<polygon points="{roof} {x + across:.1f},{y + high:.1f} {x - across:.1f},{y + high:.1f}" {paint} '
            'stroke-linejoin="round"/>'
        )
    return f'<rect x="{x - across:.1f}" y="{y - high:.1f}" width="{2 * across}" height="{2 * high}" rx="3" {paint}/>'


def _line(said: str, at: Point, size: float, room: float) -> str:
    """One line of text in a box, shortened to fit; a font that is wider than others is squeezed."""
    said = fitted(said, room / size)
    width = ems(said) * size
    squeezed = f' textLength="{width:.0f}" lengthAdjust="spacingAndGlyphs"' if width > room * SQUEEZED else ""
    return f'<text x="{at.x:.1f}" y="{at.y:.1f}" font-size="{size}"{squeezed}>{escape(said)}</text>'


def _link(box: Box) -> str | None:
    """Where a click leads: to the record's own web address, if it has one."""
    places = (box.node.location, box.node.id)
    return next(
        (visible(place) for place in places if place and place.lower().startswith(("http://", "https://"))), None
    )
