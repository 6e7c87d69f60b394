"""The tables of a ctaprov database: which are there, their columns, how their rows refer to others.

Two generations of tables are known, and databases in between. A table or a column may be missing,
and there may be more than either generation has (docs/how-to/ctadirac.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from provgraph.errors import UnknownFormatError

#: Every table that is read, in the order of the prototype's listing.
TABLES = (
    "activities",
    "activityDescriptions",
    "agents",
    "configFileDescriptions",
    "configFiles",
    "datasetDescriptions",
    "datasetEntities",
    "entities",
    "entityDescriptions",
    "generationDescriptions",
    "parameterDescriptions",
    "parameters",
    "usageDescriptions",
    "used",
    "valueDescriptions",
    "valueEntities",
    "wasAssociatedWith",
    "wasAttributedTo",
    "wasConfiguredBy",
    "wasDerivedFrom",
    "wasGeneratedBy",
    "wasInformedBy",
)
#: What makes a database a ctaprov one: without these there is no lineage in it.
_NEEDED = {
    "activities": ("id", "name", "startTime"),
    "entities": ("id", "name", "classType"),
    "used": ("role",),
    "wasGeneratedBy": ("role",),
}
_KEYS = ("internal_key", "id")
#: Types whose values come as they are; all others are read as PostgreSQL's text for them.
_PLAIN_TYPES = frozenset(
    {"character varying", "text", "character", "integer", "bigint", "smallint", "boolean"}
)
_INTEGERS = frozenset({"integer", "bigint", "smallint"})
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""


@dataclass(frozen=True, slots=True)
class RowReference:
    """One end of a relation.

    Attributes:
        column: how the names of the end's columns begin, such as ``activity``.
        table: the table that the end leads to.
    """

    column: str
    table: str


@dataclass(frozen=True)
class TableLayout:
    """The tables of a database.

    Attributes:
        schema: the schema that they are in.
        columns: table → column → PostgreSQL's name of the column's type.
    """

    schema: str
    columns: Mapping[str, Mapping[str, str]]

    def has(self, table: str) -> bool:
        """Whether a table is there.

        Args:
            table: its name without schema.
        """
        return table in self.columns

    def key(self, table: str) -> str:
        """The column of a table that other tables refer to.

        Args:
            table: a table that is there.
        """
        return next(
            name
            for name in (*_KEYS, f"{table}_Id", *self.columns[table])
            if name in self.columns[table]
        )

    def reference(self, table: str, name: str) -> str | None:
        """The column of a table that refers to a record.

        Args:
            table: a table that is there.
            name: the record in the prototype's words, such as ``activity``.

        Returns:
            Such as ``activity_id`` or ``activity_key``; None when there is no such column.
        """
        return next(
            (each for each in (f"{name}_key", f"{name}_id", name) if each in self.columns[table]),
            None,
        )

    def is_text(self, table: str, column: str) -> bool:
        """Whether a column holds texts.

        The older generation of tables has numbers in ``entities.id``.

        Args:
            table: a table that is there.
            column: one of its columns.
        """
        return self.columns[table][column] not in _INTEGERS

    def table(self, name: str) -> sql.Identifier:
        """A table with its schema, for a query.

        Args:
            name: the table.
        """
        return sql.Identifier(self.schema, name)

    def values(self, table: str, alias: str, prefix: str = "") -> list[sql.Composable]:
        """All columns of a table, for the list of a query.

        Args:
            table: the table; one that is not there has no columns.
            alias: the table's name in the query.
            prefix: begins the name of each column in the answer, such as ``entity.``.

        Returns:
            The columns as texts, numbers and booleans; other types as PostgreSQL's text for them.
        """
        return [
            sql.SQL("{} AS {}").format(_value(alias, column, kind), sql.Identifier(prefix + column))
            for column, kind in self.columns.get(table, {}).items()
        ]

    def ordered(self, table: str, alias: str, column: str) -> sql.Composable:
        """A column to sort by: texts by their code points, as Python sorts them.

        Args:
            table: the table.
            alias: the table's name in the query.
            column: the column.
        """
        found = sql.Identifier(alias, column)
        return sql.SQL('{} COLLATE "C"').format(found) if self.is_text(table, column) else found


def layout_of(connection: psycopg.Connection[Any], schema: str) -> TableLayout:
    """Look which tables are in a database.

    Args:
        connection: to the database.
        schema: where to look.

    Returns:
        Those of `TABLES` that are there.

    Raises:
        UnknownFormatError: the database is no ctaprov one.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_COLUMNS, (schema, list(TABLES))):
        columns.setdefault(table, {})[column] = kind
    layout = TableLayout(schema, columns)
    if missing := sorted(_missing(layout)):
        raise UnknownFormatError(
            f"the database is no ctaprov one: looked in schema {schema!r} for the tables of "
            f"CTADIRAC's provenance prototype ({', '.join(_NEEDED)} and "
            f"{len(TABLES) - len(_NEEDED)} more); not there: {', '.join(missing)}; "
            "name another schema with ?schema=NAME"
        )
    return layout


def _missing(layout: TableLayout) -> Iterable[str]:
    """The tables and columns without which there is no lineage in a database."""
    for table, columns in _NEEDED.items():
        if not layout.has(table):
            yield table
            continue
        yield from (
            f"{table}.{column}" for column in columns if column not in layout.columns[table]
        )
        if table in ("used", "wasGeneratedBy"):
            ends = (
                name for name in ("activity", "entity") if layout.reference(table, name) is None
            )
            yield from (f"{table}.{name}_id" for name in ends)


def _value(alias: str, column: str, kind: str) -> sql.Composable:
    name = sql.Identifier(alias, column)
    return name if kind in _PLAIN_TYPES else sql.SQL("{}::text").format(name)
