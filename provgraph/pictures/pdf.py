"""Draws a lineage as a PDF of its SVG drawing: one page, sharp at any size.

Texts stay texts, which can be searched and copied. Nothing in the file depends on the day.
"""

import json
from importlib.resources import as_file, files

from provgraph.errors import extra_needed
from provgraph.model.lineage import Lineage
from provgraph.pictures.look import PLAIN, Look
from provgraph.pictures.svg import FAMILY, Drawing, is_foreign, unreadable

#: Points for each unit of the drawing, which is a pixel of CSS (CSS Values 4, section 6.2); fewer
#: when the page would become too long. What would be smaller than the least, no reader magnifies
#: enough.
POINTS, LEAST = 0.75, 0.05
#: The longest side of a page (ISO 32000-1, annex C.2).
LONGEST_SIDE = 14_400
#: Typst takes no longer address, and hardly a reader follows one.
LONGEST_LINK = 8_000
#: A page with the drawing, and a link on each box that has one. What comes from the lineage is
#: data for it, never a part of this program.
_PAGE = b"""
#let page-data = json(bytes(sys.inputs.data))
#let points(number) = number * page-data.zoom * 1pt
#set document(title: page-data.title, date: none)
#set page(width: points(page-data.width), height: points(page-data.height), margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", width: points(page-data.width))
#for (x, y, width, height, address) in page-data.links {
  let area = box(width: points(width), height: points(height))
  place(top + left, dx: points(x), dy: points(y), link(address, area))
}
"""


def write(lineage: Lineage, look: Look = PLAIN) -> bytes:
    """Write a lineage as a PDF.

    Args:
        lineage: the answer to draw.
        look: how its reader wants the drawing.

    Returns:
        The PDF.

    Raises:
        SettingsError: the drawing would be too large to be read.
        MissingExtraError: the extra ``pictures`` is not installed.
    """
    with extra_needed("pictures", "a PDF"):
        import typst  # noqa: PLC0415 - only this extra brings it

    drawing = Drawing(lineage, look)
    document = drawing.document(FAMILY)
    data = {
        "title": drawing.title,
        "width": drawing.size.x,
        "height": drawing.size.y,
        "zoom": _zoom(*drawing.size),
        "links": [link for link in drawing.links() if len(link[-1].encode()) <= LONGEST_LINK],
    }
    with as_file(files("provgraph") / "data" / "fonts") as folder:
        fonts = typst.Fonts(
            font_paths=[str(folder)],
            include_system_fonts=is_foreign(document),
            include_embedded_fonts=False,
        )
        return typst.compile(
            _PAGE,
            format="pdf",
            font_paths=fonts,
            sys_inputs={"drawing": document, "data": json.dumps(data)},
        )


def _zoom(width: float, height: float) -> float:
    """How many points a unit of the drawing takes."""
    zoom = min(POINTS, LONGEST_SIDE / max(width, height))
    if zoom < LEAST:
        raise unreadable("PDF this would be illegible", width, height)
    return zoom
