"""Whether a server is ready says what state its store is in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from provgraph.errors import NoStoreError, StoreError, UnfinishedCopyError, UnreachableError
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational.postgresql import postgresql_engine
from provgraph.store.relational.store import RelationalStore
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served
from tests.graphql.test_failures import Failing
from tests.services import PostgresServer
from tests.store.relational.test_stand_ins import make_older


def ready(store: Any) -> tuple[int, str]:
    """What `/readyz` says of a store; `/availability` says the same."""
    with served(store) as client:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
        is_there = str(answer.status_code == 200).lower()
        note = answer.text.strip().removeprefix("ok").removeprefix(", but ")
        said = f"<vosi:note>{note}</vosi:note>" if note else ""
        assert f"<vosi:available>{is_there}</vosi:available>{said}</" in (
            client.get("/availability").text
        )
        return answer.status_code, answer.text


@contextmanager
def tables_of(store: Store) -> Iterator[Engine]:
    """The database of a store."""
    assert isinstance(store, RelationalStore)
    with store._database.reading() as engine:
        yield engine


def test_a_store_that_answers(store: Store) -> None:
    assert ready(store) == (200, "ok\n")


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (NoStoreError("bolt://host/"), 200, "ok, but nothing is loaded yet\n"),
        (UnreachableError("postgresql://host: gone"), 503, "the store does not answer\n"),
        (StoreError("postgresql://host: disk full"), 503, "the store does not answer\n"),
        (UnfinishedCopyError("x", "y"), 503, "the store is an unfinished copy\n"),
    ],
)
def test_a_store_that_can_not_be_asked(error: StoreError, status: int, told: str) -> None:
    assert ready(Failing(error)) == (status, told)


def test_a_store_of_another_provgraph(loaded: Store) -> None:
    with tables_of(loaded) as engine:
        make_older(engine, "0008")
        status, told = ready(loaded)
        assert (status, told.partition(":")[0]) == (
            200,
            "ok, but an older provgraph made the store",
        )
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert ready(loaded) == (503, "a newer provgraph made the store: install that version\n")


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Store]:
    """A store with one log in it."""
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    list(load(opened, [str(LOGS / "run02001.provlog")]))
    yield opened
    opened.close()


def test_connections_that_broke_are_made_again(postgres_server: PostgresServer) -> None:
    """As after a restart of the database: no request fails, and nothing has to be restarted."""
    url = postgres_server.create_database("reconnecting")
    store = open_store(url)
    list(load(store, [str(LOGS / "run02001.provlog")]))
    other = postgresql_engine(url, None)
    with served(store) as client:
        before = counted(client)
        with other.begin() as connection:
            ended = connection.execute(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ).scalar()
        assert ended
        assert client.get("/readyz").text == "ok\n"
        assert counted(client) == before
    other.dispose()
    store.close()


def counted(client: httpx.Client) -> Any:
    """How many records there are of each kind."""
    return asked(client, "{ stats { activities entities } }")["data"]
