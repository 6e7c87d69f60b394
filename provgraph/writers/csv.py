"""A lineage as a table for spreadsheets: one row a record, one column a field."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from provgraph.model.derived import Invalidation
from provgraph.model.fields import RECORD_FIELDS
from provgraph.model.lineage import Lineage, Node
from provgraph.model.values import Value, canonical_json, storable_text

#: A field that is an object has a column for each of its parts.
_PARTS = {"invalidation": tuple(part.name for part in fields(Invalidation))}
#: The fields of records (`provgraph.model.fields`). The first ten stand there since version 0.1.
COLUMNS = tuple(
    name
    for field in RECORD_FIELDS
    for name in (
        [f"{field.name}.{part}" for part in _PARTS[field.name]]
        if field.name in _PARTS
        else [field.name]
    )
)
#: A spreadsheet would compute a text that begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(lineage: Lineage) -> str:
    """Write a lineage as a table (RFC 4180).

    A text that a spreadsheet would take for a formula gets a leading apostrophe: ``=1+1`` is
    written as ``'=1+1``. The items of a list are separated by ``; ``. The attributes are one cell,
    a JSON object.

    Args:
        lineage: the answer to write.

    Returns:
        A heading and one row for each record, in the order of the answer. Lines end in CR LF.
    """
    return table_of(lineage.nodes)


def table_of(nodes: Iterable[Node]) -> str:
    """Write records as a table.

    Args:
        nodes: the records.

    Returns:
        As `write` gives it.
    """
    return _written(COLUMNS, map(_row, nodes))


def table(columns: Iterable[str], rows: Iterable[Iterable[Value]]) -> str:
    """Write any values as a table, in the form of `write`.

    Args:
        columns: the heading.
        rows: of values.

    Returns:
        The table.
    """
    return _written(columns, (map(_cell, row) for row in rows))


def _written(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    written = csv.writer(out, lineterminator="\r\n")
    written.writerow(columns)
    written.writerows(rows)
    return out.getvalue()


def _row(node: Node) -> Iterator[str]:
    for field in RECORD_FIELDS:
        value = field.of(node)
        if field.name in _PARTS:
            parts = value if isinstance(value, Mapping) else {}
            yield from (_cell(parts.get(part)) for part in _PARTS[field.name])
        else:
            yield _cell(value)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Mapping):
        return storable_text(canonical_json(value))
    text = storable_text(value if isinstance(value, str) else "; ".join(map(str, value)))
    return f"'{text}" if text.startswith(_FORMULA) else text
