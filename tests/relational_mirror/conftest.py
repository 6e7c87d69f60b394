"""Databases for mirrors, and what is in them."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from provgraph.ingest.loading import load
from provgraph.relational_mirror.tables import COLUMNS, TABLES
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.services import PostgresServer
from tests.services.postgres import find

PROTOTYPE = Path(__file__).parents[1] / "corpus" / "ctaprov" / "ctaprov_2020-04.sql"

_names = count()
RowsByTable = dict[str, dict[Any, tuple[Any, ...]]]


@pytest.fixture
def mirror_url(postgres_server: PostgresServer) -> str:
    """An empty database."""
    return postgres_server.create_database(f"mirror{next(_names)}")


@pytest.fixture
def prototype_url(postgres_server: PostgresServer) -> str:
    """An empty database for the prototype's own tables."""
    return postgres_server.create_database(f"prototype{next(_names)}")


@pytest.fixture
def memory() -> Iterator[Store]:
    """An empty store."""
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def loaded(memory: Store) -> Store:
    """A store with one real log."""
    list(load(memory, [str(LOGS / "irf.provlog")]))
    return memory


def rows_in(url: str, schema: str = "public") -> RowsByTable:
    """All rows of the 22 tables, by their keys."""
    with psycopg.connect(url) as connection:
        return {
            table: {
                row[0]: row[1:]
                for row in connection.execute(
                    sql.SQL("SELECT {} FROM {}").format(
                        sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table])),
                        sql.Identifier(schema, table),
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


def contents(rows: RowsByTable) -> dict[str, Counter[tuple[object, ...]]]:
    """What rows say, without the keys that sequences supply.

    References are texts, so they are compared.
    """
    numbered = {
        "used",
        "wasGeneratedBy",
        "wasAssociatedWith",
        "wasAttributedTo",
        "wasConfiguredBy",
        "wasDerivedFrom",
        "wasInformedBy",
        "parameterDescriptions",
        "configFileDescriptions",
    }
    found: dict[str, Counter[tuple[object, ...]]] = {}
    for table, some in rows.items():
        if table in numbered:
            found[table] = Counter(some.values())
        elif table in ("parameters", "configFiles"):
            described = rows[
                "parameterDescriptions" if table == "parameters" else "configFileDescriptions"
            ]
            found[table] = Counter(
                (key, *row[:-1], described.get(row[-1])) for key, row in some.items()
            )
        else:
            found[table] = Counter((key, *row) for key, row in some.items())
    return found


def restored(url: str) -> str:
    """The prototype's own database in this one."""
    dump = re.sub(r"(?m)^\\(un)?restrict .*$", "", PROTOTYPE.read_text())
    dump = re.sub(r"(?m)^ALTER .* OWNER TO ctaprov;$", "", dump)
    subprocess.run(
        [str(find("psql")), url, "-q", "-v", "ON_ERROR_STOP=1"],
        input=dump,
        capture_output=True,
        text=True,
        check=True,
    )
    return url
