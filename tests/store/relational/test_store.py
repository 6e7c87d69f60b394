"""The PostgreSQL store, where it is not as the embedded one."""

from contextlib import closing

import pytest

from provgraph.errors import LoginError, NoStoreError
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter, Search, SortOrder
from provgraph.model.records import Document, Run
from provgraph.store.registry import open_store
from provgraph.store.relational.connection import OneEngine
from provgraph.store.relational.postgresql import postgresql_engine
from provgraph.store.relational.store import RelationalStore
from tests.services import PostgresServer

pytestmark = pytest.mark.postgresql


def test_a_wrong_user_is_no_server_that_is_away(postgres_server: PostgresServer) -> None:
    url = postgres_server.url().replace("provgraph:", "stranger:", 1)
    with closing(open_store(url)) as store, pytest.raises(LoginError) as raised:
        store.stats()
    assert postgres_server.password not in str(raised.value)


def test_a_wrong_database_is_no_server_that_is_away(postgres_server: PostgresServer) -> None:
    url = postgres_server.url().replace("/postgres", "/nosuch", 1)
    with closing(open_store(url)) as store, pytest.raises(NoStoreError) as raised:
        store.stats()
    assert postgres_server.password not in str(raised.value)


def test_a_wrong_password_is_no_server_that_is_away(postgres_server: PostgresServer) -> None:
    opened = open_store(postgres_server.url(), password="wr0ng")
    with closing(opened) as store, pytest.raises(LoginError) as raised:
        store.stats()
    assert "wr0ng" not in str(raised.value)


def test_only_what_words_decide_is_planned_each_time(
    postgres_server: PostgresServer, postgres_tables: str
) -> None:
    """The driver prepares what comes often, and the server keeps a plan that is as good for all."""
    url = postgres_server.create_database("planned", postgres_tables)
    engine = postgresql_engine(url, None)
    with closing(RelationalStore(OneEngine(engine))) as store:
        with store.writing() as transaction:
            integrate(transaction, [Document(run=Run("r", {"name": ("tool",)}))])
        for _ in range(20):
            assert store.find(Filter(identifiers=("r",))).found
            assert store.find(Filter(search=Search("tool")), SortOrder.TIME).found
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT statement LIKE '%%tsquery%%', statement LIKE '%%bearing%%', generic_plans "
                "FROM pg_prepared_statements"
            ).all()
    assert [plans for searches, _, plans in rows if searches]
    assert not any(plans for searches, _, plans in rows if searches)
    assert [plans > 0 for _, finds, plans in rows if finds] == [True]
