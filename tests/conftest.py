"""The store fixture.

Every store that provgraph has, on real servers, each test with an empty one.
"""

import os
import signal
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.services import Neo4jServer, PostgresServer, ServiceUnavailable

CORPUS = Path(__file__).parent / "corpus"
LOGS = CORPUS / "ctapipe" / "logs"
PRODUCTS = CORPUS / "ctapipe" / "products"
STORES = (
    "memory",
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("neo4j", marks=pytest.mark.neo4j),
)
_names = count()


def pytest_configure() -> None:
    """Under nohup, or in a shell's background, signals are ignored, also by all that tests start:
    not so here.
    """
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            # A process that is started does not inherit a handler.
            signal.signal(number, lambda *_: None)


def missing(error: ServiceUnavailable) -> None:
    """A laptop may lack a server and skips, saying so; where all must be there the test fails."""
    if os.environ.get("PROVGRAPH_TEST_REQUIRE_SERVICES"):
        raise error
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
        server.start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    try:
        server = Neo4jServer()
        server.start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind."""
    kind: str = request.param
    if kind == "memory":
        return "sqlite://"
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.create_database(f"store{next(_names)}")
    neo4j: Neo4jServer = request.getfixturevalue("neo4j_server")
    empty_neo4j(neo4j.url)
    return neo4j.url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = open_store(store_url)
    yield opened
    opened.close()


def empty_neo4j(url: str) -> None:
    """Take everything out of the only database that Neo4j Community has."""
    credentials, _, rest = url.partition("://")[2].rpartition("@")
    user, _, password = credentials.partition(":")
    address, _, database = rest.partition("/")
    with GraphDatabase.driver(f"bolt://{address}", auth=(user, password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_=database)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
