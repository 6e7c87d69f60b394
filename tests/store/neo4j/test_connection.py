"""Addresses, errors and retries of the Neo4j store."""

import inspect
import time
from typing import Any
from unittest.mock import patch

import pytest
from neo4j import exceptions as driver_errors

from provgraph.errors import (
    LoginError,
    NoStoreError,
    SettingsError,
    StoreError,
    UnreachableError,
)
from provgraph.store.neo4j import connection
from provgraph.store.neo4j.address import Address, address_of
from provgraph.store.neo4j.connection import DRIVER_ERRORS, MEANINGS, Connection
from provgraph.store.neo4j.store import open_neo4j
from tests.services import Neo4jServer
from tests.services.process import free_port

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("neo4j://u:s3cret@host:7687/lab", Address("neo4j://host:7687", "u", SECRET, "lab")),
        ("neo4j+s://u:s3cret@host", Address("neo4j+s://host", "u", SECRET, None)),
        ("bolt://host/", Address("bolt://host", None, None, None)),
        ("bolt+s://u@host/lab", Address("bolt+s://host", "u", None, "lab")),
        ("bolt://u:a%40b%2Fc@host", Address("bolt://host", "u", "a@b/c", None)),
        ("bolt://u:a@b/c@host/lab", Address("bolt://host", "u", "a@b/c", "lab")),
        ("bolt://:s3cret@host", Address("bolt://host", "neo4j", SECRET, None)),
        ("bolt://u:s3cret@[::1]:7687/lab", Address("bolt://[::1]:7687", "u", SECRET, "lab")),
    ],
)
def test_addresses(url: str, expected: Address) -> None:
    assert address_of(url) == expected


def test_a_password_may_come_from_elsewhere() -> None:
    assert address_of("bolt://u:old@host", SECRET).password == SECRET
    assert address_of("bolt://host", SECRET).user == "neo4j"


@pytest.mark.parametrize(
    "url",
    [
        "http://u:s3cret@host",
        "bolt://",
        "bolt://u:s3cret@/lab",
        "neo4j:s3cret",
        "bolt://u:s3cret@host/a/b",
        "bolt://u:x@host:s3cret",
    ],
)
def test_what_is_no_address_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="a Neo4j store is neo4j://") as raised:
        address_of(url)
    assert SECRET not in str(raised.value)


def test_the_password_is_never_shown() -> None:
    address = address_of(f"bolt://u:{SECRET}@host/lab")
    store = open_neo4j(f"bolt://u:{SECRET}@host/lab")
    assert SECRET not in repr(address) + str(address) + repr(store) + str(store)
    assert "bolt://u@host/lab" in repr(store)
    store.close()


def test_every_error_of_the_driver_has_a_meaning() -> None:
    """Fails when the driver gains an error: give it a line in `MEANINGS`."""
    public = [getattr(driver_errors, name) for name in driver_errors.__all__]
    errors = {each for each in public if inspect.isclass(each) and issubclass(each, Exception)}
    assert errors | {driver_errors.GqlError} == set(MEANINGS)


@pytest.mark.parametrize("error", [each for each in MEANINGS if issubclass(each, DRIVER_ERRORS)])
def test_errors_say_where_and_what_to_do(error: type[Exception]) -> None:
    connection = Connection(address_of(f"bolt://u:{SECRET}@host/lab"))
    meaning, advice = MEANINGS[error]
    with pytest.raises(meaning, match="bolt://u@host/lab") as raised, connection.translated():
        raise error("it broke")
    assert advice in str(raised.value)
    assert SECRET not in str(raised.value)
    connection.close()


def test_an_error_that_is_new_means_what_its_base_means() -> None:
    class NewError(driver_errors.TransientError):
        pass

    connection = Connection(address_of("bolt://host"))
    with pytest.raises(UnreachableError), connection.translated():
        raise NewError("later")
    connection.close()


def test_a_server_that_does_not_answer_is_tried_again_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "FIRST_RETRY_SECONDS", 0.5)
    store = open_neo4j(f"bolt://u:{SECRET}@127.0.0.1:{free_port()}/lab")
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="is the server up") as raised:
        store.stats()
    assert 0.1 < time.monotonic() - began < connection.RETRY_SECONDS
    assert SECRET not in str(raised.value)
    with pytest.raises(UnreachableError), store.writing():
        pass
    store.close()


def test_only_transient_errors_are_tried_again() -> None:
    connection = Connection(address_of("bolt://host"))
    asked = []

    def ask() -> None:
        asked.append(1)
        raise (
            driver_errors.TransientError("later")
            if len(asked) < 3
            else driver_errors.ClientError("no")
        )

    with pytest.raises(StoreError, match="no"), connection.translated():
        connection._retried(ask)
    assert len(asked) == 3
    connection.close()


# With a server.


def test_a_wrong_password_is_said_and_not_shown(neo4j_server: Neo4jServer) -> None:
    refused = open_neo4j(neo4j_server.url.replace(neo4j_server.password, "wr0ng"))
    with pytest.raises(StoreError, match="the password is wrong, or none was given") as raised:
        refused.stats()
    assert not isinstance(raised.value, UnreachableError)
    assert "wr0ng" not in str(raised.value)
    refused.close()


def test_a_database_that_is_not_there(neo4j_server: Neo4jServer) -> None:
    refused = open_neo4j(neo4j_server.url + "x")
    with pytest.raises(StoreError, match="neo4jx"):
        refused.stats()
    refused.close()


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("Security.Unauthorized", LoginError, "the user name or the password is wrong"),
        ("Security.AuthenticationRateLimit", LoginError, "too many wrong passwords came in a row"),
        ("Security.CredentialsExpired", LoginError, "the password has to be changed first"),
        ("Database.DatabaseNotFound", NoStoreError, "the server has no such database"),
        ("General.WriteOnReadOnlyAccessDatabase", StoreError, "its server only reads"),
    ],
)
def test_errors_by_their_code(code: str, expected: type[StoreError], words: str) -> None:
    error = driver_errors.Neo4jError._hydrate_neo4j(
        code=f"Neo.ClientError.{code}", message="the server's words"
    )
    connection = Connection(address_of("bolt://host"))
    with pytest.raises(expected, match=words) as raised, connection.translated():
        raise error
    assert "the server's words" not in str(raised.value)
    connection.close()


def test_a_reader_asks_where_nobody_can_write(neo4j_server: Neo4jServer) -> None:
    """By a URL with routing, as a cluster needs it; a cluster sends readers to its secondaries."""
    url = neo4j_server.url.replace("bolt://", "neo4j://")
    asked = Connection(address_of(url))
    assert asked.read("RETURN 1")[0][0] == 1
    with pytest.raises(StoreError, match="read access mode"):
        asked.read("CREATE (n:Nobody)")
    with (
        pytest.raises(StoreError, match="read access mode"),
        asked.view() as transaction,
    ):
        transaction.run("CREATE (n:Nobody)").consume()
    asked.close()


def test_queries_at_once_are_all_sent_before_an_answer_is_read(neo4j_server: Neo4jServer) -> None:
    asked = Connection(address_of(neo4j_server.url))
    numbers = "UNWIND range(1, $last) AS number RETURN number"
    queries: list[tuple[str, dict[str, Any]]] = [
        (numbers, {"last": 3}),
        ("RETURN 'x'", {}),
        (numbers, {"last": 2_000}),
    ]
    found = asked.read_at_once(queries)
    assert [[row[0] for row in rows] for rows in found] == [[1, 2, 3], ["x"], [*range(1, 2_001)]]
    assert [[row[0] for row in rows] for rows in asked.read_at_once(queries[1:2])] == [["x"]]
    assert asked.read_at_once([]) == []
    with pytest.raises(StoreError, match="read access mode"):
        asked.read_at_once([*queries, ("CREATE (n:Nobody)", {})])
    assert asked.state is not None
    asked.close()


def test_who_wrote_asks_with_the_bookmark_of_that(neo4j_server: Neo4jServer) -> None:
    """A server of a cluster that is not so far yet lets the question wait."""
    asked = Connection(address_of(neo4j_server.url.replace("bolt://", "neo4j://")))
    sent: list[list[str]] = []
    manager = asked._bookmarks
    known = manager.get_bookmarks

    def noted() -> Any:
        found = known()
        sent.append(sorted(found))
        return found

    with patch.object(manager, "get_bookmarks", noted):
        with asked.transaction("RETURN 1") as transaction:
            transaction.run("CREATE (n:Bookmarked) DELETE n").consume()
        (written,) = known()
        asked.read("RETURN 1")
    assert sent[-1] == [written]
    assert sent[0] != [written]
    asked.close()
