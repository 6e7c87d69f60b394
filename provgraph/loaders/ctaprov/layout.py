"""What the tables of a ctaprov database are like.

Which generation, which columns, how rows refer to each other.

Two generations are known, and what lies between them; a table or a column may be missing or be more
than they have (docs/how-to/ctadirac.md).
"""

from collections.abc import Collection, Iterable, Mapping
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
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""


@dataclass(frozen=True)
class Layout:
    """The tables that are there.

    Attributes:
        schema: where they are.
        columns: table → column → its type.
    """

    schema: str
    columns: Mapping[str, Mapping[str, str]]

    def has(self, table: str) -> bool:
        """Whether the table is there."""
        return table in self.columns

    def key(self, table: str) -> str:
        """The column that other tables refer to."""
        return next(
            name
            for name in (*_KEYS, f"{table}_Id", *self.columns[table])
            if name in self.columns[table]
        )

    def reference(self, table: str, name: str) -> str | None:
        """The column that refers to a record, such as ``activity_id`` or ``activity_key``.

        None without one.
        """
        return next(
            (each for each in (f"{name}_key", f"{name}_id", name) if each in self.columns[table]),
            None,
        )

    def is_text(self, table: str, column: str) -> bool:
        """Whether the column holds texts.

        The generation of the listing has numbers in ``entities.id``.
        """
        return self.columns[table][column] not in _INTEGERS

    def table(self, name: str) -> sql.Identifier:
        """The table with its schema."""
        return sql.Identifier(self.schema, name)

    def values(self, table: str, alias: str, prefix: str = "") -> list[sql.Composable]:
        """All columns of a table, each by its name behind the prefix."""
        return [
            sql.SQL("{} AS {}").format(_value(alias, column, kind), sql.Identifier(prefix + column))
            for column, kind in self.columns.get(table, {}).items()
        ]

    def ordered(self, table: str, alias: str, column: str) -> sql.Composable:
        """The column as to sort by: texts by their code points, as Python does."""
        found = sql.Identifier(alias, column)
        return sql.SQL('{} COLLATE "C"').format(found) if self.is_text(table, column) else found


def layout_of(connection: psycopg.Connection[Any], schema: str) -> Layout:
    """Look at the database.

    Raises:
        UnknownFormatError: it is no ctaprov one.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(_COLUMNS, (schema, list(TABLES))):
        columns.setdefault(table, {})[column] = kind
    layout = Layout(schema, columns)
    if missing := sorted(_missing(layout)):
        raise UnknownFormatError(
            f"the database is no ctaprov one: looked in schema {schema!r} for the tables of CTADIRAC's provenance "
            f"prototype ({', '.join(_NEEDED)} and {len(TABLES) - len(_NEEDED)} more); not there: {', '.join(missing)}; "
            "name another schema with ?schema=NAME"
        )
    return layout


def _missing(layout: Layout) -> Iterable[str]:
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


def fingerprint_query(layout: Layout, tables: Collection[str]) -> sql.Composed:
    """One row a table.

    Its name, how many rows it has, and sums over their MD5, whatever order they are in.
    """
    half = "sum(('x' || substr(h, {}, 15))::bit(60)::bigint)::text"
    each = sql.SQL(
        f"SELECT {{name}}, count(*), {half.format(1)}, {half.format(16)} FROM ("  # noqa: S608 - constants only
        "SELECT md5(t::text) AS h FROM {table} AS t) AS rows"
    )
    return sql.SQL(" UNION ALL ").join(
        each.format(name=sql.Literal(name), table=layout.table(name))
        for name in TABLES
        if name in tables
    )
