"""Points of a drawing."""

from typing import NamedTuple


class Point(NamedTuple):
    """A point of the drawing."""

    x: float
    y: float
