"""Values as Neo4j holds them.

Long texts behind indexes, times, and the attributes that sources say.

A text that Neo4j indexes is at most `LONGEST_INDEXED` bytes long: a longer one stands there as its
hash, and in full beside it. An attribute that Neo4j can't hold natively stands there as JSON, and
``jsonAttributes`` names it.
"""

import hashlib
import json
from collections.abc import Mapping, Set
from datetime import UTC
from typing import Any, TypeAlias

from neo4j.time import DateTime

from provgraph.model.times import with_zone
from provgraph.model.values import Attributes, Value, Values, canonical_json

Properties: TypeAlias = dict[str, Any]
#: The properties of a node or relationship, or a map of some of them, as read.
Stored: TypeAlias = Mapping[str, Any]

#: In bytes; Neo4j's range indexes take 8 kB, and a key of several properties must fit too.
LONGEST_INDEXED = 1_000
#: What an indexed property holds in place of a longer text.
HASHED = "name-sha256:"

_PREFIX = "attribute:"
#: Which attributes are JSON, which have several values, and those whose names Neo4j can't hold;
#: core properties too.
MARKS = frozenset({"jsonAttributes", "severalValues", "otherAttributes"})


# Indexed texts.


def indexed(text: str) -> str:
    """The text as an index holds it: itself, or its hash when it is too long."""
    is_short = len(text) * 4 <= LONGEST_INDEXED or len(text.encode()) <= LONGEST_INDEXED
    if is_short and not text.startswith(HASHED):
        return text
    return HASHED + hashlib.sha256(text.encode()).hexdigest()


def named(name: str, text: str | None) -> Properties:
    """An indexed property, with the full text beside it when that is too long."""
    if text is None:
        return {}
    short = indexed(text)
    return {name: short} if short == text else {name: short, _full_name(name): text}


def full(stored: Stored, name: str) -> Any:
    """The full text of an indexed property; None when it has none."""
    found = stored.get(name)
    return stored[_full_name(name)] if found is not None and found.startswith(HASHED) else found


def with_full(*names: str) -> frozenset[str]:
    """The names of indexed properties and of what stands beside them."""
    return frozenset(names) | {_full_name(name) for name in names}


def _full_name(name: str) -> str:
    return "full" + name.capitalize()


# Times.


def moment(time: str | None) -> DateTime | None:
    """A canonical time as Neo4j's own type, to the nanosecond."""
    if time is None:
        return None
    date = int(time[:4]), int(time[5:7]), int(time[8:10])
    clock = int(time[11:13]), int(time[14:16]), int(time[17:19])
    return DateTime(*date, *clock, int(time[20:].ljust(9, "0")), UTC)


def canonical_time(said: str | None) -> str | None:
    """The canonical time behind what Cypher's ``toString`` makes of it, which leaves out zeros."""
    if said is None:
        return None
    clock, _, digits = said.removesuffix("Z").partition(".")
    if len(clock) == len("2026-11-21T08:29"):
        clock += ":00"
    return f"{clock}.{digits.ljust(max(3, -(-len(digits) // 3) * 3), '0')}"


def shown_time(said: str | None) -> str | None:
    """The time as answers give it, from what Cypher's ``toString`` makes of it."""
    return with_zone(canonical_time(said))


# Attributes.


def encoded(attributes: Attributes, core: Set[str]) -> Properties:
    """Attributes as properties under their own names, natively wherever Neo4j can.

    Args:
        attributes: what a source says.
        core: the properties with a meaning of their own, `MARKS` among them; an attribute of such a
            name gets a prefix.
    """
    properties: Properties = {}
    as_json: list[str] = []
    several: list[str] = []
    others: dict[str, Values] = {}
    for name, values in attributes.items():
        if _is_no_key(name):
            others[name] = values
            continue
        key = _PREFIX + name if name in core or name.startswith(_PREFIX) else name
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


def decoded(stored: Stored, core: Set[str]) -> dict[str, Values]:
    """The attributes among the properties, exactly as they were encoded."""
    said = {key: value for key, value in stored.items() if key not in core and value is not None}
    for key in stored.get("jsonAttributes", ()):
        said[key] = json.loads(said[key])
    several = stored.get("severalValues", ())
    found = {
        key.removeprefix(_PREFIX): tuple(value) if key in several else (value,)
        for key, value in said.items()
    }
    if "otherAttributes" in stored:
        found |= {
            name: tuple(values) for name, values in json.loads(stored["otherAttributes"]).items()
        }
    return found


def is_native(value: Value) -> bool:
    """Whether a property holds the value and gives it back the same."""
    if isinstance(value, list | tuple):
        return len({type(item) for item in value}) <= 1 and all(map(_is_native_scalar, value))
    return _is_native_scalar(value)


def _is_native_scalar(value: Value) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return -(1 << 63) <= value < 1 << 63
    return isinstance(value, str | float | bool)


def _is_no_key(name: str) -> bool:
    return not name or len(name) > LONGEST_INDEXED or "\0" in name
