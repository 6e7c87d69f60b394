"""A primary and a real hot standby, by one URL."""

from collections.abc import Iterator

import psycopg
import pytest

from provgraph.errors import SettingsError
from provgraph.store.registry import open_store
from provgraph.store.relational.standbys import primary_and_standbys
from provgraph.store.relational.store import RelationalStore
from tests.conftest import missing
from tests.processes import until
from tests.services import PostgresServer, ServiceUnavailable
from tests.services.postgres import PostgresStandby
from tests.services.process import HOST
from tests.store.test_contract import put, run


@pytest.fixture(scope="module")
def standby(postgres_server: PostgresServer) -> Iterator[PostgresStandby]:
    try:
        server = PostgresStandby(postgres_server).start()
    except ServiceUnavailable as error:
        missing(error)
    with server:
        yield server


@pytest.fixture
def url(postgres_server: PostgresServer, standby: PostgresStandby, store_name: str) -> str:
    """A new store with one run, on both hosts."""
    login = postgres_server.url().partition("://")[2].partition("@")[0]
    hosts = f"{HOST}:{postgres_server.port},{HOST}:{standby.port}"
    found = f"postgresql://{login}@{hosts}/{store_name}"
    store = open_store(found)
    put(store, run("first", 0, 1))
    store.close()
    until(lambda: caught_up(postgres_server, standby))
    return found


@pytest.fixture
def store_name(postgres_server: PostgresServer, request: pytest.FixtureRequest) -> str:
    name = f"standby_{abs(hash(request.node.nodeid))}"
    postgres_server.create_database(name)
    return name


def ask(server: PostgresServer, query: str) -> str:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        return str(connection.execute(query).fetchone()[0])  # type: ignore[index]


def caught_up(primary: PostgresServer, standby: PostgresStandby) -> bool:
    written = ask(primary, "SELECT pg_current_wal_lsn()")
    return ask(standby, f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == "True"


def asks_standby(store: RelationalStore) -> bool:
    with store._reading() as connection:
        return bool(connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar())


def runs(store: RelationalStore) -> int:
    return store.stats()["activities"]


def opened(url: str) -> RelationalStore:
    store = open_store(url)
    assert isinstance(store, RelationalStore)
    return store


def test_readers_ask_the_standby_and_writers_the_primary(url: str) -> None:
    store = opened(url)
    assert asks_standby(store)
    assert runs(store) == 1
    put(store, run("second", 2, 3))
    assert runs(store) == 2
    store.close()


def test_who_wrote_sees_it_though_the_standby_is_behind(
    url: str, postgres_server: PostgresServer, standby: PostgresStandby
) -> None:
    writer, other = opened(url), opened(url)
    assert runs(writer) == 1  # by a connection to the standby, which is kept
    ask(standby, "SELECT pg_wal_replay_pause()::text")
    try:
        put(writer, run("second", 2, 3))
        assert runs(writer) == 2
        assert not asks_standby(writer)
        assert (runs(other), asks_standby(other)) == (1, True)
    finally:
        ask(standby, "SELECT pg_wal_replay_resume()::text")
    until(lambda: caught_up(postgres_server, standby))
    assert runs(other) == 2
    writer.close()  # forgets nothing: new connections ask the standby, which has it now
    assert (runs(writer), asks_standby(writer)) == (2, True)
    for each in (writer, other):
        each.close()


def test_the_primary_answers_while_the_standby_is_away(url: str, standby: PostgresStandby) -> None:
    store = opened(url)
    assert asks_standby(store)
    standby.kill()
    try:
        assert runs(store) == 1
        assert not asks_standby(store)
        put(store, run("second", 2, 3))
        assert runs(store) == 2
    finally:
        standby.start()
    store.close()


def test_a_url_can_say_where_readers_ask(url: str) -> None:
    for wanted, expected in (("read-write", False), ("standby", True)):
        store = opened(f"{url}?target_session_attrs={wanted}")
        assert (asks_standby(store), runs(store)) == (expected, 1)
        store.close()


def test_the_address_shows_all_hosts_and_no_password() -> None:
    database = primary_and_standbys("postgresql://me:se,cr?et@one:1,two/prov", None)
    assert database.address == "postgresql://me@one,two/prov"


@pytest.mark.parametrize(
    "place",
    [
        "one,/prov",
        "one,two/prov?sslmode=require",
        "one/prov?target_session_attrs=fastest",
        "one,two:port/prov",
        "one,two/prov?target_session_attrs",
        "one,two",
    ],
)
def test_a_url_that_makes_no_sense_is_refused(place: str) -> None:
    with pytest.raises(SettingsError, match="with more hosts behind a comma") as refused:
        open_store(f"postgresql://me:secret@{place}")
    assert "secret" not in str(refused.value)
