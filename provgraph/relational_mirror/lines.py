r"""Rows as lines of COPY's text format (PostgreSQL manual, COPY, Text Format).

Example:
    >>> copy_line(["a\tb", None, 3])
    'a\\tb\t\\N\t3\n'
"""

import re
from collections.abc import Sequence

_NEEDS_ESCAPE = re.compile("[\\\\\t\n\r\b\f\v]")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)
_ESCAPED = re.compile(r"\\(.)")
_MEANS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def copy_line(values: Sequence[str | int | None]) -> str:
    """Write a row as a line, just as COPY TO writes it.

    Args:
        values: the cells.

    Returns:
        The line with its end.
    """
    cells = [
        "\\N" if value is None else value if value.__class__ is str else str(value)
        for value in values
    ]
    # One look at the whole row; no text holds the character that stands between them.
    if _NEEDS_ESCAPE.search("\0".join([value for value in values if value.__class__ is str])):
        cells = [
            value.translate(_ESCAPES) if isinstance(value, str) else cell
            for value, cell in zip(values, cells, strict=True)
        ]
    return "\t".join(cells) + "\n"


def cells_of(line: str) -> list[str | None]:
    """Read a line that COPY or `copy_line` wrote.

    Args:
        line: with or without its end.

    Returns:
        The cells as texts; None for NULL.
    """
    return [_cell(text) for text in line.removesuffix("\n").split("\t")]


def _cell(text: str) -> str | None:
    if text == "\\N":
        return None
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: _MEANS.get(found[1], found[1]), text)
