"""The PostgreSQL store, where it is not as the embedded one."""

import pytest

from provgraph.errors import StoreError, UnreachableError
from provgraph.store.registry import open_store
from tests.services import PostgresServer

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize(
    ("right", "wrong"), [("provgraph:", "stranger:"), ("/postgres", "/nosuch")]
)
def test_a_wrong_login_or_database_is_no_server_that_is_away(
    right: str, wrong: str, postgres_server: PostgresServer
) -> None:
    with pytest.raises(StoreError, match="check user, password and database") as raised:
        open_store(postgres_server.url().replace(right, wrong, 1))
    assert not isinstance(raised.value, UnreachableError)
    assert postgres_server.password not in str(raised.value)


def test_a_wrong_password_is_no_server_that_is_away(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreError, match="check user, password and database") as raised:
        open_store(postgres_server.url(), password="wr0ng")
    assert not isinstance(raised.value, UnreachableError)
    assert "wr0ng" not in str(raised.value)
