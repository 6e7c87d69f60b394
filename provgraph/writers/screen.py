"""Lines for a terminal, fitted to its width and coloured; for a pipe they are whole and plain."""

import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from provgraph.model.identifiers import local_name
from provgraph.model.values import shortened

#: To so many columns a name is shortened before other parts of its line are left out.
_COMFORTABLE = 28
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHORT_ID = 8


class Style(StrEnum):
    """How a part of a line looks where there are colours: a code of ECMA-48, section 8.3.117."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    BAD = "1;31"
    LEVEL = "36"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line.

    Attributes:
        text: what it says; an empty part is no part.
        least: to how many columns it may be shortened, in its middle; None for not at all.
        rank: on a narrow terminal parts of the greatest rank are left out first; 0 for never.
        style: how it looks.
        gap: what stands between it and the part before.
    """

    text: str
    least: int | None = None
    rank: int = 0
    style: Style = Style.PLAIN
    gap: str = "  "

    @property
    def columns(self) -> int:
        """How wide it is, with its gap."""
        return columns(self.gap) + columns(self.text)


@dataclass(frozen=True, slots=True)
class Screen:
    """Where lines go.

    Attributes:
        width: how many columns a line may have; None for any number, as in a pipe.
        has_colours: whether it shows colours.
    """

    width: int | None = None
    has_colours: bool = False

    def line(self, parts: Iterable[Part]) -> str:
        """Put the parts of a line together.

        Args:
            parts: from left to right; the gap of the first is written, too.

        Returns:
            The line, not wider than the screen.
        """
        shown = [each for each in parts if each.text]
        if self.width is not None:
            shown = _fitted(shown, self.width)
        return "".join(each.gap + self._styled(each) for each in shown)

    def wrapped(self, text: str, indent: str = "") -> list[str]:
        """Break a line that is too wide.

        Args:
            text: the line.
            indent: what further lines begin with.

        Returns:
            The lines.
        """
        if self.width is None or columns(text) <= self.width:
            return [text]
        # A wide character takes two columns: where there are some, half as many fit for sure.
        width = self.width if columns(text) == len(text) else self.width // 2
        return textwrap.wrap(
            text,
            max(width, len(indent) + 2),
            subsequent_indent=indent,
            break_on_hyphens=False,
            drop_whitespace=True,
        )

    def _styled(self, part: Part) -> str:
        if not self.has_colours or part.style is Style.PLAIN:
            return part.text
        return f"\x1b[{part.style}m{part.text}\x1b[0m"


#: Where nothing is shortened and nothing coloured: a pipe or a file.
PLAIN = Screen()


def columns(text: str) -> int:
    """Count the columns that a text takes on a terminal.

    Args:
        text: without control characters.

    Returns:
        Two for each wide character (Unicode Standard Annex 11), none for a combining mark.
    """
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _fitted(parts: list[Part], width: int) -> list[Part]:
    """The parts within a width: names lose their middle, what matters least is left out."""
    shrunk = _shrunk(parts, width, _COMFORTABLE)
    for rank in sorted({each.rank for each in parts} - {0}, reverse=True):
        if _total(shrunk) > width:
            parts = [each for each in parts if each.rank != rank]
            shrunk = _shrunk(parts, width, _COMFORTABLE)
    return list(_cut(_shrunk(shrunk, width, 0), width))


def _shrunk(parts: Sequence[Part], width: int, floor: int) -> list[Part]:
    """The parts with the longest of them shortened until all fit, or none can be shortened."""
    found = list(parts)
    over = _total(found) - width
    by_length = sorted(range(len(found)), key=lambda index: -found[index].columns)
    for index in by_length:
        part = found[index]
        if over > 0 and part.least is not None:
            has = columns(part.text)
            room = min(has, max(part.least, floor, has - over))
            found[index] = replace(part, text=_within(part.text, room))
            over -= has - columns(found[index].text)
    return found


def _cut(parts: Iterable[Part], width: int) -> Iterator[Part]:
    """The parts up to a width; the last of them ends in an ellipsis when something is cut off."""
    room = width
    for part in parts:
        if part.columns > room:
            rest = room - columns(part.gap)
            if rest > 0:
                yield replace(part, text=_beginning(part.text, rest - 1) + "…")
            return
        yield part
        room -= part.columns


def _total(parts: Iterable[Part]) -> int:
    return sum(each.columns for each in parts)


def _within(text: str, room: int) -> str:
    """A text in so many columns, without its middle when it is too long.

    A path keeps its last part where that has room, since this part tells files apart.
    """
    if columns(text) <= room:
        return text
    end = "".join(text.rpartition("/")[1:])
    if end.startswith("/") and columns(end) < room:
        return f"{_beginning(text, room - columns(end) - 1)}…{end}"
    limit = room
    while columns(found := shortened(text, limit)) > room and limit > 1:
        limit -= 1
    return found


def _beginning(text: str, room: int) -> str:
    while columns(text) > room:
        text = text[: min(len(text) - 1, room)]
    return text


def short_ids(ids: Mapping[bytes, str]) -> dict[bytes, str]:
    """Shorten ids so that they still name their records within one answer.

    A UUID is shortened to its beginning, with 8 characters or more, a URI to its last part. Both
    can be asked for.

    Args:
        ids: key of a record → its id.

    Returns:
        Key → the short id; an id of another form as it is.
    """
    beginnings = Counter(each[:_SHORT_ID] for each in ids.values())
    ends = Counter(local_name(each) for each in ids.values())
    return {key: _short_id(each, beginnings, ends) for key, each in ids.items()}


def _short_id(identifier: str, beginnings: Counter[str], ends: Counter[str]) -> str:
    if _UUID.fullmatch(identifier):
        return identifier[:_SHORT_ID] if beginnings[identifier[:_SHORT_ID]] == 1 else identifier
    end = local_name(identifier)
    return end if "://" in identifier and end and ends[end] == 1 else identifier
