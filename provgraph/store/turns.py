"""Turns.

What the last transactions touched, so that who decided meanwhile can see whether that still holds.
"""

from collections.abc import Collection, Sequence

#: How many turns are kept, and how many marks of one: who took longer to decide has to decide
#: again.
KEPT_TURNS = 64
MOST_MARKS = 200_000
_MARK_BYTES = 8


class Touched:
    """Gathers the marks of one transaction."""

    def __init__(self) -> None:
        self._marks: set[bytes] = set()
        self._too_many = False

    def __bool__(self) -> bool:
        return bool(self._marks) or self._too_many

    def update(self, marks: Collection[bytes]) -> None:
        """Add marks; of very many nothing is kept but that they were."""
        self._too_many = self._too_many or len(self._marks) + len(marks) > MOST_MARKS
        if self._too_many:
            self._marks.clear()
        else:
            self._marks.update(marks)

    def packed(self) -> bytes | None:
        """The marks as a store keeps them; None when they were too many."""
        return None if self._too_many else b"".join(sorted(self._marks))


def marks_in(packed: Sequence[bytes | None]) -> frozenset[bytes] | None:
    """All marks of some turns; None when those of one are not known."""
    found: set[bytes] = set()
    for marks in packed:
        if marks is None:
            return None
        found.update(
            bytes(marks[at : at + _MARK_BYTES]) for at in range(0, len(marks), _MARK_BYTES)
        )
    return frozenset(found)
