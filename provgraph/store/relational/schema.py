"""The tables of the relational store: made by the first writer, never by a reader.

A reader of a store that an older provgraph made changes nothing either: what its tables lack is
supplied, empty, by temporary tables that only the reader's connection sees.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlalchemy.schema import CreateTable

from provgraph.errors import NoStoreError, StoreError
from provgraph.store.relational import tables
from provgraph.store.relational.connection import address_of, lock_for_writing

MIGRATIONS = Path(__file__).parent / "migrations"
#: The newest revision in `MIGRATIONS`; a test holds it true.
NEWEST = "0005"


def migrate(engine: Engine) -> None:
    """Bring a database to the newest revision, making all tables in an empty one.

    Args:
        engine: of the database, which may write.

    Raises:
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    with engine.connect() as connection:
        if _revision(connection) == NEWEST:
            return
    from alembic import command  # noqa: PLC0415 - a third of a second that only a first use needs to spend
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        lock_for_writing(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def stand_ins(connection: Connection) -> list[str]:
    """What stands in for tables and columns that a store of an older revision lacks.

    Args:
        connection: of a reader.

    Returns:
        Queries that make temporary tables and views, for each connection anew; empty for a store
        of the newest revision.

    Raises:
        NoStoreError: there are no tables.
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    revision = _revision(connection)
    if revision is None:
        is_file = connection.dialect.name == "sqlite"
        why = "the file is empty" if is_file else "the database is empty"
        raise NoStoreError(address_of(connection.engine), why, is_file=is_file)
    if revision == NEWEST:
        return []
    found = inspect(connection)
    there = set(found.get_table_names())
    home = "main" if connection.dialect.name == "sqlite" else found.default_schema_name
    made = []
    for table in tables.metadata.sorted_tables:
        if table.name not in there:
            made.append(_empty_table(connection, table))
        elif lacking := set(table.columns.keys()) - _columns(found, table):
            made.append(_completed(table, lacking, f"{home}.{table.name}"))
    return made


def _columns(found: Any, table: Table) -> set[str]:
    return {column["name"] for column in found.get_columns(table.name)}


def _empty_table(connection: Connection, table: Table) -> str:
    """The query that makes a temporary table in place of one that is not there."""
    query = str(CreateTable(table).compile(dialect=connection.dialect)).strip()
    return query.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1)


def _completed(table: Table, lacking: set[str], home: str) -> str:
    """The query that makes a temporary view with columns that a table does not have."""
    columns = ", ".join(
        f"{_missing_value(column)} AS {column.name}" if column.name in lacking else column.name
        for column in table.columns
    )
    return f"CREATE TEMPORARY VIEW {table.name} AS SELECT {columns} FROM {home}"  # noqa: S608 - our own names


def _missing_value(column: Any) -> str:
    """What a migration writes into a new column of old rows."""
    default = column.server_default
    return f"CAST({'NULL' if default is None else default.arg} AS {column.type})"


def _revision(connection: Connection) -> str | None:
    """The database's revision; None when it is empty.

    Raises:
        StoreError: there are tables of another program, or of a newer provgraph.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if not {"alembic_version", tables.activity.name} <= names:
        raise StoreError(
            "the database holds tables of another program; give provgraph one of its own"
        )
    query = text("SELECT version_num FROM alembic_version")
    revision = str(connection.execute(query).scalar())
    if revision > NEWEST:
        raise StoreError(
            f"the store at {address_of(connection.engine)} is of a newer provgraph (its tables "
            f"are of revision {revision}, this version knows {NEWEST}); install that version"
        )
    return revision
