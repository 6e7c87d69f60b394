"""What a person reads of a record: visible names, times, durations."""

import unicodedata

from provgraph.model.lineage import Node
from provgraph.model.times import seconds_between
from provgraph.model.vocabulary import Kind

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""Return a text with every character visible.

    What a screen obeys instead of showing it (a newline, ESC, a bidirectional control) is written
    as an escape, such as ``\n``.

    Args:
        text: any text.

    Returns:
        The text; the same object when nothing had to be escaped.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(char) if _is_unseen(char) else char for char in text)


def shortened(text: str, limit: int) -> str:
    """Return a text in at most so many characters.

    A longer text loses its middle, since names differ at their ends: ``run02…dl2.h5``.

    Args:
        text: any text.
        limit: the greatest length, in characters.

    Returns:
        The text, or its beginning and its end with an ellipsis between them.
    """
    if len(text) <= limit:
        return text
    tail = limit // 2
    return f"{text[: limit - tail - 1]}…{text[len(text) - tail :]}"


def readable(text: str, limit: int) -> str:
    """Return a text that is both visible and short; cheap for texts of any length.

    Args:
        text: any text.
        limit: the greatest length, in characters.

    Returns:
        The text after `visible` and `shortened`.
    """
    return shortened(visible(shortened(text, limit)), limit)


def display_name(node: Node) -> str:
    """Return what a person calls a record in running text.

    Args:
        node: the record.

    Returns:
        The path where an entity stands or last stood, else its id; the name of any other record.
    """
    if node.kind is not Kind.ENTITY:
        return node.label
    if node.location or node.locations:
        return node.location or node.locations[-1]
    return node.id if is_known_by_path(node) else node.label


def is_known_by_path(node: Node) -> bool:
    """Tell whether an entity has no identifier of its own, only a path.

    Args:
        node: the record.

    Returns:
        True for ids such as ``file:/data/x`` and ``file:/data/x@RUN`` (docs/contract.md, rule 6).
    """
    return node.kind is Kind.ENTITY and node.id.startswith("file:")


def time_text(time: str) -> str:
    """Return a time to the second, such as ``2026-11-21 08:29:38``.

    Args:
        time: an ISO 8601 time in UTC.

    Returns:
        The time in UTC, without its zone.
    """
    return visible(time[:19].replace("T", " "))


def duration_text(start: str, end: str) -> str:
    """Return a duration in the two greatest units that matter, such as ``2 min 05 s``.

    Args:
        start: an ISO 8601 time in UTC.
        end: another one.

    Returns:
        The time from start to end; with a minus sign when the end comes first.
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
