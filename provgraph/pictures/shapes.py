"""The outlines of boxes.

An ellipse for entities, a rectangle for activities, a pentagon for agents, else a note.
"""

from provgraph.model.vocabulary import Kind
from provgraph.pictures.captions import Point

WIDTH, AGENT_WIDTH, HEIGHT = 216.0, 150.0, 46.0
#: How high the roof of an agent's house is.
ROOF = 12.0
#: How much of a note's corner is turned down.
CORNER = 9.0
_ROUND, _HOUSE, _PLAIN = Kind.ENTITY, Kind.AGENT, Kind.ACTIVITY


def width(kind: Kind) -> float:
    """How wide a box is."""
    return AGENT_WIDTH if kind is _HOUSE else WIDTH


def outline(kind: Kind, middle: Point, paint: str) -> str:
    """The box as an SVG element."""
    x, y = middle
    across, high = width(kind) / 2, HEIGHT / 2
    if kind is _ROUND:
        return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{across}" ry="{high}" {paint}/>'
    if kind is _PLAIN:
        return f'<rect x="{x - across:.1f}" y="{y - high:.1f}" width="{2 * across}" height="{2 * high}" rx="3" {paint}/>'
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
    """How far the outline is below (1) or above (-1) the middle of a box, so far to the right of
    it.
    """
    part = abs(right) / (width(kind) / 2)
    if kind is _ROUND:
        return _arc(part) * HEIGHT / 2
    return HEIGHT / 2 - (ROOF * part if kind is _HOUSE and side < 0 else 0)


def half_width(kind: Kind, down: float) -> float:
    """How far the outline is to the left or right of the middle of a box, so far below it."""
    half = width(kind) / 2
    if kind is _ROUND:
        return _arc(abs(down) / (HEIGHT / 2)) * half
    return half * min(1.0, (down + HEIGHT / 2) / ROOF) if kind is _HOUSE else half


def _arc(part: float) -> float:
    """How much of its greatest extent a circle has, at this part of its radius from the middle."""
    return float((1 - part**2) ** 0.5)
