"""Databases for mirrors, and what is in them."""

from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg import sql

from provgraph.relational_mirror.tables import COLUMNS, TABLES
from tests.services import PostgresServer

_names = count()
Rows = dict[str, dict[Any, tuple[Any, ...]]]


@pytest.fixture
def mirror_url(postgres_server: PostgresServer) -> str:
    """An empty database."""
    return postgres_server.create_database(f"mirror{next(_names)}")


@pytest.fixture
def prototype_url(postgres_server: PostgresServer) -> str:
    """An empty database for the prototype's own tables."""
    return postgres_server.create_database(f"prototype{next(_names)}")


def rows_in(url: str, schema: str = "public") -> Rows:
    """All rows of the 22 tables, by their keys."""
    with psycopg.connect(url) as connection:
        return {
            table: {
                row[0]: row[1:]
                for row in connection.execute(
                    sql.SQL("SELECT {} FROM {}").format(
                        sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table])), sql.Identifier(schema, table)
                    )
                )
            }
            for table in TABLES
        }


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def do(url: str, *statements: str) -> None:
    """Change something in the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
