"""Values of PROV attributes as provgraph keeps them, and back.

A store joins values by what they mean: of ``1`` and ``"1"`` only the number stays. A document means
what it writes, so a value that would get lost beside another one is kept as an object ``{"$": text,
"type": URI, "lang": tag}``; all others as plain JSON.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping

from provgraph.model.attributes import LANGUAGE, TEXT, TYPE, XSD_DOUBLE
from provgraph.model.values import (
    Value,
    Values,
    canonical_json,
    may_equal_typed_value,
    storable_text,
    storable_value,
    union,
)
from provgraph.prov.statements import INTERNATIONALIZED_STRING, XSD, Literal

STRING, BOOLEAN, DOUBLE = XSD + "string", XSD + "boolean", XSD_DOUBLE
INT, LONG, INTEGER = XSD + "int", XSD + "long", XSD + "integer"
DATE_TIME, ANY_URI, QNAME = XSD + "dateTime", XSD + "anyURI", XSD + "QName"
#: The type of a value that only JSON can say: a list, an object, null.
JSON_TYPE = "urn:provgraph:type:json"
#: The type of a qualified name whose prefix nobody declared, where a document gives it PROV's own
#: type of names.
UNRESOLVED_NAME = "urn:provgraph:type:unresolvedName"
_BOOLEANS = {"true": True, "false": False}
_SMALL_INTEGER = re.compile("0|[1-9][0-9]{0,8}")
_INTEGERS = frozenset({INT, LONG, INTEGER})
_NATIVE: dict[str, Callable[[str], Value]] = {
    BOOLEAN: _BOOLEANS.__getitem__,
    DOUBLE: float,
    JSON_TYPE: lambda text: storable_value(json.loads(text)),
    **dict.fromkeys(_INTEGERS, int),
}
#: Python makes no integer of a longer text.
_LONGEST_INTEGER = 4000


def integer_type(value: int) -> str:
    """The smallest of XML Schema's integers that holds the value, as the prov package has it."""
    if -(2**31) <= value < 2**31:
        return INT
    return LONG if -(2**63) <= value < 2**63 else INTEGER


def double_text(value: float) -> str:
    """The lexical form of an xsd:double (XML Schema 1.1 part 2, 3.3.5)."""
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def stored_value(literal: Literal) -> Value:
    """A document's value as a store keeps it, so that it stays what it is beside any other one."""
    text, kind = literal.text, literal.type
    if literal.language is None:
        if kind is None or kind == STRING:
            return (
                storable_text(text)
                if not may_equal_typed_value(text)
                else {TEXT: storable_text(text)}
            )
        plain = _plain(text, kind)
        if plain is not None:
            return plain
    said: dict[str, Value] = {TEXT: storable_text(text)}
    if kind is not None and (literal.language is None or kind != INTERNATIONALIZED_STRING):
        said[TYPE] = kind
    if literal.language is not None:
        said[LANGUAGE] = literal.language
    return said


def _plain(text: str, kind: str) -> Value:
    """The value as plain JSON, None where that would say less."""
    if kind == INT and _SMALL_INTEGER.fullmatch(text):
        return int(text)
    if (
        kind in _INTEGERS
        and len(text) < _LONGEST_INTEGER
        and text.lstrip("-").isdecimal()
        and text.isascii()
    ):
        number = int(text)
        return number if str(number) == text and integer_type(number) == kind else None
    if kind == BOOLEAN:
        return _BOOLEANS.get(text)
    if kind == DOUBLE:
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
    """What a document writes for a value that `kept` made."""
    if isinstance(value, Mapping) and isinstance(value.get(TEXT), str):
        kind, language = value.get(TYPE), value.get(LANGUAGE)
        return Literal(str(value[TEXT]), _text(kind), _text(language))
    return native_literal(value)


def native_literal(value: Value) -> Literal:
    """What a document writes for a value of provgraph's own."""
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
    """The value of provgraph's own that `native_said` wrote."""
    if literal.language is None:
        if literal.type is None or literal.type == STRING:
            return storable_text(literal.text)
        try:
            return _NATIVE[literal.type](literal.text)
        except (KeyError, ValueError, RecursionError):
            pass  # somebody else's
    return stored_value(literal)


def join_values(values: Iterable[Value]) -> Values:
    """Several values of one attribute in their fixed order."""
    listed = tuple(values)
    return listed if len(listed) < 2 else union(listed)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
