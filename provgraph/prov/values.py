"""Values of attributes in PROV documents as provgraph keeps them, and back.

A store joins values by what they mean: of ``1`` and ``"1"`` only the number stays. A document means
what it writes. So a value that would get lost beside another one is kept as an object
``{"$": text, "type": URI, "lang": tag}`` (see `provgraph.model.attributes`), all others as plain
JSON. Values of attributes of provgraph's own, which no document defines, are *native*: they are
written as JSON types say, and read back as the same JSON.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from provgraph.model.attributes import (
    LANGUAGE,
    TEXT,
    TYPE,
    XSD_DOUBLE,
    may_equal_typed_value,
    union,
)
from provgraph.model.values import Value, Values, canonical_json, storable_text, storable_value
from provgraph.prov.statements import (
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    XSD,
    Literal,
    Pair,
)

T = TypeVar("T")
_TYPE_URI = PROV + "type"

STRING, BOOLEAN, DOUBLE = XSD + "string", XSD + "boolean", XSD_DOUBLE
INT, LONG, INTEGER = XSD + "int", XSD + "long", XSD + "integer"
DATE_TIME, ANY_URI, QNAME = XSD + "dateTime", XSD + "anyURI", XSD + "QName"
#: The type of a value that only JSON can say: a list, an object, null.
JSON_TYPE = "urn:provgraph:type:json"
#: The type of a qualified name whose prefix the document does not declare.
UNRESOLVED_NAME = "urn:provgraph:type:unresolvedName"
_BOOLEANS = {"true": True, "false": False}
_SMALL_INTEGER = re.compile("0|[1-9][0-9]{0,8}")
_INTEGERS = frozenset({INT, LONG, INTEGER})
#: Datatype → what reads the text of a native value; the inverse of `native_literal`.
_NATIVE_READERS: dict[str, Callable[[str], Value]] = {
    BOOLEAN: _BOOLEANS.__getitem__,
    DOUBLE: float,
    JSON_TYPE: lambda text: storable_value(json.loads(text)),
    **dict.fromkeys(_INTEGERS, int),
}
#: Python makes no integer of a text of more than 4,300 digits (sys.set_int_max_str_digits).
_LONGEST_INTEGER = 4000


def integer_type(value: int) -> str:
    """Find the datatype of an integer, as the prov package does.

    Args:
        value: the integer.

    Returns:
        The URI of xsd:int, xsd:long or xsd:integer: the smallest one that holds the value.
    """
    if -(2**31) <= value < 2**31:
        return INT
    return LONG if -(2**63) <= value < 2**63 else INTEGER


def double_text(value: float) -> str:
    """Write a float as an xsd:double (XML Schema 1.1 part 2, section 3.3.5).

    Args:
        value: the float.

    Returns:
        The lexical form, such as ``0.5``, ``INF`` or ``NaN``.
    """
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def stored_value(literal: Literal) -> Value:
    """Make the value that a store keeps of a document's literal.

    Args:
        literal: the value as the document writes it.

    Returns:
        Plain JSON where it says all that the literal says and no other value can equal it; else an
        object. Examples: the text ``x`` is ``"x"``; the text ``5`` is ``{"$": "5"}``, so that it
        stays beside the number 5; ``"5"^^xsd:int`` is ``5``.
    """
    text, datatype = literal.text, literal.type
    if literal.language is None:
        if datatype is None or datatype == STRING:
            return (
                storable_text(text)
                if not may_equal_typed_value(text)
                else {TEXT: storable_text(text)}
            )
        plain = _plain(text, datatype)
        if plain is not None:
            return plain
    stored: dict[str, Value] = {TEXT: storable_text(text)}
    if datatype is not None and (literal.language is None or datatype != INTERNATIONALIZED_STRING):
        stored[TYPE] = datatype
    if literal.language is not None:
        stored[LANGUAGE] = literal.language
    return stored


def _plain(text: str, datatype: str) -> Value:
    """The value as plain JSON, None where that would say less."""
    if datatype == INT and _SMALL_INTEGER.fullmatch(text):
        return int(text)
    if (
        datatype in _INTEGERS
        and len(text) < _LONGEST_INTEGER
        and text.lstrip("-").isdecimal()
        and text.isascii()
    ):
        number = int(text)
        return number if str(number) == text and integer_type(number) == datatype else None
    if datatype == BOOLEAN:
        return _BOOLEANS.get(text)
    if datatype == DOUBLE:
        return _fraction(text)
    return None


def _fraction(text: str) -> float | None:
    """A double that no integer equals, when its text is the usual one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return (
        number
        if math.isfinite(number) and not number.is_integer() and repr(number) == text
        else None
    )


def literal_of(value: Value) -> Literal:
    """Write a stored value as a literal; this undoes `stored_value`.

    Args:
        value: what `stored_value` made.

    Returns:
        The literal.
    """
    if isinstance(value, Mapping) and isinstance(value.get(TEXT), str):
        datatype, language = value.get(TYPE), value.get(LANGUAGE)
        return Literal(str(value[TEXT]), _text_or_none(datatype), _text_or_none(language))
    return native_literal(value)


def native_literal(value: Value) -> Literal:
    """Write a value of a native attribute as a literal.

    Args:
        value: the value.

    Returns:
        The literal; a list, an object or null is one of type `JSON_TYPE`.
    """
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, bool):
        return Literal("true" if value else "false", BOOLEAN)
    if isinstance(value, int):
        return Literal(str(value), integer_type(value))
    if isinstance(value, float):
        return Literal(double_text(value), DOUBLE)
    return Literal(canonical_json(value), JSON_TYPE)


def native_value(literal: Literal) -> Value:
    """Read a value of a native attribute; this undoes `native_literal`.

    Args:
        literal: the value as the document writes it.

    Returns:
        The value; of a literal that `native_literal` can't have made, its `stored_value`.
    """
    if literal.language is None:
        if literal.type is None or literal.type == STRING:
            return storable_text(literal.text)
        try:
            return _NATIVE_READERS[literal.type](literal.text)
        except (KeyError, ValueError, RecursionError):
            pass  # no value of provgraph's own
    return stored_value(literal)


def join_values(values: Iterable[Value]) -> Values:
    """Put several values of one attribute in their fixed order.

    Args:
        values: the values.

    Returns:
        Their `union`.
    """
    listed = tuple(values)
    return listed if len(listed) < 2 else union(listed)


def _text_or_none(value: Value) -> str | None:
    """The value if it is a text, else None."""
    return value if isinstance(value, str) else None


def class_in(pairs: Iterable[Pair], classes: Mapping[str, T]) -> T | None:
    """Find what follows from the types that a statement gives its record.

    Args:
        pairs: the attributes of the statement.
        classes: URI of a ``prov:type`` → what follows from it.

    Returns:
        what follows from the first type that is among the classes; None without any.
    """
    for uri, literal in pairs:
        if uri == _TYPE_URI and literal.type == QUALIFIED_NAME and literal.text in classes:
            return classes[literal.text]
    return None


def types_of(attributes: Mapping[str, Values]) -> Iterator[str]:
    """Read which types a record is said to have (PROV-DM, section 5.7.2.4).

    Args:
        attributes: of the record, as a store keeps them.

    Yields:
        the URI of each ``prov:type`` that is a qualified name, as
        ``http://www.w3.org/ns/prov#Plan``.
    """
    for value in attributes.get("prov:type", ()):
        if isinstance(value, Mapping) and value.get(TYPE) == QUALIFIED_NAME:
            yield str(value[TEXT])
