"""Databases of CTADIRAC's provenance prototype, restored from dumps of the corpus."""

import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS
from tests.services import PostgresServer
from tests.services.postgres import find as program

DUMPS = CORPUS / "ctaprov"
GENERATIONS = ("2020-04", "2020-09")
_names = count()

Restore = Callable[[str], str]


@pytest.fixture(scope="module")
def restore(postgres_server: PostgresServer) -> Restore:
    """Puts a dump into a database of its own; its URL."""
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ctaprov'").fetchone():
            connection.execute("CREATE ROLE ctaprov")

    def restored(dump: str) -> str:
        url = postgres_server.create_database(f"ctaprov{next(_names)}")
        command = [
            str(program("psql")),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            url,
            "-f",
            str(DUMPS / dump),
        ]
        subprocess.run(command, check=True, capture_output=True)
        return url

    return restored


@pytest.fixture(scope="module")
def databases(restore: Restore) -> dict[str, str]:
    """The two dumps, which tests of this module only read."""
    return {generation: restore(f"ctaprov_{generation}.sql") for generation in GENERATIONS}


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def load_one(store: Store, source: str | Path) -> Report:
    (report,) = load(store, [str(source)])
    return report


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(sql.SQL(each))
