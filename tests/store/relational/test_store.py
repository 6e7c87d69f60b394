"""The PostgreSQL store, where it is not as the embedded one."""

from contextlib import closing

import pytest

from provgraph.errors import LoginError, NoStoreError
from provgraph.store.registry import open_store
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
