"""Attribute values.

What several sources say of one thing, joined so that the order of saying never matters.

An attribute holds a *set* of values. Joining is a union in which a text that equals a typed value
gives way to it (CONTRACT section 2 rule 9: "equal as text or number agrees, the typed value
stays").
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from json import encoder
from typing import Any, TypeAlias, Union

#: What JSON can say.
Value: TypeAlias = Union[str, int, float, bool, Sequence["Value"], Mapping[str, "Value"], None]  # noqa: UP007 - it names itself
#: One attribute's values in their fixed order; never empty.
Values: TypeAlias = tuple[Value, ...]
Attributes: TypeAlias = Mapping[str, Values]

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
#: What its `encode` makes anew for each value, which takes longer than most values take.
_chunks = encoder.c_make_encoder(  # type: ignore[attr-defined]
    None,
    _ENCODER.default,
    encoder.encode_basestring,
    None,
    ":",
    ",",
    _ENCODER.sort_keys,
    False,
    True,
)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf(?:inity)?|nan)",
    re.ASCII | re.IGNORECASE,
)
#: The words that say a typed value.
_WORDS = frozenset({"true", "false", "null", "nan", "inf", "infinity"})
_SUSPICIOUS = frozenset("+-.0123456789{[nNiItTfF")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SHOWN = {code: f"\\u{code:04x}" for code in (0, *range(0xD800, 0xE000))}
#: How many levels an activity's record may have.
MAX_NESTING = 100
#: Python makes no integer of a longer text.
_LONGEST_INTEGER = 4000


def canonical_json(value: object) -> str:
    """The value as JSON with sorted keys and no spaces.

    Non-finite numbers as ``NaN`` and ``Infinity``.
    """
    return "".join(_chunks(value, 0))


def fingerprint(*parts: object) -> bytes:
    """16 bytes that stand for the parts: the same in every process and store."""
    return hashlib.blake2b(canonical_json(parts).encode(), digest_size=16).digest()


def join_attributes(left: Attributes, right: Attributes) -> dict[str, Values]:
    """What two sources say together, attribute by attribute."""
    both = dict(left)
    for name, values in right.items():
        mine = both.get(name)
        both[name] = values if mine is None or _same(mine, values) else union((*mine, *values))
    return both


def _same(mine: Values, values: Values) -> bool:
    # A text equals nothing but the same text; of other values Python's equality knows no types.
    texts = type(mine[0]) is str and len(mine) == 1
    return mine == values if texts else canonical_json(mine) == canonical_json(values)


def union(values: Iterable[Value]) -> Values:
    """The distinct values in their fixed order.

    Texts that a typed value among them equals are left out.
    """
    distinct = {canonical_json(value): value for value in _without_equal_floats(values)}
    spoken = {
        said for value in distinct.values() if not isinstance(value, str) for said in _spoken(value)
    }
    return tuple(
        distinct[text]
        for text in sorted(distinct)
        if not (isinstance(distinct[text], str) and _heard(str(distinct[text])) & spoken)
    )


def value_or_list(values: Values) -> Value:
    """The attribute as answers show it: its value, or the list of them when sources differ."""
    return values[0] if len(values) == 1 else list(values)


def values_or_lists(attributes: Attributes) -> dict[str, Value]:
    """All attributes as answers show them."""
    return {name: value_or_list(values) for name, values in attributes.items()}


def json_safe(value: Value) -> Value:
    """The value for strict JSON, which knows no NaN and no Infinity: those become text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key: json_safe(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [json_safe(item) for item in value]
    return value


def storable_text(text: str) -> str:
    r"""The text with U+0000 and lone surrogates, which PostgreSQL and UTF-8 can't hold, as
    ``\uXXXX``.
    """
    if (text.isascii() and "\x00" not in text) or not _UNSTORABLE.search(text):
        return text
    return text.translate(_SHOWN)


def storable_value(value: Value) -> Value:
    """The value with every text in it made storable."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, Mapping):
        return {storable_text(str(key)): storable_value(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [storable_value(item) for item in value]
    return value


def key_count(value: dict[str, Any]) -> int | None:
    """How many keys a decoded object and the objects in it have together.

    Returns:
        None when they are nested deeper than anything that a run says of itself.
    """
    layer: list[Any] = [value]
    keys = 0
    for _ in range(MAX_NESTING):
        dicts = [each for each in layer if type(each) is dict]
        lists = (each for each in layer if type(each) is list)
        keys += sum(map(len, dicts))
        items = chain.from_iterable(chain(map(dict.values, dicts), lists))
        layer = [item for item in items if type(item) is dict or type(item) is list]
        if not layer:
            return keys
    return None


def is_plain_text(text: str) -> bool:
    """Whether one look shows that a text is storable, and says no typed value."""
    return text[:1] not in _SUSPICIOUS and text.isascii() and "\x00" not in text


def may_equal_typed_value(text: str) -> bool:
    """Whether `union` would let this text give way to some value that is no text."""
    if text[:1] not in _SUSPICIOUS:
        return False
    if text.isalpha():
        return text.lower() in _WORDS
    return text[:1] in ("{", "[") or _NUMBER.fullmatch(text) is not None


def _spoken(value: Value) -> set[str]:
    """The texts that say this typed value."""
    if isinstance(value, bool):
        return {f"bool {value}".lower()}
    if isinstance(value, int | float):
        return {f"number {_number(value)}"}
    return {f"json {canonical_json(value)}"}


def _heard(text: str) -> set[str]:
    """The typed values that this text may say."""
    heard = {f"json {text}"}
    if text.lower() in ("true", "false"):
        heard.add(f"bool {text.lower()}")
    if _NUMBER.fullmatch(text):
        whole = _WHOLE.fullmatch(text) and len(text) < _LONGEST_INTEGER
        heard.add(f"number {_number(int(text) if whole else float(text))}")
    return heard


def _without_equal_floats(values: Iterable[Value]) -> list[Value]:
    """Of an integer and an equal float only the integer."""
    listed = list(values)
    whole = {value for value in listed if isinstance(value, int) and not isinstance(value, bool)}
    return [value for value in listed if not (isinstance(value, float) and value in whole)]


def _number(value: float) -> str:
    """One text for equal numbers; whole numbers keep all their digits."""
    if isinstance(value, float) and value.is_integer() and math.isfinite(value):
        return str(int(value))
    return repr(value)


def attributes_of(values: Mapping[str, Any]) -> dict[str, Values]:
    """Turn plain values into attributes.

    Args:
        values: name → value, as a source has it. None says nothing.

    Returns:
        Name → a set of that one value; no name whose value is None.
    """
    return {str(name): (value,) for name, value in values.items() if value is not None}
