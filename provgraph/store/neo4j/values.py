"""Values as Neo4j holds them: texts behind indexes, times, and the attributes that sources give.

A text that Neo4j indexes is at most `LONGEST_INDEXED` bytes long. In place of a longer text the
indexed property holds its hash, and a second property holds the text in full: ``id`` and
``fullId``. An attribute that Neo4j can't hold natively is kept as JSON, and ``jsonAttributes``
names it.
"""

import hashlib
import json
from collections.abc import Mapping, Set
from datetime import UTC
from typing import Any, TypeAlias

from neo4j.time import DateTime

from provgraph.model.values import Attributes, Value, Values, canonical_json, with_zone

#: The properties of a node or relationship, as they are written.
Properties: TypeAlias = dict[str, Any]
#: The properties of a node or relationship, or a map of some of them, as they are read.
Stored: TypeAlias = Mapping[str, Any]

#: In bytes; Neo4j's range indexes take 8 kB, and a key of several properties must fit too.
LONGEST_INDEXED = 1_000
#: What an indexed property holds in place of a longer text, with the hash behind it.
HASHED = "name-sha256:"

PREFIX = "attribute:"
#: Which attributes are JSON, which have several values, and those whose names Neo4j can't hold.
#: These are core properties of every kind of record.
MARKS = frozenset({"jsonAttributes", "severalValues", "otherAttributes"})


# Indexed texts.


def indexed(text: str) -> str:
    """A text as an index holds it.

    Args:
        text: an id, a place or another name.

    Returns:
        The text itself, or its hash when it is longer than `LONGEST_INDEXED`.
    """
    is_short = len(text) * 4 <= LONGEST_INDEXED or len(text.encode()) <= LONGEST_INDEXED
    if is_short and not text.startswith(HASHED):
        return text
    return HASHED + hashlib.sha256(text.encode()).hexdigest()


def text_property(name: str, text: str | None) -> Properties:
    """An indexed property, with the full text beside it when the text is too long for an index.

    Args:
        name: of the property.
        text: None for no property.

    Returns:
        No property, one, or two: ``{"id": "name-sha256:…", "fullId": "…"}``.
    """
    if text is None:
        return {}
    short = indexed(text)
    return {name: short} if short == text else {name: short, _full_name(name): text}


def full_text(stored: Stored, name: str) -> Any:
    """The full text of an indexed property.

    Args:
        stored: the properties.
        name: of the property.

    Returns:
        The text; None when there is no such property.
    """
    found = stored.get(name)
    return stored[_full_name(name)] if found is not None and found.startswith(HASHED) else found


def with_full_texts(*names: str) -> frozenset[str]:
    """The names of indexed properties and of what stands beside them.

    Args:
        names: of the indexed properties.
    """
    return frozenset(names) | {_full_name(name) for name in names}


def _full_name(name: str) -> str:
    return "full" + name.capitalize()


# Times.


def native_time(time: str | None) -> DateTime | None:
    """A time as Neo4j's own type, to the nanosecond.

    Args:
        time: canonical (`provgraph.model.values`), or None.
    """
    if time is None:
        return None
    date = int(time[:4]), int(time[5:7]), int(time[8:10])
    clock = int(time[11:13]), int(time[14:16]), int(time[17:19])
    return DateTime(*date, *clock, int(time[20:].ljust(9, "0")), UTC)


def canonical_time(text: str | None) -> str | None:
    """A canonical time from the text that Cypher's ``toString`` makes of a time.

    Cypher leaves out zeros at the end, and the seconds when they are zero:
    ``2026-11-21T08:29Z`` is ``2026-11-21T08:29:00.000``.

    Args:
        text: as the server sends it, or None.
    """
    if text is None:
        return None
    clock, _, digits = text.removesuffix("Z").partition(".")
    if len(clock) == len("2026-11-21T08:29"):
        clock += ":00"
    return f"{clock}.{digits.ljust(max(3, -(-len(digits) // 3) * 3), '0')}"


def time_with_zone(text: str | None) -> str | None:
    """A time as answers give it, from the text that Cypher's ``toString`` makes of a time.

    Args:
        text: as the server sends it, or None.
    """
    return with_zone(canonical_time(text))


# Attributes.


def attribute_properties(attributes: Attributes, core: Set[str]) -> Properties:
    """Attributes as properties under their own names, natively wherever Neo4j can hold them.

    Args:
        attributes: what a source gives.
        core: the properties with a meaning of their own, `MARKS` among them. An attribute of such a
            name gets a prefix: ``attribute:id``.
    """
    properties: Properties = {}
    as_json: list[str] = []
    several: list[str] = []
    others: dict[str, Values] = {}
    for name, values in attributes.items():
        if _is_no_key(name):
            others[name] = values
            continue
        key = PREFIX + name if name in core or name.startswith(PREFIX) else name
        value = values[0] if len(values) == 1 else list(values)
        if len(values) != 1:
            several.append(key)
        if is_native(value):
            properties[key] = value
        else:
            as_json.append(key)
            properties[key] = canonical_json(value)
    marks = {
        "jsonAttributes": as_json,
        "severalValues": several,
        "otherAttributes": others and canonical_json(others),
    }
    return properties | {name: mark for name, mark in marks.items() if mark}


def attributes_of(stored: Stored, core: Set[str]) -> dict[str, Values]:
    """The attributes among properties, exactly as `attribute_properties` was given them.

    Args:
        stored: the properties.
        core: the properties with a meaning of their own, as they were when the attributes were
            written.
    """
    attributes: dict[str, Values] = {
        key: (value,) for key, value in stored.items() if key not in core and value is not None
    }
    for key in stored.get("jsonAttributes", ()):
        attributes[key] = (json.loads(stored[key]),)
    for key in stored.get("severalValues", ()):
        (value,) = attributes[key]
        attributes[key] = tuple(value) if isinstance(value, list) else (value,)
    if any(key.startswith(PREFIX) for key in attributes):
        attributes = {key.removeprefix(PREFIX): each for key, each in attributes.items()}
    if "otherAttributes" in stored:
        attributes |= {
            name: tuple(values) for name, values in json.loads(stored["otherAttributes"]).items()
        }
    return attributes


def is_native(value: Value) -> bool:
    """Whether a property holds a value and gives it back the same.

    Args:
        value: JSON-like.
    """
    if isinstance(value, list | tuple):
        return len({type(item) for item in value}) <= 1 and all(map(_is_native_scalar, value))
    return _is_native_scalar(value)


def _is_native_scalar(value: Value) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return -(1 << 63) <= value < 1 << 63
    return isinstance(value, str | float | bool)


def _is_no_key(name: str) -> bool:
    return not name or len(name) > LONGEST_INDEXED or "\0" in name


def without_none(properties: Properties) -> Properties:
    """Properties without those whose value is None: Neo4j has no properties without a value.

    Args:
        properties: any.
    """
    return {name: value for name, value in properties.items() if value is not None}
