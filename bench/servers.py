"""Stores to measure: files, and real servers started for one run of the benchmarks."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from neo4j import Driver, GraphDatabase, NotificationMinimumSeverity

from bench.measure import say
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.services import Neo4jServer, PostgresServer

#: The kinds of stores that `empty` makes.
STORES = ("SQLite", "PostgreSQL", "Neo4j")
_names = count()


@cache
def neo4j_server() -> Neo4jServer:
    """The one Neo4j server; it stops when the process ends."""
    say("starting Neo4j")
    return Neo4jServer(heap="2g", pagecache="1g", long_lived=True).start()


@cache
def postgres_server() -> PostgresServer:
    """The one PostgreSQL server; it stops when the process ends."""
    say("starting PostgreSQL")
    return PostgresServer().start()


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store at a URL."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def empty(kind: str) -> Iterator[tuple[str, Store]]:
    """The URL of an empty store of a kind, and the store."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        if kind == "SQLite":
            url = f"sqlite:///{Path(folder) / 'store.db'}"
        elif kind == "PostgreSQL":
            url = postgres_server().create_database(f"bench{next(_names)}")
        else:
            url = neo4j_server().url
            empty_neo4j()
        with opened(url) as store:
            yield url, store


@contextmanager
def driver_of(server: Neo4jServer) -> Iterator[Driver]:
    """The bare driver on a Neo4j server, without the hints that come with every answer."""
    with GraphDatabase.driver(
        f"bolt://127.0.0.1:{server.bolt_port}",
        auth=(server.user, server.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    ) as driver:
        yield driver


@contextmanager
def neo4j_driver() -> Iterator[Driver]:
    """The bare driver on the one Neo4j server."""
    with driver_of(neo4j_server()) as driver:
        yield driver


def empty_neo4j() -> None:
    """Take everything out of the only database that Neo4j Community has, in small transactions."""
    with neo4j_driver() as driver, driver.session() as session:
        session.run(
            "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        ).consume()
