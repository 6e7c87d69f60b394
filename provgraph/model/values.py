"""Plain values and the forms in which they are written: as keys, as times, for stores, for people.

Keys of stored records and the digest of a store are made from `canonical_json`. The function uses
the public part of Python's json module only; a test pins its results.

Inside provgraph a time is a text in one canonical form: ``2026-11-21T08:29:38.045``, in UTC with
its fraction of a second (docs/contract.md, Vocabulary). Answers show it with a ``Z`` at its end.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import Any, TypeAlias, Union

from provgraph.errors import LoadError

#: What JSON can say.
Value: TypeAlias = Union[str, int, float, bool, Sequence["Value"], Mapping[str, "Value"], None]  # noqa: UP007 - it names itself
#: One attribute's values in their fixed order; never empty.
Values: TypeAlias = tuple[Value, ...]
#: Attribute name → its values.
Attributes: TypeAlias = Mapping[str, Values]

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode
#: What `_encode` makes of a text, without its look at what the value is.
_quoted = json.encoder.encode_basestring
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPES = {code: f"\\u{code:04x}" for code in (0, *range(0xD800, 0xE000))}
#: How many levels of objects and lists an activity's record may have.
MAX_NESTING = 100


class SharedObject(dict[str, Any]):
    """An object that all stores can hold, and that is one instance in many records.

    What is made of it is found again by its identity, as `functools.lru_cache` does. So nobody may
    change it.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]


def canonical_json(value: object) -> str:
    r"""Write a value as JSON in the one form that equal values share.

    Args:
        value: anything that the json module can write; a tuple counts as a list.

    Returns:
        JSON with sorted keys, without spaces, with all characters as they are (``é``, not
        ``\u00e9``), and with non-finite numbers as ``NaN``, ``Infinity`` and ``-Infinity``.
        Example: ``{"b": (1, None), "a": 0.5}`` gives ``{"a":0.5,"b":[1,null]}``.

    Raises:
        TypeError: the json module can't write the value.
        RecursionError: the value is nested too deeply.
    """
    return _encode(value)


def fingerprint(*parts: object, further: str | None = None) -> bytes:
    """Make a key of parts, which is the same in every process and store.

    Args:
        parts: what the key stands for, in order; anything that `canonical_json` takes.
        further: more parts behind these, as `flat_json` wrote them before.

    Returns:
        16 bytes: the BLAKE2b hash of the parts as one JSON list.

    Raises:
        UnicodeEncodeError: a text among the parts holds a lone surrogate; see `storable_text`.
    """
    text = flat_json(parts)
    if further is not None:
        text = f"{text[:-1]},{further[1:]}"
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def flat_json(parts: tuple[object, ...]) -> str:
    """The `canonical_json` of a tuple, several times as fast where it holds mostly texts.

    Args:
        parts: anything that `canonical_json` takes.
    """
    quoted = [_quoted(part) if isinstance(part, str) else _part(part) for part in parts]
    return f"[{','.join(quoted)}]"


def _part(part: object) -> str:
    """The `canonical_json` of a part of a key that is no text; the encoder takes a microsecond."""
    if part is None:
        return "null"
    if type(part) is tuple:
        return flat_json(part)
    if type(part) is int:
        return str(part)
    return _encode(part) if part or type(part) is not dict else "{}"


def storable_text(text: str) -> str:
    r"""Make a text fit for every store.

    PostgreSQL can't hold U+0000, and UTF-8 can't hold lone surrogates.

    Args:
        text: any text.

    Returns:
        The text with these characters written as ``\uXXXX``; most texts unchanged.
    """
    if (text.isascii() and "\x00" not in text) or not _UNSTORABLE.search(text):
        return text
    return text.translate(_ESCAPES)


def storable_value(value: Value) -> Value:
    """Make a value fit for every store.

    Args:
        value: any value.

    Returns:
        The value with `storable_text` applied to every text in it, the keys of objects too; tuples
        become lists.
    """
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, SharedObject):
        return value
    if isinstance(value, Mapping):
        return {storable_text(str(key)): storable_value(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [storable_value(item) for item in value]
    return value


def key_count(value: dict[str, Any], levels: int = MAX_NESTING) -> int | None:
    """Count the keys of a decoded JSON object and of all objects in it.

    Args:
        value: the object, made of dicts, lists and plain values. A `SharedObject` in it counts as a
            plain value.
        levels: how deeply it may be nested; by default deeper than anything that a run says of
            itself.

    Returns:
        The number of keys altogether; None when the object is nested more deeply.
    """
    layer: list[Any] = [value]
    keys = 0
    for _ in range(levels):
        dicts = [each for each in layer if type(each) is dict]
        lists = (each for each in layer if type(each) is list)
        keys += sum(map(len, dicts))
        items = chain.from_iterable(chain(map(dict.values, dicts), lists))
        layer = [item for item in items if type(item) is dict or type(item) is list]
        if not layer:
            return keys
    return None


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(Z|z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def utc(text: str) -> str:
    """Write a time in the canonical form.

    Args:
        text: a date, or a date and time, as ISO 8601 has it, with or without a zone. A time without
            a zone is read as UTC. A leap second is read as the next second.

    Returns:
        The time in UTC, such as ``2026-11-21T08:29:38.045``. The fraction has 3, 6 or 9 digits, as
        few as hold it; further digits are cut. So equal times are equal texts, and the order of
        the texts is the order of the times.

    Raises:
        LoadError: the text is no ISO 8601 date and time.
    """
    if (usual := _usual(text)) is not None:
        return usual
    parts = _ISO.fullmatch(text.strip())
    if parts is None:
        raise LoadError(f"{text[:60]!r} is no ISO 8601 time")
    year, month, day, hour, minute, second, fraction, zone = parts.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=_zone(zone)
        )
        moment = (moment + timedelta(seconds=_seconds(second))).astimezone(UTC)
        if hour is None and zone is not None and len(zone) == 3:
            raise ValueError("a zone of hours follows a time, not a date")
    except (ValueError, OverflowError) as error:
        raise LoadError(f"{text[:60]!r} is no possible time: {error}") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + _fraction(fraction)


def _usual(text: str) -> str | None:
    """The canonical time of a text in a usual form, without a regular expression; else None.

    Usual are ``2026-11-21T08:29:38``, ``….045`` and ``….045123``, with or without ``Z``.
    """
    whole = text.removesuffix("Z")
    is_usual = len(whole) in (19, 23, 26) and whole[4:20:3] in ("--T::", "--T::.")
    if not is_usual or not (whole[20:] or "0").isdecimal():
        return None
    try:
        datetime.fromisoformat(whole)
    except ValueError:
        return None
    return f"{whole[:19]}.{_fraction(whole[20:])}"


def with_zone(time: str | None) -> str | None:
    """Write a canonical time as answers show it.

    Args:
        time: a canonical time, or None.

    Returns:
        The time with a ``Z`` at its end, which says that the time is in UTC; None for None.
    """
    return None if time is None else time + "Z"


def seconds_between(start: str, end: str) -> float:
    """Measure the time between two canonical times.

    Args:
        start: the earlier time.
        end: the later time.

    Returns:
        Seconds, exact to a microsecond; negative when ``end`` is before ``start``.
    """
    return (datetime.fromisoformat(end[:26]) - datetime.fromisoformat(start[:26])).total_seconds()


def _seconds(second: str | None) -> int:
    """The seconds of a minute; 60 is a leap second, which `datetime` does not know."""
    value = int(second or 0)
    if value > 60:
        raise ValueError("second must be in 0..60")
    return value


def _zone(zone: str | None) -> timezone:
    """The time zone that a text such as ``+02:00``, ``+02`` or ``Z`` means; UTC for None."""
    if zone is None or zone in "Zz":
        return UTC
    sign = -1 if zone[0] == "-" else 1
    minutes = int(zone[-2:]) if len(zone) > 3 else 0
    return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=minutes))


def _fraction(digits: str | None) -> str:
    """The digits of a fraction of a second, as 3, 6 or 9 digits."""
    shortest = (digits or "")[:9].rstrip("0")
    size = 3 if len(shortest) <= 3 else 6 if len(shortest) <= 6 else 9
    return shortest.ljust(size, "0")


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


def time_text(time: str) -> str:
    """Return a time to the second, such as ``2026-11-21 08:29:38``.

    Args:
        time: an ISO 8601 time in UTC.

    Returns:
        The time in UTC, without its zone.
    """
    return visible(time[:19].replace("T", " "))


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 run``, ``2 runs`` or ``3 activities``.

    Args:
        number: how many.
        noun: what, in the singular.

    Returns:
        The number and the noun.
    """
    if number == 1:
        return f"1 {noun}"
    ends_in_y = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{number} {noun[:-1]}ies" if ends_in_y else f"{number} {noun}s"


def duration_text(start: str, end: str) -> str:
    """Return a duration in the two greatest units that matter, such as ``2 min 05 s``.

    Args:
        start: an ISO 8601 time in UTC.
        end: another one.

    Returns:
        The time from start to end; with a minus sign when the end comes first.
    """
    seconds = seconds_between(start.rstrip("Z"), end.rstrip("Z"))
    return f"-{span_text(-seconds)}" if seconds < 0 else span_text(seconds)


def span_text(seconds: float) -> str:
    """Return a number of seconds in the two greatest units that matter, such as ``2 min 05 s``.

    Args:
        seconds: how many; 0 or more.
    """
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
