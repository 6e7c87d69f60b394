"""A flowchart as SVG, as the page draws it."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import THIN, Box, Figure, colours, line_width
from provgraph.pictures.elements import arrow_head, text_line
from provgraph.pictures.flowchart.geometry import HEIGHT, WIDTH, Band, chart_places
from provgraph.pictures.flowchart.texts import as_fitting, lines_of
from provgraph.pictures.points import Point
from provgraph.pictures.text_width import ems

TITLE_SIZE, FACT_SIZE, TAG_SIZE, BAND_SIZE = 13.0, 10.5, 11.0, 13.0
#: How far a title's lines are apart, and how much narrower than its box it is.
_LINE, _INSET = 15.0, 18.0
_TEXT, _FAINT, _BAD_TEXT, _ARROW, _PAPER, _BAND = (
    "#16181D",
    "#3D424C",
    "#7F0000",
    "#767C88",
    "#FFFFFF",
    "#F2F4F8",
)
#: How an outline is dashed, and an arrow that no source states.
_DASHED, _INFERRED = ' stroke-dasharray="6 3"', ' stroke-dasharray="5 4"'
#: How round the corners of arrows are, and of agents' roofs how high.
_ROUND, _ROOF = 6.0, 14.0
#: How far the sheets behind a stack stand out.
_SHEETS = (6, 3)


class Chart:
    """A flowchart with a place for everything that is shown of it.

    Attributes:
        size: its width and height.
    """

    def __init__(self, shown: Figure, is_across: bool) -> None:
        self._shown = shown
        self._places = chart_places(shown, is_across)
        self._is_across = is_across
        self.size = self._places.size

    def areas(self) -> Iterator[tuple[Box, Point, Point]]:
        """Tell where the boxes stand.

        Yields:
            Each box with its left upper corner, and its width and height.
        """
        for box, corner in zip(self._shown.boxes, self._places.boxes, strict=True):
            yield box, corner, Point(WIDTH, HEIGHT)

    def lines(self) -> Iterator[str]:
        """Yield the elements of the drawing."""
        yield arrow_head(_ARROW)
        for band in self._places.bands:
            yield from self._band(band)
        yield f'<g fill="none" stroke="{_ARROW}" stroke-width="1.4" marker-end="url(#head)">'
        for arrow, corners in zip(self._shown.arrows, self._places.ways, strict=True):
            title = f"<title>{escape(', '.join(arrow.roles))}</title>" if arrow.roles else ""
            dashes = _INFERRED if arrow.is_inferred else ""
            yield f'<path d="{_rounded(corners)}"{dashes}>{title}</path>'
        yield "</g>"
        for box, corner in zip(self._shown.boxes, self._places.boxes, strict=True):
            yield from _drawn(box, corner)

    def _band(self, band: Band) -> Iterator[str]:
        corner = f'x="{band.corner.x:.1f}" y="{band.corner.y:.1f}"'
        size = f'width="{band.size.x:.1f}" height="{band.size.y:.1f}"'
        yield f'<rect {corner} {size} rx="8" fill="{_BAND}"/>'
        middle, foot, room = band.size.x / 2, 20.0, band.size.x
        if not self._is_across:
            middle, foot, room = 18.0, band.size.y / 2, 28.0
        at = Point(band.corner.x + middle, band.corner.y + foot)
        more = f' fill="{_FAINT}" font-weight="600"'
        yield text_line(band.level, at, BAND_SIZE, room, more)


def _drawn(box: Box, corner: Point) -> Iterator[str]:
    place = f'transform="translate({corner.x:.1f} {corner.y:.1f})"'
    yield f"<a href={quoteattr(box.link)}><g {place}>" if box.link else f"<g {place}>"
    yield f"<title>{escape(chr(10).join(box.tip))}</title>"
    paint = f'fill="{colours(box).fill}" stroke="{colours(box).line}" stroke-width='
    for out in _SHEETS if box.count > 1 else ():
        yield _outline(box.kind, out, f'{paint}"{THIN}"')
    dashes = _DASHED if box.is_dashed else ""
    yield _outline(box.kind, 0, f'{paint}"{line_width(box)}"{dashes}')
    yield from _words(box)
    yield from _tags(box)
    yield "</g></a>" if box.link else "</g>"


def _outline(kind: Kind, out: float, paint: str) -> str:
    """PROV's shapes: an entity is round, an activity a rectangle, an agent a house."""
    if kind is Kind.AGENT:
        roof = f"{out},{out + _ROOF} {out + WIDTH / 2},{out} {out + WIDTH},{out + _ROOF}"
        foot = f"{out + WIDTH},{out + HEIGHT} {out},{out + HEIGHT}"
        return f'<polygon points="{roof} {foot}" {paint} stroke-linejoin="round"/>'
    corner = HEIGHT / 3 if kind is Kind.ENTITY else 3
    size = f'width="{WIDTH}" height="{HEIGHT}" rx="{corner:.0f}"'
    return f'<rect x="{out}" y="{out}" {size} {paint}/>'


def _words(box: Box) -> Iterator[str]:
    """The title of a box, and the facts below it."""
    lines = lines_of(box.title, (WIDTH - _INSET) / TITLE_SIZE)
    facts = as_fitting(box.said, (WIDTH - _INSET) / FACT_SIZE)
    top = HEIGHT / 2 + (5 if facts else 12) - 8 * len(lines)
    for number, line in enumerate(lines):
        at = Point(WIDTH / 2, top + _LINE * number)
        yield text_line(line, at, TITLE_SIZE, WIDTH - _INSET + 2, f' fill="{_TEXT}"')
    if facts:
        at = Point(WIDTH / 2, top + _LINE * len(lines))
        colour = _BAD_TEXT if box.is_bad else _FAINT
        yield text_line(facts, at, FACT_SIZE, WIDTH - _INSET + 2, f' fill="{colour}"')


def _tags(box: Box) -> Iterator[str]:
    """How many records a box stands for, how many files configured it, and that there is more."""
    line = colours(box).line
    if box.count > 1:
        yield from _tag(Point(WIDTH + 4, -5), f"×{box.count:,}", line)
    if box.configuration:
        files = f"{len(box.configuration):,}"
        yield from _tag(Point(WIDTH - 4, HEIGHT + 4), files, line, has_gear=True)
    if box.has_more:
        yield from _tag(Point(50, -5), "more …", line)


def _tag(end: Point, text: str, line: str, *, has_gear: bool = False) -> Iterator[str]:
    """A small label; its end is the middle of its right side."""
    gear = 13.0 if has_gear else 0.0
    wide = 14 + gear + TAG_SIZE * ems(text)
    left = end.x - wide
    yield (
        f'<rect x="{left:.1f}" y="{end.y - 9}" width="{wide:.1f}" height="17" rx="8.5" '
        f'fill="{_PAPER}" stroke="{line}"/>'
    )
    if has_gear:
        where = f'transform="translate({left + 12:.1f} {end.y - 0.5})"'
        yield f'<path d="{_GEAR}" {where} fill="{_TEXT}" fill-rule="evenodd"/>'
    at = Point(left + gear + (wide - gear) / 2, end.y + 3.5)
    yield text_line(text, at, TAG_SIZE, wide, f' fill="{_TEXT}"')


def _gear() -> str:
    """The outline of a cogwheel with a hole, around the origin."""
    teeth, far, near, hole = 8, 5.2, 3.7, 1.7
    angles = [math.tau * (step + shift) / teeth for step in range(teeth) for shift in _COG]
    far_near = [far, far, near, near] * teeth
    points = [
        f"{radius * math.cos(angle):.2f} {radius * math.sin(angle):.2f}"
        for angle, radius in zip(angles, far_near, strict=True)
    ]
    ring = f"M{hole} 0A{hole} {hole} 0 1 0 {-hole} 0A{hole} {hole} 0 1 0 {hole} 0z"
    return f"M{'L'.join(points)}z{ring}"


#: Where on its part of a cogwheel a tooth begins and ends, and the gap behind it.
_COG = (-0.18, 0.18, 0.28, 0.72)
_GEAR = _gear()


def _rounded(corners: Sequence[Point]) -> str:
    """A path through corners that are rounded off."""
    path = f"M{_pair(corners[0])}"
    for before, (corner, behind) in zip(corners, pairwise(corners[1:]), strict=False):
        into, out = (_towards(corner, other) for other in (before, behind))
        path += f"L{_pair(into)}Q{_pair(corner)} {_pair(out)}"
    return f"{path}L{_pair(corners[-1])}"


def _towards(start: Point, end: Point) -> Point:
    distance = math.hypot(end.x - start.x, end.y - start.y) or 1.0
    part = min(_ROUND, distance / 2) / distance
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)


def _pair(point: Point) -> str:
    return f"{point.x:.1f} {point.y:.1f}"
