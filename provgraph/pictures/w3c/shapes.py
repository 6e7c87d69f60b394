"""The outlines of boxes.

Entities are ellipses, activities rectangles, agents pentagons; all others are notes with a
turned-down corner (W3C PROV Graph Layout Conventions).
"""

from provgraph.model.vocabulary import Kind
from provgraph.pictures.points import Point

WIDTH, AGENT_WIDTH, HEIGHT = 216.0, 150.0, 46.0
#: How high the roof of an agent's house is.
ROOF = 12.0
#: How much of a note's corner is turned down.
CORNER = 9.0
_ROUND, _HOUSE, _PLAIN = Kind.ENTITY, Kind.AGENT, Kind.ACTIVITY


def width(kind: Kind) -> float:
    """Return how wide a box is.

    Args:
        kind: of its records.

    Returns:
        The width, in the units of the drawing.
    """
    return AGENT_WIDTH if kind is _HOUSE else WIDTH


def outline(kind: Kind, middle: Point, paint: str) -> str:
    """Return the outline of a box as an SVG element.

    Args:
        kind: of its records.
        middle: of the box.
        paint: attributes of the element, such as ``fill``.

    Returns:
        The element.
    """
    x, y = middle
    across, high = width(kind) / 2, HEIGHT / 2
    if kind is _ROUND:
        return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{across}" ry="{high}" {paint}/>'
    if kind is _PLAIN:
        corner = f'x="{x - across:.1f}" y="{y - high:.1f}"'
        return f'<rect {corner} width="{2 * across}" height="{2 * high}" rx="3" {paint}/>'
    corners = [
        (-across, high),
        (-across, ROOF - high),
        (0, -high),
        (across, ROOF - high),
        (across, high),
    ]
    if kind is not _HOUSE:
        corners = [
            (-across, high),
            (-across, -high),
            (across - CORNER, -high),
            (across, CORNER - high),
            (across, high),
        ]
    points = " ".join(f"{x + right:.1f},{y + down:.1f}" for right, down in corners)
    return f'<polygon points="{points}" {paint} stroke-linejoin="round"/>'


def half_height(kind: Kind, right: float, side: int) -> float:
    """Return the distance from the middle of a box up or down to its outline.

    Args:
        kind: of its records.
        right: how far to the right of the middle.
        side: 1 for below, -1 for above.

    Returns:
        The distance, in the units of the drawing.
    """
    part = abs(right) / (width(kind) / 2)
    if kind is _ROUND:
        return _arc(part) * HEIGHT / 2
    return HEIGHT / 2 - (ROOF * part if kind is _HOUSE and side < 0 else 0)


def half_width(kind: Kind, down: float) -> float:
    """Return the distance from the middle of a box to the left or right to its outline.

    Args:
        kind: of its records.
        down: how far below the middle.

    Returns:
        The distance, in the units of the drawing.
    """
    half = width(kind) / 2
    if kind is _ROUND:
        return _arc(abs(down) / (HEIGHT / 2)) * half
    return half * min(1.0, (down + HEIGHT / 2) / ROOF) if kind is _HOUSE else half


def _arc(part: float) -> float:
    """How much of its greatest extent a circle has, at this part of its radius from the middle."""
    return float((1 - part**2) ** 0.5)
