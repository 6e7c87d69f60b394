"""Describes the tables of schema ``provenance`` for GAVO DaCHS, which serves them by TAP."""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from provgraph.relational_mirror.tap_tables import (
    ANCESTRY,
    TAP_SCHEMA,
    TAP_TABLES,
    TapColumn,
    TapTable,
)

#: Words of ADQL 2.1 and of SQL among the names of columns: such a column has to be quoted.
_RESERVED: Final = frozenset(
    {"default", "location", "max", "min", "options", "time", "type", "value"}
)
#: What the model has no word for: the columns of ``ancestry``.
_OWN_COLUMNS: Final = {
    "entity_id": "an entity",
    "ancestor_id": "an entity that led to it",
    "depth": "how many relations lie between the two, at least",
}
#: ``dachs pub`` passes over what has no such element, and says nothing.
_PUBLISH: Final = "    <publish/>\n"
_HEAD: Final = f"""<resource schema="{TAP_SCHEMA}">
  <meta name="creationDate">2026-11-29T00:00:00Z</meta>
  <meta name="title">Provenance</meta>
  <meta name="description">What was made by which run from what: the tables of the IVOA
    Provenance Data Model 1.0.</meta>
  <meta name="subject">provenance</meta>
  <meta name="creator">provgraph</meta>
"""


def resource_description() -> str:
    """Write the resource description.

    Returns:
        The document, a file ``q.rd`` in a folder ``provenance`` of DaCHS' inputs.
    """
    tables = (*TAP_TABLES, ANCESTRY)
    lines = [line for table in tables for line in _table(table)]
    made = "".join(f'    <make table="{each.name}"/>\n' for each in tables)
    return (
        _HEAD
        + "".join(f"  {line}\n" for line in lines)
        + f'  <data id="import" updating="True">\n{_PUBLISH}{made}  </data>\n</resource>\n'
    )


def _table(table: TapTable) -> Iterator[str]:
    yield f'<table id="{table.name}" onDisk="True" adql="True">'
    if table.model:
        yield f'  <meta name="utype">voprov:{table.model}</meta>'
    yield f'  <meta name="description">{table.what[0].upper()}{table.what[1:]}.</meta>'
    for column in table.columns:
        yield f"  {_column(table, column)}"
    for column in table.columns:
        if column.refers_to is not None:
            yield (
                f'  <foreignKey source="{column.name}" dest="id" '
                f'inTable="{column.refers_to}" metaOnly="True"/>'
            )
    yield "</table>"


def _column(table: TapTable, column: TapColumn) -> str:
    name = f"quoted/{column.name}" if column.name in _RESERVED else column.name
    utype = f' utype="voprov:{table.model}.{column.attribute}"' if table.model else ""
    what = quoteattr(
        f"{table.model}.{column.attribute} of the model"
        if table.model
        else _OWN_COLUMNS[column.name]
    )
    said = f'<column name="{name}" type="{column.type}"{utype} description={what}'
    if column.type != "integer":
        return f"{said}/>"
    # DaCHS wants to know of a number how VOTables say that there is none.
    return f'{said}><values nullLiteral="-1"/></column>'
