"""The columns of a row, and the forms that their values take in documents."""

import csv
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from provgraph.errors import LoadError
from provgraph.model.values import Value, Values, utc

#: A row by its columns. A column of a joined table has a prefix, such as ``entity.name``.
Row: TypeAlias = Mapping[str, Any]
#: The column with the key of the activity that an input, an output or a configuration is of.
ACTIVITY = "activity key"


def columns_behind(prefix: str, row: Row) -> dict[str, Any]:
    """The columns of one joined table.

    Args:
        prefix: the prefix of that table's columns, such as ``entity.``.
        row: a row of several tables.

    Returns:
        The columns by their own names, without the prefix.
    """
    return {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}


def other_columns(row: Row, known: Iterable[str | None]) -> dict[str, Any]:
    """The columns that have no place of their own in a document, and say something.

    Args:
        row: the row.
        known: the columns that have one; None is passed over.
    """
    left_out = set(known)
    return {key: value for key, value in row.items() if key not in left_out and value is not None}


def without_nulls(values: Mapping[str, Any]) -> dict[str, Value]:
    """The columns that say something, as one value.

    Args:
        values: column → value; NULL is None.
    """
    return {key: value for key, value in values.items() if value is not None}


def distinct_values(values: Iterable[Value]) -> Values:
    """Each value once, in an order that depends on nothing but the values.

    Args:
        values: any values of JSON.
    """
    found = {json.dumps(value, sort_keys=True): value for value in values}
    return tuple(found[key] for key in sorted(found))


def time_column(name: str, value: object) -> dict[str, Any]:
    """A time as a named value.

    Args:
        name: the name that the time gets.
        value: PostgreSQL's text for the time; None for no time.

    Returns:
        The time in canonical form under its name; a text that is no time as it is, under
        ``stated NAME``; nothing when there is none.
    """
    if value is None:
        return {}
    try:
        return {name: utc(str(value))}
    except LoadError:
        return {f"stated {name}": value}


def storage_elements(location: object) -> Value:
    """The storage elements that hold a file.

    Args:
        location: PostgreSQL's text for an array, such as ``{CYF-STORM-Disk,DESY-Disk}``, or another
            text.

    Returns:
        The items of the array; another text as it is; None for no text.
    """
    if not isinstance(location, str) or not (location.startswith("{") and location.endswith("}")):
        return location if isinstance(location, str) else None
    try:
        (items,) = csv.reader([location[1:-1]], escapechar="\\", doublequote=False, strict=True)
    except (csv.Error, ValueError):
        return location
    written = "{" + ",".join(items) + "}"
    return items if written == location or '"' in location else location


def row_uri(database: str, table: str, key: Any) -> str:
    """The identifier of a row that has no identifier of its own.

    Args:
        database: the database's name as reports have it, which tells its rows from those of others.
        table: the row's table.
        key: the row's key there.
    """
    return f"prov:{database}#{table}/{key}"
