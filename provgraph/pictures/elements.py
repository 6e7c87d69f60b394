"""Elements of SVG that all drawings use."""

from xml.sax.saxutils import escape

from provgraph.pictures.points import Point
from provgraph.pictures.text_width import ems, fitted

#: A line longer than this part of its room is given its width, lest a wider font makes it longer.
_SQUEEZED = 0.8


def text_line(text: str, at: Point, size: float, room: float, more: str = "") -> str:
    """Return one line of text around a point, shortened to fit.

    A font that is wider than others is squeezed.

    Args:
        text: the line.
        at: the middle of its foot.
        size: of the letters.
        room: how wide it may be.
        more: further attributes.

    Returns:
        The element.
    """
    text = fitted(text, room / size)
    wide = ems(text) * size
    squeezed = (
        f' textLength="{wide:.0f}" lengthAdjust="spacingAndGlyphs"'
        if wide > room * _SQUEEZED
        else ""
    )
    place = f'x="{at.x:.1f}" y="{at.y:.1f}" font-size="{size}"'
    return f"<text {place}{squeezed}{more}>{escape(text)}</text>"


def arrow_head(colour: str) -> str:
    """Return the definition of the head that arrows refer to as ``#head``.

    Args:
        colour: of the head.

    Returns:
        The element.
    """
    return (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" '
        'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0.8 8 4 0 7.2 1.6 4z" fill="{colour}"/></marker></defs>'
    )
