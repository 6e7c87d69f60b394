"""OPUS's job database in PostgreSQL says what it says in SQLite."""

from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest

from provgraph.ingest.loading import load
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.loaders.opus.databases import (
    CHAIN,
    TABLES_2017,
    TABLES_2025,
    Content,
    file,
    job,
    result,
    sqlite_file,
    statements,
)
from tests.services import PostgresServer

pytestmark = pytest.mark.postgresql
_names = count()
OLD: Content = {
    "jobs": [job("aa")],
    "job_results": [result("aa", "out")],
    "entities": [file("e1", jobid="aa", result_name="out", file_path="/data/r")],
}


def database(server: PostgresServer, content: Content, tables: str) -> str:
    """The URL of a database with these tables."""
    url = server.create_database(f"opus{next(_names)}")
    with psycopg.connect(url) as connection:
        connection.execute(tables.format(TIME="TIMESTAMP", FLAG="BOOLEAN"))
        for query, values in statements(tables, content):
            connection.execute(query.replace("?", "%s"), values)
    return url


@pytest.mark.parametrize(("content", "tables"), [(CHAIN, TABLES_2025), (OLD, TABLES_2017)])
def test_both_databases_say_the_same(
    postgres_server: PostgresServer, tmp_path: Path, content: Content, tables: str
) -> None:
    url = database(postgres_server, content, tables)
    where = sqlite_file(tmp_path / "jobs.sqlite", content, tables)
    digests = []
    for source in (url, str(where)):
        with closing(open_store("sqlite://")) as store:
            (report,) = load(store, [source])
            assert (report.format, report.status) == ("opus", "loaded")
            digests.append(digest(store.scan()))
            (again,) = load(store, [source])
            assert again.status == "unchanged"
    assert digests[0] == digests[1]


def test_a_changed_database_is_loaded_again(postgres_server: PostgresServer) -> None:
    url = database(postgres_server, CHAIN, TABLES_2025)
    with closing(open_store("sqlite://")) as store:
        list(load(store, [url]))
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE jobs SET phase = 'ARCHIVED' WHERE jobid = 'aa'")
        (report,) = load(store, [url])
    assert report.status == "loaded"
