"""The store fixture, and what holds for all tests.

``store`` is each store that provgraph has, on real servers, for each test an empty one.

Tests may run side by side (``pytest -n 2 --dist loadgroup``). Then each worker has servers of its
own, which start when the worker's first test needs them, and ports of its own.

Markers come from what a test uses: one that has the fixture of a server needs that server, and the
tests of a module that starts processes of provgraph (`tests.processes`) are slow. Another test that
starts processes, or takes over half a second of the processor's time, bears ``slow`` itself. Tests
that share a fixture of their module stay together on one worker, or each worker would make it.
"""

import functools
import gc
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from neo4j import GraphDatabase
from sqlalchemy import Engine

from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational.connection import memory_engine, migrate
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
#: Where this is set nothing may be missing: a test that would be skipped fails.
REQUIRED = "PROVGRAPH_TEST_REQUIRE_SERVICES"
#: At most so many examples of each property, when it is set.
EXAMPLES = "PROVGRAPH_TEST_EXAMPLES"
#: Set where a mutant is tried: nobody looks at the example that fails, so it may be a large one.
MUTANT = "MUTANT_UNDER_TEST"
#: The group of tests that kill a Neo4j server.
STRUCK_NEO4J = "struck-neo4j"
#: Fixture → the marker of tests that have it.
_MARKERS = {
    "postgres_server": pytest.mark.postgresql,
    "neo4j_server": pytest.mark.neo4j,
    "voprov": pytest.mark.slow,
}
#: Kind of store, where a test names it itself → the marker of tests that have it.
_MARKERS_OF_STORES = {"postgresql": pytest.mark.postgresql, "neo4j": pytest.mark.neo4j}
#: Module → the marker of tests in modules that import a function of it.
_MARKERS_OF_USERS = {
    "tests.processes": pytest.mark.slow,
    "tests.services.provtoolbox": pytest.mark.java,
}
_names = count()

# Time-outs of examples would measure what else the machine does.
settings.register_profile("provgraph", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("provgraph")


def pytest_configure() -> None:
    """Let signals have their effect on the processes that tests start.

    Under nohup, or in a shell's background, signals are ignored, also by all that tests start.
    """
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            # A process that is started does not inherit a handler.
            signal.signal(number, lambda *_: None)
    # A run that `timeout` ends stops its servers, as one that Ctrl-C ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, keep groups together, and begin with what takes longest."""
    most = os.environ.get(EXAMPLES)
    if MUTANT in os.environ:
        _forget_what_is_remembered()
    for item in items:
        if isinstance(item, pytest.Function):
            _mark(item)
            if most is not None:
                _take_few_examples(item, int(most))
    items.sort(key=_rank)


def _forget_what_is_remembered() -> None:
    """mutmut tries each mutant in a copy of a process in which the tests ran without it."""
    ours = [vars(module) for name, module in sys.modules.items() if name.startswith("provgraph.")]
    for value in (value for names in ours for value in names.values()):
        if isinstance(value, functools._lru_cache_wrapper):
            value.cache_clear()


def _rank(item: pytest.Item) -> int:
    """0 for the test of the image, then slow ones on servers, other slow ones, and the rest."""
    if item.get_closest_marker("image"):
        return 0
    if item.get_closest_marker("slow"):
        return 1 if any(map(item.get_closest_marker, ("neo4j", "postgresql"))) else 2
    return 3


def _mark(item: pytest.Function) -> None:
    modules = (getattr(value, "__module__", None) for value in vars(item.module).values())
    used = {name for name in modules if isinstance(name, str)}
    for name in used & _MARKERS_OF_USERS.keys():
        item.add_marker(_MARKERS_OF_USERS[name])
    definitions = item._fixtureinfo.name2fixturedefs
    for name in definitions.keys() & _MARKERS.keys():
        item.add_marker(_MARKERS[name])
    kind = item.callspec.params.get("store_url") if hasattr(item, "callspec") else None
    if kind in _MARKERS_OF_STORES:
        item.add_marker(_MARKERS_OF_STORES[kind])
    if item.get_closest_marker("xdist_group") is not None:
        return
    if "struck_neo4j" in definitions:
        item.add_marker(pytest.mark.xdist_group(STRUCK_NEO4J))
    elif item.get_closest_marker("neo4j") is not None:
        # One server translates its queries, and plans them, once: three would take twice the time.
        item.add_marker(pytest.mark.xdist_group("neo4j"))
    elif any(found[-1].scope == "module" for found in definitions.values()):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _take_few_examples(item: pytest.Function, most: int) -> None:
    """Hypothesis has no public way to lower the number that a test demands itself."""
    demanded = getattr(item.obj, "_hypothesis_internal_use_settings", None)
    if demanded is not None:
        function = getattr(item.obj, "__func__", item.obj)
        phases = (Phase.explicit, Phase.generate) if MUTANT in os.environ else demanded.phases
        few = min(demanded.max_examples, most)
        function._hypothesis_internal_use_settings = settings(
            demanded, max_examples=few, phases=phases
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Fail what would be skipped, where nothing may be missing."""
    return _demanded((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """The same for whole modules."""
    return _demanded((yield))


def _demanded(report: Any) -> Any:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and REQUIRED in os.environ:
        report.outcome = "failed"
        report.longrepr = f"skipped, where {REQUIRED} is set: {report.longrepr}"
    return report


def missing(error: ServiceUnavailable) -> None:
    """Skip for want of a service, or fail where all must be there.

    Args:
        error: why it can't be had.

    Raises:
        ServiceUnavailable: the same, where nothing may be missing.
    """
    if os.environ.get(REQUIRED):
        raise error
    pytest.skip(str(error))


@pytest.fixture(scope="session", autouse=True)
def _tables_in_memory() -> Iterator[None]:
    """Give new stores in memory a copy of tables that were made once.

    Thousands are opened, and migrations take ten times as long. Files and servers are migrated.
    """
    template = memory_engine()
    migrate(template)
    tables = _sqlite(template)

    def migrate_copy(engine: Engine) -> None:
        if engine.url.database is None and engine.dialect.name == "sqlite":
            target = _sqlite(engine)
            if not target.execute("SELECT 1 FROM sqlite_master").fetchone():
                tables.backup(target)
                target.execute("UPDATE store SET id = hex(randomblob(16))")
        migrate(engine)

    with patch("provgraph.store.relational.store.migrate", migrate_copy):
        yield
    template.dispose()


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    """Python's own thresholds of the garbage collector, whatever a test before has left."""
    found = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*found)


@pytest.fixture
def clock_of_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local time is nine hours ahead of UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


def _sqlite(engine: Engine) -> sqlite3.Connection:
    """The connection of a store in memory: it has one only."""
    with engine.connect() as connection:
        return cast("sqlite3.Connection", connection.connection.driver_connection)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server; tests make databases of their own in it."""
    try:
        server = PostgresServer()
        server.start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: PostgresServer) -> str:
    """A database with the tables of an empty store, to make others of it in less time."""
    name = "tables"
    open_store(postgres_server.create_database(name)).close()
    return name


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A Neo4j server; it has only one database, which tests empty."""
    try:
        server = Neo4jServer()
        server.start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


@pytest.fixture
def struck_neo4j(neo4j_server: Neo4jServer) -> Iterator[Neo4jServer]:
    """An empty Neo4j server for a test that kills it, or needs it for itself.

    A server takes half a minute of a processor to start and to translate its first queries. So
    all such tests share one, on one worker, and the others share another one.
    """
    neo4j_server.start()
    empty_neo4j(neo4j_server.url)
    yield neo4j_server
    neo4j_server.start()


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
        return server.create_database(
            f"store{next(_names)}", request.getfixturevalue("postgres_tables")
        )
    neo4j: Neo4jServer = request.getfixturevalue("neo4j_server")
    empty_neo4j(neo4j.url)
    return neo4j.url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = open_store(store_url)
    opened.make()
    yield opened
    opened.close()


def empty_neo4j(url: str) -> None:
    """Take everything out of the only database that Neo4j Community has.

    Args:
        url: of a store there, with user and password.
    """
    credentials, _, rest = url.partition("://")[2].rpartition("@")
    user, _, password = credentials.partition(":")
    address, _, database = rest.partition("/")
    with GraphDatabase.driver(f"bolt://{address}", auth=(user, password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_=database)
