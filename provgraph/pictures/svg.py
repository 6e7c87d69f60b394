"""A lineage as a drawing that any browser shows, in W3C PROV shapes and colours.

The drawing holds no script, no style sheet and nothing from elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from provgraph.errors import SettingsError
from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import Box
from provgraph.pictures.captions import Captions, Point
from provgraph.pictures.figure import Arrow, colours, figure, line_width
from provgraph.pictures.geometry import MARGIN, Curve, geometry_of
from provgraph.pictures.look import PLAIN, Look
from provgraph.pictures.shapes import HEIGHT, outline, width
from provgraph.pictures.text_width import ems, fitted

#: The font that provgraph brings, for drawings that are to look alike on every machine.
FAMILY = "Liberation Sans"
_ANY_FAMILY = f"Helvetica, Arial, {FAMILY}, sans-serif"
#: What our font lacks, other fonts are asked for.
_FOREIGN = re.compile("[^\n -\u036f…]")
NAME_SIZE, DETAIL_SIZE, LABEL_SIZE, REMARK_SIZE = 12.0, 9.5, 9.0, 11.0
#: How much of a box's width its two lines may take: an ellipse is narrower where they stand.
TEXT_ROOM = {Kind.ENTITY: 0.8}
LABEL_STEP, LABEL_EMS = 10.0, 14.0
#: Where along an arrow, from the end where it is best, its label may go; and on how many pieces
#: between rows.
LABEL_PARTS = (0.4, 0.5, 0.3, 0.6, 0.7, 0.22)
LABEL_PIECES = 6
#: A line longer than this part of its room is given its width, lest a wider font makes it longer.
SQUEEZED = 0.8
_DASHES = ' stroke-dasharray="7 4"'
#: How far the outline behind a box of several records stands out.
BEHIND = 4.0


def write(lineage: Lineage, look: Look = PLAIN) -> str:
    """Write a lineage as an SVG drawing.

    Args:
        lineage: the answer to draw.
        look: how its reader wants the drawing.

    Returns:
        The SVG document.
    """
    return Drawing(lineage, look).document()


def is_foreign(document: str) -> bool:
    """Tell whether a drawing has letters that our font lacks.

    Args:
        document: the SVG document.

    Returns:
        Whether the fonts of the machine are needed.
    """
    return _FOREIGN.search(document) is not None


def unreadable(what: str, width: float, height: float) -> SettingsError:
    """Make the error for a drawing of which an image or a page can't be made that people can read.

    Args:
        what: it would be, in the form that was asked for.
        width: of the drawing, in its units.
        height: likewise.

    Returns:
        The error, which says what to do.
    """
    return SettingsError(
        f"as {what} ({width:.0f} by {height:.0f} units): "
        "take --format svg, or show less with --fold, --depth, --kind or --no-agents"
    )


class Drawing:
    """A lineage with a place for everything that is shown of it.

    Attributes:
        size: its width and height.
        title: the name of what was asked about.
    """

    def __init__(self, lineage: Lineage, look: Look) -> None:
        self._shown = figure(lineage, look)
        self._places = geometry_of(self._shown, lineage.direction, look.is_across)
        width, height = self._places.size
        if self._shown.remark:
            width = max(width, 2 * MARGIN + REMARK_SIZE * ems(self._shown.remark))
            height += REMARK_SIZE
        self.size = Point(width, height)
        self.title = self._shown.boxes[self._shown.root].name

    def document(self, family: str = _ANY_FAMILY) -> str:
        """Write the drawing.

        Args:
            family: the font, or several of which the first that is there is taken.

        Returns:
            The SVG document.
        """
        return "".join(f"{line}\n" for line in self._lines(family))

    def links(self) -> Iterator[tuple[float, float, float, float, str]]:
        """Tell where a click leads.

        Yields:
            For each box with a link its left and upper side, its width and height, and the
            address.
        """
        for box, middle in zip(self._shown.boxes, self._places.boxes, strict=True):
            if box.link:
                wide = width(box.kind)
                yield middle.x - wide / 2, middle.y - HEIGHT / 2, wide, HEIGHT, box.link

    def _lines(self, family: str) -> Iterator[str]:
        size = f'width="{self.size.x:.0f}" height="{self.size.y:.0f}"'
        view = f'viewBox="0 0 {self.size.x:.0f} {self.size.y:.0f}"'
        boxes, arrows = self._shown.boxes, self._shown.arrows
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} '
            f'font-family="{family}" text-anchor="middle">'
        )
        yield f"<title>{escape(self.title)}</title>"
        yield (
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" '
            'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            '<path d="M0 0.8 8 4 0 7.2 1.6 4z" fill="#555"/></marker></defs>'
        )
        yield f'<rect {size} fill="#fff"/>'
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
        if self._shown.remark:
            at = f'x="{MARGIN}" y="{self.size.y - REMARK_SIZE:.0f}" font-size="{REMARK_SIZE}"'
            yield f'<text {at} text-anchor="start" fill="#555">{self._shown.remark}</text>'
        yield "</svg>"

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
    paint = f'fill="{colours(box).fill}" stroke="{colours(box).line}"'
    if box.count > 1:
        yield outline(box.kind, Point(middle.x + BEHIND, middle.y + BEHIND), paint)
    yield outline(
        box.kind,
        middle,
        f'{paint} stroke-width="{line_width(box)}"' + (_DASHES if box.is_tainted else ""),
    )
    room = TEXT_ROOM.get(box.kind, 0.93) * width(box.kind)
    x, y = middle
    drop = 4.0 if box.kind is Kind.AGENT else 0.0
    yield _line(box.name, Point(x, y + drop + (4 if not box.detail else -1)), NAME_SIZE, room)
    if box.detail:
        yield _line(box.detail, Point(x, y + drop + 13), DETAIL_SIZE, room)
    yield "</g></a>" if box.link else "</g>"


def _line(text: str, at: Point, size: float, room: float) -> str:
    """Return one line of text in a box, shortened to fit.

    A font that is wider than others is squeezed.
    """
    text = fitted(text, room / size)
    wide = ems(text) * size
    squeezed = (
        f' textLength="{wide:.0f}" lengthAdjust="spacingAndGlyphs"'
        if wide > room * SQUEEZED
        else ""
    )
    return f'<text x="{at.x:.1f}" y="{at.y:.1f}" font-size="{size}"{squeezed}>{escape(text)}</text>'
