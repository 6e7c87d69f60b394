"""A diagram as SVG, in the shapes and colours of W3C PROV."""

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from provgraph.model.lineage import Direction
from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import Arrow, Box, Figure, colours, line_width
from provgraph.pictures.elements import arrow_head, text_line
from provgraph.pictures.points import Point
from provgraph.pictures.text_width import ems, fitted
from provgraph.pictures.w3c.captions import Captions
from provgraph.pictures.w3c.geometry import Curve, geometry_of
from provgraph.pictures.w3c.shapes import HEIGHT, outline, width

NAME_SIZE, DETAIL_SIZE, LABEL_SIZE = 12.0, 9.5, 9.0
#: How much of a box's width its two lines may take: an ellipse is narrower where they stand.
TEXT_ROOM = {Kind.ENTITY: 0.8}
LABEL_STEP, LABEL_EMS = 10.0, 14.0
#: Where along an arrow, from the end where it is best, its label may go; and on how many pieces
#: between rows.
LABEL_PARTS = (0.4, 0.5, 0.3, 0.6, 0.7, 0.22)
LABEL_PIECES = 6
_DASHES = ' stroke-dasharray="7 4"'


class Diagram:
    """A diagram with a place for everything that is shown of it.

    Attributes:
        size: its width and height.
    """

    def __init__(self, shown: Figure, direction: Direction, is_across: bool) -> None:
        self._shown = shown
        self._places = geometry_of(shown, direction, is_across)
        self.size = self._places.size

    def areas(self) -> Iterator[tuple[Box, Point, Point]]:
        """Tell where the boxes stand.

        Yields:
            Each box with its left upper corner, and its width and height.
        """
        for box, middle in zip(self._shown.boxes, self._places.boxes, strict=True):
            wide = width(box.kind)
            corner = Point(middle.x - wide / 2, middle.y - HEIGHT / 2)
            yield box, corner, Point(wide, HEIGHT)

    def lines(self) -> Iterator[str]:
        """Yield the elements of the drawing."""
        boxes, arrows = self._shown.boxes, self._shown.arrows
        yield arrow_head("#555")
        yield '<g fill="none" stroke="#666" marker-end="url(#head)">'
        for arrow, way in zip(arrows, self._places.ways, strict=True):
            yield _path(arrow, way, boxes[arrow.target])
        yield "</g>"
        for box, middle in zip(boxes, self._places.boxes, strict=True):
            yield from _box(box, middle)
        yield (
            f'<g font-size="{LABEL_SIZE}" fill="#333" stroke="#fff" stroke-width="3" '
            'stroke-linejoin="round" paint-order="stroke" pointer-events="none">'
        )
        yield from self._labels()
        yield "</g>"

    def _labels(self) -> Iterator[str]:
        """Yield the label of each arrow that has room for one.

        A label stands near that end of its arrow where fewer arrows are.
        """
        arrows = self._shown.arrows
        leaving = Counter(arrow.source for arrow in arrows)
        arriving = Counter(arrow.target for arrow in arrows)
        captions = Captions()
        for arrow, way in zip(arrows, self._places.ways, strict=True):
            lines = _label_lines(arrow)
            size = LABEL_SIZE * max(map(ems, lines)) + 6, LABEL_STEP * len(lines) + 2
            middle = captions.place(
                _beside(way, arriving[arrow.target] <= leaving[arrow.source]), *size
            )
            if middle:
                yield from _label(lines, middle)


def _path(arrow: Arrow, way: Sequence[Curve], target: Box) -> str:
    curve = f"M{_pair(way[0].start)}" + "".join(map(_curve, way))
    paint = (
        f' stroke="{colours(target).line}" stroke-opacity="0.6"'
        if target.kind is Kind.AGENT
        else ""
    )
    meaning = ": ".join(", ".join(words) for words in (arrow.relations, arrow.roles) if words)
    return f'<path d="{curve}"{paint}><title>{escape(meaning)}</title></path>'


def _curve(curve: Curve) -> str:
    if (
        curve.start.x == curve.leaving.x == curve.end.x
        or curve.start.y == curve.leaving.y == curve.end.y
    ):
        return f"L{_pair(curve.end)}"
    return f"C{_pair(curve.leaving)} {_pair(curve.arriving)} {_pair(curve.end)}"


def _pair(point: Point) -> str:
    return f"{point.x:.1f} {point.y:.1f}"


def _beside(way: Sequence[Curve], from_target: bool) -> Iterator[Point]:
    """Points of an arrow where its label may go, the best first."""
    pieces = way[::2]  # between rows; the others pass between boxes
    for curve in (pieces[::-1] if from_target else pieces)[:LABEL_PIECES]:
        yield from (curve.at(1 - part if from_target else part) for part in LABEL_PARTS)


def _label_lines(arrow: Arrow) -> list[str]:
    relations = ", ".join(arrow.relations)
    return [relations, fitted(", ".join(arrow.roles), LABEL_EMS)] if arrow.roles else [relations]


def _label(lines: Sequence[str], middle: Point) -> Iterator[str]:
    first = middle.y + LABEL_SIZE / 3 - LABEL_STEP * (len(lines) - 1) / 2
    for index, line in enumerate(lines):
        yield f'<text x="{middle.x:.1f}" y="{first + LABEL_STEP * index:.1f}">{escape(line)}</text>'


def _box(box: Box, middle: Point) -> Iterator[str]:
    yield f"<a href={quoteattr(box.link)}><g>" if box.link else "<g>"
    yield f"<title>{escape(chr(10).join(box.tip))}</title>"
    dashes = _DASHES if box.is_dashed else ""
    paint = f'fill="{colours(box).fill}" stroke="{colours(box).line}"'
    yield outline(box.kind, middle, f'{paint} stroke-width="{line_width(box)}"{dashes}')
    room = TEXT_ROOM.get(box.kind, 0.93) * width(box.kind)
    x, y = middle
    drop = 4.0 if box.kind is Kind.AGENT else 0.0
    name, *below = box.lines
    yield text_line(name, Point(x, y + drop - (1 if below else -4)), NAME_SIZE, room)
    for line in below:
        yield text_line(line, Point(x, y + drop + 13), DETAIL_SIZE, room)
    yield "</g></a>" if box.link else "</g>"
