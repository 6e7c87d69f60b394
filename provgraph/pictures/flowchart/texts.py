"""The name of a box in lines, and as many of its facts as there is room for."""

import re
from collections.abc import Callable, Iterable, Sequence

from provgraph.pictures.text_width import ems, fitted

#: So many lines a name may take.
LINES = 3
#: Lines end behind a mark, but a dot belongs to the ending behind it: ``run1`` and ``.dl1.h5``.
_PARTS = re.compile(r"\.?[^-_./:* ]*[-_/:* ]?")


def lines_of(text: str, room: float) -> list[str]:
    """Break a name into lines; where it is longer than they are, its middle is cut out.

    Args:
        text: the name.
        room: how wide a line may be, in ems.

    Returns:
        At most `LINES` lines.
    """

    def fits(line: str) -> bool:
        return ems(line) <= room

    lines = _filled(_PARTS.findall(text), fits)
    if len(lines) <= LINES and all(map(fits, lines)):
        return lines
    lines = _filled(fitted(text, LINES * (room - 1)), fits)
    return [*lines[: LINES - 1], "".join(lines[LINES - 1 :])]


def _filled(parts: Iterable[str], fits: Callable[[str], bool]) -> list[str]:
    """Lines, each of as many of the parts as fit."""
    lines = [""]
    for part in parts:
        if fits(lines[-1] + part):
            lines[-1] += part
        else:
            lines.append(part)
    return [line for line in lines if line]


def as_fitting(facts: Sequence[str], room: float) -> str:
    """Join as many of some facts, from the first, as there is room for.

    Args:
        facts: the facts.
        room: how wide the line may be, in ems.

    Returns:
        The line; a fact that is too long alone loses its middle.
    """
    kept = list(facts)
    while len(kept) > 1 and ems(" · ".join(kept)) > room:
        kept.pop()
    return fitted(" · ".join(kept), room)
