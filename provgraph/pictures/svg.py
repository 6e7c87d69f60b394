"""A lineage as a drawing that any browser shows.

The drawing holds no script, no style sheet and nothing from elsewhere.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from provgraph.errors import SettingsError
from provgraph.model.lineage import Lineage
from provgraph.pictures.figure import figure
from provgraph.pictures.flowchart.drawing import Chart
from provgraph.pictures.look import PLAIN, Look
from provgraph.pictures.points import Point
from provgraph.pictures.text_width import ems
from provgraph.pictures.w3c.drawing import Diagram

#: The font that provgraph brings, for drawings that are to look alike on every machine.
FAMILY = "Liberation Sans"
_ANY_FAMILY = f"Helvetica, Arial, {FAMILY}, sans-serif"
#: What our font lacks, other fonts are asked for.
_FOREIGN = re.compile("[^\n -\u036f…]")
#: How large the letters of the remark are, how far from the left it begins, and its room.
_REMARK_SIZE, _REMARK_LEFT, _REMARK_ROOM = 11.0, 24.0, 18.0


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
        shown = figure(lineage, look)
        self._remark = shown.remark
        self._sheet: Chart | Diagram = (
            Diagram(shown, lineage.direction, look.is_across)
            if look.w3c
            else Chart(shown, look.is_across)
        )
        width, height = self._sheet.size
        if self._remark:
            width = max(width, 2 * _REMARK_LEFT + _REMARK_SIZE * ems(self._remark))
            height += _REMARK_ROOM
        self.size = Point(width, height)
        self.title = shown.boxes[shown.root].title

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
        for box, corner, size in self._sheet.areas():
            if box.link:
                yield *corner, *size, box.link

    def _lines(self, family: str) -> Iterator[str]:
        size = f'width="{self.size.x:.0f}" height="{self.size.y:.0f}"'
        view = f'viewBox="0 0 {self.size.x:.0f} {self.size.y:.0f}"'
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} '
            f'font-family="{family}" text-anchor="middle">'
        )
        yield f"<title>{escape(self.title)}</title>"
        yield f'<rect {size} fill="#fff"/>'
        yield from self._sheet.lines()
        if self._remark:
            place = f'x="{_REMARK_LEFT}" y="{self.size.y - _REMARK_SIZE:.0f}"'
            start = f'{place} font-size="{_REMARK_SIZE}" text-anchor="start" fill="#555"'
            yield f"<text {start}>{escape(self._remark)}</text>"
        yield "</svg>"
