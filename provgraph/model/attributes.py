"""Attributes of a record: how those of several sources are joined, and what people see of them.

An attribute holds a *set* of values, because sources may differ. Sets are joined so that the order
in which sources are read never matters. Joining is a union in which a text gives way to a typed
value that it equals: of ``"5"`` and ``5`` only the number stays (docs/contract.md, rule 9: "equal
as text or number agrees, the typed value stays").

A store keeps all that a source says. Some attributes are kept only so that a document can be
written again as it was. Other attributes hold more than a plain value. The forms in which such
things are kept are fixed here, and nowhere else:

- An attribute whose name starts with `HIDDEN` is for documents only. Example: ``prov.inBundle``,
  the bundle in which a PROV document makes a statement.
- An attribute whose name starts with `OPEN` holds relations of which the source names one end
  only. Example: ``open.used`` of a run: the run used something, the source does not say what.
- A value may be an object ``{"$": text, "type": URI, "lang": tag}``: a text with its datatype or
  its language, where plain JSON would say less. Example: ``{"$": "Tenerife", "lang": "es"}``.
- A value of an ``open.`` attribute that came from a PROV document is an object
  ``{"prov": {"places": …}, "open": "source" or "target", …}`` (see `is_open_relation`).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from provgraph.model.values import Attributes, Value, Values, canonical_json

#: The key in a product's header that lists its data levels.
HEADER_KEY = "CTA PRODUCT DATA LEVELS"
LEVEL_KEYS = (HEADER_KEY, "data.level")
_LEVEL = re.compile(r"\bDL(\d)(?!\d)", re.ASCII)

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(
    r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf(?:inity)?|nan)",
    re.ASCII | re.IGNORECASE,
)
#: The words that a typed value may be written as.
_WORDS = frozenset({"true", "false", "null", "nan", "inf", "infinity"})
#: What a text begins with that may equal a typed value.
_SUSPICIOUS = frozenset("+-.0123456789{[nNiItTfF")
#: Python makes no integer of a text of more than 4,300 digits (sys.set_int_max_str_digits).
_LONGEST_INTEGER = 4000

#: How the names of attributes begin that are there for documents only.
HIDDEN = "prov."
#: How the names of attributes begin that hold relations with an open end. The type of the relation
#: follows: ``open.used``.
OPEN = "open."
#: The keys of a value that is an object: its text, the URI of its datatype, its language tag.
TEXT, TYPE, LANGUAGE = "$", "type", "lang"
#: The datatype of floating-point numbers (XML Schema 1.1 part 2, 3.3.5).
XSD_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
#: The key, in a value that is a relation with an open end, of what the PROV document says.
OPEN_RELATION = "prov"


def is_hidden(name: str) -> bool:
    """Tell whether an attribute is there for documents only, and not for people.

    Args:
        name: the attribute's name, such as ``prov.inBundle``.

    Returns:
        True for the attributes that no answer shows.
    """
    return name.startswith(HIDDEN)


def is_open(name: str) -> bool:
    """Tell whether an attribute holds relations with an open end.

    Args:
        name: the attribute's name, such as ``open.used``.

    Returns:
        True for such an attribute.
    """
    return name.startswith(OPEN)


def is_open_relation(value: Value) -> bool:
    """Tell whether a value is a relation with an open end, as a PROV document states it.

    Args:
        value: one value of an attribute, as a store keeps it.

    Returns:
        True for an object with the key `OPEN_RELATION`.
    """
    return isinstance(value, Mapping) and OPEN_RELATION in value


def readable_attributes(attributes: Attributes) -> dict[str, Value]:
    """Choose what people see of a record's attributes.

    Args:
        attributes: all attributes of the record, as a store keeps them.

    Returns:
        Name → value for strict JSON, without the hidden attributes; several values as a list.
    """
    readable = {
        name: tuple(map(readable_value, values))
        for name, values in attributes.items()
        if not is_hidden(name)
    }
    return {name: json_safe(value) for name, value in values_or_lists(readable).items()}


def readable_value(value: Value) -> Value:
    """Write a value as people see it.

    Args:
        value: one value of an attribute, as a store keeps it.

    Returns:
        The text of an object that has nothing else (``{"$": "5"}`` → ``"5"``), the number of an
        object that is a double; a relation with an open end as one flat object; any other value
        unchanged.
    """
    if isinstance(value, Mapping):
        if TEXT in value:
            return _readable_text(value)
        if isinstance(relation := value.get(OPEN_RELATION), Mapping) and "open" in value:
            ends: Any = relation["places"]
            return {**ends, **{key: each for key, each in value.items() if key != OPEN_RELATION}}
    return value


def text_of(value: Value) -> str:
    """Write a value as one text.

    Args:
        value: one value of an attribute, as a store keeps it.

    Returns:
        The text in an object that has one, else the value as Python writes it.
    """
    return str(value[TEXT]) if isinstance(value, Mapping) and TEXT in value else str(value)


def _readable_text(value: Mapping[str, Any]) -> Value:
    """An object with a text as people see it."""
    if value.keys() == {TEXT}:
        return str(value[TEXT])
    if value.get(TYPE) == XSD_DOUBLE and LANGUAGE not in value:
        try:
            return float(value[TEXT])
        except ValueError:
            return value
    return value


def join_attributes(left: Attributes, right: Attributes) -> Attributes:
    """Join what two sources say of one thing, attribute by attribute.

    Args:
        left: what one source says.
        right: what another source says; the order of the two doesn't matter.

    Returns:
        Every attribute that either has, with the `union` of its values (docs/contract.md, rule 9);
        ``left`` itself where the other source says no more.
    """
    more = {
        name: values if (known := left.get(name)) is None else union((*known, *values))
        for name, values in right.items()
        if name not in left or not _same(left[name], values)
    }
    return {**left, **more} if more else left


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


def data_level(attributes: Attributes, roles: Iterable[str | None]) -> str | None:
    """Find the data level of a product (docs/contract.md, Vocabulary).

    Args:
        attributes: the product's attributes, perhaps with one of the `LEVEL_KEYS` of its header.
        roles: the roles in which runs read or wrote the product.

    Returns:
        ``DLn``: the highest in the header, else the highest among the roles; None without any.
    """
    stated = [str(value) for key in LEVEL_KEYS for value in attributes.get(key, ())]
    levels = _levels(stated) or _levels(role for role in roles if role)
    return f"DL{max(levels)}" if levels else None


def _levels(texts: Iterable[str]) -> list[str]:
    """The digits of all data levels in the texts."""
    return [level for text in texts for level in _LEVEL.findall(text.replace("_", " "))]


def text_size(values: Iterable[object]) -> int:
    """Estimate how much memory values take.

    Args:
        values: of attributes, with all that stands in them.

    Returns:
        Bytes: one a character, and some for each value.
    """
    size = 0
    for each in values:
        # Most attributes have one value, which is looked at here.
        value = each[0] if type(each) is tuple and len(each) == 1 else each
        kind = type(value)
        if kind is str:
            size += 50 + len(str(value))
        elif kind is tuple or kind is list:
            size += text_size(cast("Iterable[object]", value))
        else:
            size += 50 + (text_size(value.values()) if isinstance(value, dict) else 0)
    return size


#: Texts by the identity of their objects, which are kept so that no other object takes it.
_TEXTS: dict[int, tuple[Mapping[str, object], str]] = {}
#: A batch of logs has 4,000 texts and more, each of which is asked for three times.
_MOST_TEXTS, _LONGEST_TEXT = 1 << 13, 1 << 12


def kept_json(value: Mapping[str, object]) -> str:
    """Write an object as `canonical_json` does, once for the key, the row and the assertion.

    Args:
        value: that nobody changes any more, such as the attributes of a record.
    """
    known = _TEXTS.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    text = canonical_json(value)
    if len(_TEXTS) >= _MOST_TEXTS:
        _TEXTS.clear()
    if len(text) < _LONGEST_TEXT:
        _TEXTS[id(value)] = value, text
    return text
