"""What stands in for tables and columns that a store of an older revision lacks.

A reader changes nothing, also in a store that an older provgraph made. What the store's tables lack
is supplied, empty, by temporary tables that only the reader's connection sees.
"""

from typing import Any

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.schema import CreateTable

from provgraph.store.relational import tables

#: Whether a record is an entity that no known run made, in a store that does not say so.
_EXTERNAL = (
    "({entities} AND NOT EXISTS (SELECT 1 FROM relation "
    "WHERE relation.source = {table}.key AND relation.type = 'wasGeneratedBy'))"
)
#: Database → whether a record is an entity that stood somewhere before it was made, as its entry in
#: the search has it in a store that does not say so. A standing is a list; its third member is the
#: time.
EARLY = {
    "sqlite": "(kind = 'entity' AND EXISTS (SELECT 1 FROM entity "
    "CROSS JOIN json_each(entity.standings) AS standing "
    "WHERE entity.key = search.key AND json_extract(standing.value, '$[2]') < search.time))",
    "postgresql": "(kind = 'entity' AND EXISTS (SELECT 1 FROM entity "
    "CROSS JOIN json_array_elements(CAST(entity.standings AS json)) AS standing(value) "
    "WHERE entity.key = search.key "
    'AND (standing.value->>2) COLLATE "C" < search.time))',
}


def stand_ins(connection: Connection) -> list[str]:
    """The queries that make temporary tables and views, for each connection anew.

    Args:
        connection: of a reader.
    """
    found = inspect(connection)
    there = set(found.get_table_names())
    home = "main" if connection.dialect.name == "sqlite" else found.default_schema_name
    made = []
    for table in tables.metadata.sorted_tables:
        if table.name not in there:
            made.append(_empty_table(connection, table))
        elif lacking := set(table.columns.keys()) - _columns(found, table):
            made.append(_completed(connection, table, lacking, f"{home}.{table.name}"))
    return made


def _columns(found: Any, table: Table) -> set[str]:
    return {column["name"] for column in found.get_columns(table.name)}


def _empty_table(connection: Connection, table: Table) -> str:
    """The query that makes a temporary table in place of one that is not there."""
    query = str(CreateTable(table).compile(dialect=connection.dialect)).strip()
    return query.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1)


def _completed(connection: Connection, table: Table, lacking: set[str], home: str) -> str:
    """The query that makes a temporary view with columns that a table does not have."""
    columns = ", ".join(
        f"{_missing_value(column, connection.dialect.name)} AS {column.name}"
        if column.name in lacking
        else column.name
        for column in table.columns
    )
    return f"CREATE TEMPORARY VIEW {table.name} AS SELECT {columns} FROM {home}"  # noqa: S608 - our own names


def _missing_value(column: Any, dialect: str) -> str:
    """What a migration writes into a new column of old rows."""
    if column.name == tables.entity.c.external.name:
        entities = "true" if column.table is tables.entity else "kind = 'entity'"
        return _EXTERNAL.format(entities=entities, table=column.table.name)
    if column is tables.search.c.early:
        return EARLY[dialect]
    if column is tables.settings_of.c.part:
        # Every run was linked to each of its settings by itself.
        return "settings"
    default = column.server_default
    return f"CAST({'NULL' if default is None else default.arg} AS {column.type})"
