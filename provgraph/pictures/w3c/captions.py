"""Places for the small texts of a drawing, so that no two overlap."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from provgraph.pictures.points import Point

_CELL = 64.0


class _Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Area") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Captions:
    """The areas that texts take, found again by the squares of a grid."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, int], list[_Area]] = {}

    def place(self, wished: Iterable[Point], width: float, height: float) -> Point | None:
        """Take the first free place for a text.

        Args:
            wished: middles where the text may go, the best one first.
            width: of the text, in the units of the drawing.
            height: of the text.

        Returns:
            The middle of the text, free of all other texts; None when no wished place is free.
        """
        for middle in wished:
            area = _Area(
                middle.x - width / 2,
                middle.y - height / 2,
                middle.x + width / 2,
                middle.y + height / 2,
            )
            squares = _squares(area)
            if not any(
                area.meets(other) for square in squares for other in self._taken.get(square, ())
            ):
                for square in squares:
                    self._taken.setdefault(square, []).append(area)
                return middle
        return None


def _squares(area: _Area) -> list[tuple[int, int]]:
    across = range(math.floor(area.left / _CELL), math.floor(area.right / _CELL) + 1)
    down = range(math.floor(area.top / _CELL), math.floor(area.bottom / _CELL) + 1)
    return [(x, y) for x in across for y in down]
