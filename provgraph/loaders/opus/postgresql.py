"""OPUS's tables in a database of PostgreSQL."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from provgraph.loaders.opus.job_documents import documents
from provgraph.loaders.opus.tables import SECRETS, TABLES, JobTables, Row, is_job_database
from provgraph.loaders.protocol import Problem, numbered
from provgraph.model.records import Document

#: What reports call the format.
NAME = "opus"
#: Rows that the server hands over at once.
_FETCHED = 2_000
_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = %s AND table_name = ANY(%s)"
)


class PostgresqlTables(JobTables):
    """The tables as a transaction sees them."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        """Take a connection in a transaction that sees one moment alone.

        Args:
            connection: to the database.
            schema: where the tables are.
        """
        self._connection = connection
        self._schema = schema
        self._cursors = count()
        found: dict[str, set[str]] = {}
        for table, column in connection.execute(_COLUMNS, [schema, list(TABLES)]):
            found.setdefault(table, set()).add(column)
        self._columns = {table: frozenset(each - SECRETS) for table, each in found.items()}

    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns of each table that is there, without secrets."""
        return self._columns

    def rows(self, table: str, order: tuple[str, ...]) -> Iterator[Row]:
        """Read a table.

        Args:
            table: one that is there.
            order: the columns to sort by.

        Yields:
            The rows, their values as texts.
        """
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            sql.SQL(", ").join(
                sql.SQL("{0}::text AS {0}").format(sql.Identifier(each))
                for each in sorted(self._columns[table])
            ),
            sql.Identifier(self._schema, table),
            sql.SQL(", ").join(
                sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(table, each))
                for each in order
            ),
        )
        name = f"opus{next(self._cursors)}"
        with self._connection.cursor(name, row_factory=dict_row) as cursor:
            cursor.itersize = _FETCHED
            yield from cursor.execute(query)


class JobSnapshot:
    """One moment of a job database.

    Attributes:
        format_name: what reports call the format.
    """

    format_name = NAME

    def __init__(self, tables: PostgresqlTables) -> None:
        """Take the tables.

        Args:
            tables: as a transaction sees them.
        """
        self._tables = tables

    def checksum(self) -> tuple[str, int]:
        """What tells this moment of the database from others.

        Returns:
            A SHA-256 over all that is read of the tables; and the number of rows.
        """
        digest, number = hashlib.sha256(), 0
        for table in sorted(self._tables.columns()):
            for row in self._tables.rows(table, TABLES[table]):
                digest.update(json.dumps([table, row], sort_keys=True).encode())
                number += 1
        return digest.hexdigest(), number

    def documents(self, start: int = 0) -> Iterator[Document | Problem]:
        """Read the database.

        Args:
            start: the ``end`` of the last document that is known already; 0 for all.

        Returns:
            One document a job or file, in the same order for the same rows; a problem for what
            nothing can be made of.
        """
        return numbered(documents(self._tables), start)


def job_snapshot(connection: psycopg.Connection[Any], schema: str) -> JobSnapshot | None:
    """Look whether a database is one of OPUS.

    Args:
        connection: in a transaction that sees one moment alone.
        schema: where the tables are.

    Returns:
        The moment; None of any other database.
    """
    tables = PostgresqlTables(connection, schema)
    return JobSnapshot(tables) if is_job_database(tables.columns()) else None
