"""Which attributes of a record are for people, and how people see their values.

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

from collections.abc import Mapping
from typing import Any

from provgraph.model.values import Attributes, Value, json_safe, values_or_lists

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
