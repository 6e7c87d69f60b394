"""Properties as fields of CSV files, as ``neo4j-admin database import`` reads them.

A column has one type in all rows of a file, and properties have whatever a source gives, so the
rows of one label go to as many files as their types need. Fields at the end of a row may be left
out, so a file gains columns as long as it is written.

Source: Neo4j Operations Manual 5, "Neo4j-admin import" (CSV header format, property data types).
"""

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from neo4j.time import DateTime

from provgraph.errors import StoreError
from provgraph.model.values import canonical_json
from provgraph.store.neo4j.values import PREFIX, Properties

#: Stands between the items of an array: a code point that is no character, and in no text.
DELIMITER = "\uffff"
#: What the header of a file can't hold in the name of a column.
_NO_HEADER = re.compile(r"[\r\n\0{}()]")
_SCALARS = {bool: "boolean", int: "long", float: "double", str: "string", DateTime: "datetime"}
_LARGEST = {True: "Infinity", False: "-Infinity"}


def importable(properties: Properties) -> Properties:
    """Properties that a file can hold, with the same meaning.

    A file can't hold an empty array, nor one of a single empty text, nor any name. Such attributes
    become JSON, as do those that Neo4j itself can't hold (`provgraph.store.neo4j.values`).

    Args:
        properties: of a node or relationship.

    Returns:
        The same, or others from which `attributes_of` reads the same attributes.
    """
    found = {name: value for name, value in properties.items() if value is not None}
    for name in [name for name, value in found.items() if value in ([], [""])]:
        if name in _CORE_LISTS:  # their readers take none for empty ones
            del found[name]
        else:
            found[name] = canonical_json(found[name])
            found["jsonAttributes"] = [*found.get("jsonAttributes", ()), name]
    awkward = [name for name in found if _NO_HEADER.search(name)]
    return _set_apart(found, awkward) if awkward else found


#: The lists of entities and loads that may be empty, or hold one empty text.
_CORE_LISTS = frozenset({"since", "until", "problems", "problemPlaces"})


def _set_apart(properties: Properties, names: list[str]) -> Properties:
    """Attributes as one JSON text, under names that no header can hold."""
    found = dict(properties)
    others = json.loads(found.get("otherAttributes", "{}"))
    as_json, several = (set(found.get(each, ())) for each in ("jsonAttributes", "severalValues"))
    for name in names:
        value = found.pop(name)
        value = json.loads(value) if name in as_json else value
        others[name.removeprefix(PREFIX)] = value if name in several else [value]
    for mark in ("jsonAttributes", "severalValues"):
        if mark in found:
            found[mark] = [each for each in found[mark] if each not in names]
    found["otherAttributes"] = canonical_json(others)
    return {name: value for name, value in found.items() if value != []}


def type_of(value: Any) -> str:
    """The type of a column that holds a value.

    Args:
        value: of a property.
    """
    if isinstance(value, bytes):
        return "byte[]"
    if isinstance(value, list | tuple):
        return f"{_SCALARS[type(value[0])]}[]"
    return _SCALARS[type(value)]


def field(value: Any) -> str:
    """A value as a field.

    Args:
        value: of a property; not an empty array.

    Raises:
        StoreError: a text in an array holds the delimiter.
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return DELIMITER.join(map(_BYTES.__getitem__, value))
    if isinstance(value, list | tuple):
        if not isinstance(value[0], str):
            return DELIMITER.join(map(_scalar, value))
        if any(DELIMITER in each for each in value):
            raise StoreError(
                "a list of names holds the character U+FFFF, which the files keep for themselves: "
                "copy into the running server, `provgraph copy FROM neo4j://…`"
            )
        return quoted(DELIMITER.join(value))
    return _scalar(value)


#: Each byte as a number with a sign, which is what Java has.
_BYTES = tuple(str(each - 256 if each > 127 else each) for each in range(256))


def quoted(text: str) -> str:
    """A text as a field.

    Args:
        text: any.
    """
    return '"' + text.replace('"', '""') + '"'


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isinf(value):
        return _LARGEST[value > 0]
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else repr(value)
    if isinstance(value, DateTime):
        return value.iso_format().replace("+00:00", "Z")
    return str(value)


class Columns:
    """The columns of one file."""

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        """Begin with some columns, or with none.

        Args:
            types: name → type, in the order of the columns.
        """
        self.types = dict(types or {})

    def take(self, row: Mapping[str, str]) -> bool:
        """Add the columns that a row needs.

        Args:
            row: name → type of its properties.

        Returns:
            False when a column of the name has another type, or there would be too many; then none
            is added.
        """
        new = {name: kind for name, kind in row.items() if name not in self.types}
        if len(self.types) + len(new) > max(_MOST_COLUMNS, len(row)):
            return False
        if any(self.types.get(name, kind) != kind for name, kind in row.items()):
            return False
        self.types |= new
        return True

    def line(
        self, heads: Iterable[str], properties: Mapping[str, Any], times: Collection[str] = ()
    ) -> str:
        """A row of the file.

        Args:
            heads: the texts before the properties.
            properties: all of them have a column.
            times: the names of those that are times as text.
        """
        fields = [
            "" if (value := properties.get(name)) is None else _either(value, name in times)
            for name in self.types
        ]
        return ",".join([*map(quoted, heads), *fields]).rstrip(",") + "\n"


def _either(value: Any, is_time: bool) -> str:
    return str(value) if is_time else field(value)


#: A row has a comma for each column before its last one.
_MOST_COLUMNS = 400
