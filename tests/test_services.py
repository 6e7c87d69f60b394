"""The servers the other tests rely on: they start, and survive kill -9 with their data."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from neo4j import GraphDatabase

from tests.conftest import missing
from tests.services import Neo4jServer, PostgresServer, Server, ServiceUnavailable

AnyServer = TypeVar("AnyServer", bound=Server)


@contextmanager
def started(server: AnyServer) -> Iterator[AnyServer]:
    """CI demands the services; elsewhere a missing one skips its tests."""
    try:
        server.start()
    except ServiceUnavailable as reason:
        server.close()
        missing(reason)
    with server:
        yield server


@pytest.mark.slow
def test_neo4j_answers_and_survives_kill(struck_neo4j: Neo4jServer) -> None:
    def ask(server: Neo4jServer, query: str) -> list[object]:
        with GraphDatabase.driver(
            f"bolt://127.0.0.1:{server.bolt_port}", auth=(server.user, server.password)
        ) as driver:
            return [record[0] for record in driver.execute_query(query).records]

    edition = ask(struck_neo4j, "CALL dbms.components() YIELD edition RETURN edition")
    assert edition == ["community"]
    ask(struck_neo4j, "CREATE (:Kept {v: 1})")
    url = struck_neo4j.url
    struck_neo4j.kill()
    assert not struck_neo4j.running
    struck_neo4j.restart()
    assert struck_neo4j.url == url
    assert ask(struck_neo4j, "MATCH (n:Kept) RETURN n.v") == [1]


@pytest.mark.postgresql
@pytest.mark.slow
def test_postgres_answers_and_survives_kill() -> None:
    with started(PostgresServer()) as server:
        url, home = server.create_database("kept"), server.home
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS v")
        server.kill()
        assert not server.running
        server.restart()
        assert server.url("kept") == url
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT v FROM kept").fetchall() == [(1,)]
            encoding = connection.execute("SHOW server_encoding").fetchone()
        assert encoding == ("UTF8",)
        server.restart()  # from running: the orderly way
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT v FROM kept").fetchall() == [(1,)]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace(server.password, "wrong"))
    assert not home.exists()


def test_a_failed_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceUnavailable, match=r"no java\n  where: PATH\n  what to do: .+"):
        Neo4jServer().__enter__()


def test_what_is_missing_is_told_by_other_processes_too() -> None:
    told = pickle.loads(
        pickle.dumps(ServiceUnavailable("no java", where="PATH", todo="install it"))
    )
    assert (str(told), told.where) == ("no java\n  where: PATH\n  what to do: install it", "PATH")
