"""What a person reads of a record: names that show every character, times, durations."""

import unicodedata

from provgraph.model.lineage import Node
from provgraph.model.times import seconds_between
from provgraph.model.vocabulary import Kind

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with what a screen obeys instead of showing (newlines, ESC, bidi controls) written
    as escapes.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(char) if _is_unseen(char) else char for char in text)


def shortened(text: str, limit: int) -> str:
    """The text in at most so many characters.

    A longer one loses its middle, since names differ at their ends.
    """
    if len(text) <= limit:
        return text
    tail = limit // 2
    return f"{text[: limit - tail - 1]}…{text[len(text) - tail :]}"


def readable(text: str, limit: int) -> str:
    """The text with every character visible, in at most so many characters.

    Cheap for texts of any length.
    """
    return shortened(visible(shortened(text, limit)), limit)


def place(node: Node) -> str:
    """Where an entity is or last was, else its id; the name of any other record."""
    if node.kind is not Kind.ENTITY:
        return node.label
    if node.location or node.locations:
        return node.location or node.locations[-1]
    return node.id if is_known_by_path(node) else node.label


def is_known_by_path(node: Node) -> bool:
    """Whether the entity has no identifier of its own, only a path (CONTRACT section 2 rule 6)."""
    return node.kind is Kind.ENTITY and node.id.startswith("file:")


def moment(time: str) -> str:
    """The time to the second, in UTC as all times are: ``2026-11-21 08:29:38``."""
    return visible(time[:19].replace("T", " "))


def lasted(start: str, end: str) -> str:
    """How long from one time to the other, in the two greatest units that matter.

    Negative when the end comes first.
    """
    seconds = seconds_between(start.rstrip("Z"), end.rstrip("Z"))
    return f"-{_span(-seconds)}" if seconds < 0 else _span(seconds)


def _span(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or _is_noncharacter(ord(char))


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return _SHORT.get(char, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def ems(text: str) -> float:
    """How wide the text is in Helvetica, in units of its size; roughly, for other scripts."""
    return sum(_em(char) for char in text)


def fitted(text: str, most: float) -> str:
    """The text no wider than so many ems, by leaving out of its middle."""
    length = len(text)
    while ems(text) > most and length > 1:
        length = max(1, min(length - 1, int(length * most / ems(text))))
        text = shortened(text, length)
    return text


_WIDTHS = {
    char: width
    for chars, width in (
        ("ijl'", 0.222),
        ("ft.,:;!/\\| []I", 0.278),
        ("-r()`", 0.334),
        ("cksvxyzJ", 0.5),
        ("FTZ", 0.611),
        ("ABEKPSVXY&", 0.667),
        ("wCDHNRU", 0.722),
        ("GOQ", 0.778),
        ("mM", 0.833),
        ("%W@…", 1.0),
    )
    for char in chars
}


def _em(char: str) -> float:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.combining(char):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.556
