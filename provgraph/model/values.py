"""Attribute values, and what several sources say of one thing.

An attribute holds a *set* of values, because sources may differ. Sets are joined so that the order
in which sources are read never matters. Joining is a union in which a text gives way to a typed
value that it equals: of ``"5"`` and ``5`` only the number stays (docs/contract.md, rule 9: "equal
as text or number agrees, the typed value stays").

Keys of stored records and the digest of a store are made from `canonical_json`. The function uses
the public part of Python's json module only; a test pins its results.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias, Union

#: What JSON can say.
Value: TypeAlias = Union[str, int, float, bool, Sequence["Value"], Mapping[str, "Value"], None]  # noqa: UP007 - it names itself
#: One attribute's values in their fixed order; never empty.
Values: TypeAlias = tuple[Value, ...]
#: Attribute name → its values.
Attributes: TypeAlias = Mapping[str, Values]

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf(?:inity)?|nan)",
    re.ASCII | re.IGNORECASE,
)
#: The words that a typed value may be written as.
_WORDS = frozenset({"true", "false", "null", "nan", "inf", "infinity"})
#: What a text begins with that may equal a typed value.
_SUSPICIOUS = frozenset("+-.0123456789{[nNiItTfF")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPES = {code: f"\\u{code:04x}" for code in (0, *range(0xD800, 0xE000))}
#: How many levels of objects and lists an activity's record may have.
MAX_NESTING = 100
#: Python makes no integer of a text of more than 4,300 digits (sys.set_int_max_str_digits).
_LONGEST_INTEGER = 4000


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


def fingerprint(*parts: object) -> bytes:
    """Make a key of parts, which is the same in every process and store.

    Args:
        parts: what the key stands for, in order; anything that `canonical_json` takes.

    Returns:
        16 bytes: the BLAKE2b hash of the parts as one JSON list.

    Raises:
        UnicodeEncodeError: a text among the parts holds a lone surrogate; see `storable_text`.
    """
    return hashlib.blake2b(_flat_json(parts).encode(), digest_size=16).digest()


def _flat_json(parts: tuple[object, ...]) -> str:
    """The `canonical_json` of a tuple, several times as fast where it holds mostly texts.

    The encoder writes a text at once, and prepares itself for a microsecond or more for all else.
    """
    return (
        "["
        + ",".join([_encode(part) if isinstance(part, str) else _part(part) for part in parts])
        + "]"
    )


def _part(part: object) -> str:
    """The `canonical_json` of a part of a key that is no text.

    None, tuples and empty dicts are the most frequent parts; the encoder is not needed for them.
    """
    if part is None:
        return "null"
    if type(part) is tuple:
        return _flat_json(part)
    return _encode(part) if part or type(part) is not dict else "{}"


def join_attributes(left: Attributes, right: Attributes) -> dict[str, Values]:
    """Join what two sources say of one thing, attribute by attribute.

    Args:
        left: what one source says.
        right: what another source says; the order of the two doesn't matter.

    Returns:
        Every attribute that either has, with the `union` of its values (docs/contract.md, rule 9).
    """
    both = dict(left)
    for name, values in right.items():
        known = both.get(name)
        both[name] = values if known is None or _same(known, values) else union((*known, *values))
    return both


def _same(left: Values, right: Values) -> bool:
    """Whether two sets of values are the same; ``1``, ``1.0`` and ``True`` are not.

    The first lines answer for the most frequent sets, which hold one value.
    """
    if len(left) == 1:
        kind = type(left[0])
        if kind is str:  # a text equals nothing but the same text
            return left == right
        if kind is int or kind is bool:
            return type(right[0]) is kind and left == right
    return canonical_json(left) == canonical_json(right)


def union(values: Iterable[Value]) -> Values:
    """Join values to a set in a fixed order (docs/contract.md, rule 9).

    Args:
        values: any values, in any order, with repetitions.

    Returns:
        The distinct values, sorted by their JSON. Left out are texts that a typed value among them
        equals, and floats that an integer among them equals.
        Example: ``["5", 5, 5.0, "x"]`` gives ``("x", 5)``.
    """
    distinct = {canonical_json(value): value for value in _without_equal_floats(values)}
    typed = {
        form
        for value in distinct.values()
        if not isinstance(value, str)
        for form in _forms_of_typed_value(value)
    }
    return tuple(
        distinct[text]
        for text in sorted(distinct)
        if not (isinstance(distinct[text], str) and _forms_of_text(str(distinct[text])) & typed)
    )


def value_or_list(values: Values) -> Value:
    """Write one attribute's values as answers show them.

    Args:
        values: the attribute's values.

    Returns:
        The value itself where there is one, the list of them where sources differ.
    """
    return values[0] if len(values) == 1 else list(values)


def values_or_lists(attributes: Attributes) -> dict[str, Value]:
    """Write all attributes as answers show them.

    Args:
        attributes: attribute name → its values.

    Returns:
        Attribute name → its value, or the list of its values (`value_or_list`).
    """
    return {name: value_or_list(values) for name, values in attributes.items()}


def json_safe(value: Value) -> Value:
    """Make a value fit for strict JSON, which has no NaN and no Infinity.

    Args:
        value: any value.

    Returns:
        The value with every non-finite number in it as a text: ``nan``, ``inf``, ``-inf``.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key: json_safe(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [json_safe(item) for item in value]
    return value


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
    if isinstance(value, Mapping):
        return {storable_text(str(key)): storable_value(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [storable_value(item) for item in value]
    return value


def key_count(value: dict[str, Any]) -> int | None:
    """Count the keys of a decoded JSON object and of all objects in it.

    Args:
        value: the object, made of dicts, lists and plain values.

    Returns:
        The number of keys altogether; None when the object is nested deeper than `MAX_NESTING`,
        which is deeper than anything that a run says of itself.
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
    """Tell at one glance that a text needs no care.

    Args:
        text: any text.

    Returns:
        True only for a text that is storable and equals no typed value. False means that a closer
        look is needed: `storable_text`, `may_equal_typed_value`.
    """
    return text[:1] not in _SUSPICIOUS and text.isascii() and "\x00" not in text


def may_equal_typed_value(text: str) -> bool:
    """Tell whether `union` would let a text give way to some value that is no text.

    Args:
        text: any text.

    Returns:
        True for texts such as ``5``, ``1e3``, ``true``, ``null`` and ``[1]``.
    """
    if text[:1] not in _SUSPICIOUS:
        return False
    if text.isalpha():
        return text.lower() in _WORDS
    return text[:1] in ("{", "[") or _NUMBER.fullmatch(text) is not None


def _forms_of_typed_value(value: Value) -> set[str]:
    """The forms in which a typed value can be compared with `_forms_of_text`.

    Example: ``5`` and ``5.0`` give ``{"number 5"}``, ``True`` gives ``{"bool true"}``.
    """
    if isinstance(value, bool):
        return {f"bool {value}".lower()}
    if isinstance(value, int | float):
        return {f"number {_number(value)}"}
    return {f"json {canonical_json(value)}"}


def _forms_of_text(text: str) -> set[str]:
    """The forms of all typed values that a text may equal.

    Example: ``"5.0"`` gives ``{"json 5.0", "number 5"}``.
    """
    forms = {f"json {text}"}
    if text.lower() in ("true", "false"):
        forms.add(f"bool {text.lower()}")
    if _NUMBER.fullmatch(text):
        whole = _WHOLE.fullmatch(text) and len(text) < _LONGEST_INTEGER
        forms.add(f"number {_number(int(text) if whole else float(text))}")
    return forms


def _without_equal_floats(values: Iterable[Value]) -> list[Value]:
    """All values, but of an integer and an equal float only the integer."""
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
