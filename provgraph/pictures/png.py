"""Draws a lineage as a PNG image of its SVG drawing.

That needs no program, and no font of the machine for Latin letters.
"""

import math
from importlib.resources import as_file, files

from provgraph.errors import extra_needed
from provgraph.model.lineage import Lineage
from provgraph.pictures.look import PLAIN, Look
from provgraph.pictures.svg import FAMILY, Drawing, is_foreign, unreadable

#: Pixels for each unit of the drawing: of a small one, of a large one, and at least.
SHARP, PLAIN_ZOOM, LEGIBLE = 2.0, 1.0, 0.6
#: More pixels than these take over a second, so that a larger drawing is less sharp.
SHARP_PIXELS = 5e6
#: More pixels in all need too much memory; with more in a row or column many programs fail.
MOST_PIXELS, LONGEST_SIDE = 50e6, 32_000


def write(lineage: Lineage, look: Look = PLAIN) -> bytes:
    """Write a lineage as a PNG image.

    Args:
        lineage: the answer to draw.
        look: how its reader wants the drawing.

    Returns:
        The image.

    Raises:
        SettingsError: the image would be too large to be read.
        MissingExtraError: the extra ``pictures`` is not installed.
    """
    with extra_needed("pictures", "a PNG image"):
        import resvg_py  # noqa: PLC0415 - only this extra brings it

    drawing = Drawing(lineage, look)
    document = drawing.document(FAMILY)
    with as_file(files("provgraph") / "data" / "fonts" / "LiberationSans-Regular.ttf") as font:
        return resvg_py.svg_to_bytes(
            svg_string=document,
            zoom=_zoom(*drawing.size),
            font_files=[str(font)],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
            skip_system_fonts=not is_foreign(document),
        )


def _zoom(width: float, height: float) -> float:
    """How many pixels a unit of the drawing takes."""
    sharp = max(PLAIN_ZOOM, min(SHARP, math.sqrt(SHARP_PIXELS / (width * height))))
    zoom = min(sharp, math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / max(width, height))
    if zoom < LEGIBLE:
        raise unreadable("PNG this would be too large or illegible", width, height)
    return zoom
