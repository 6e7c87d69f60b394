"""A wrong password is a wrong password, in every store; what is not there is said to be so."""

import re

import pytest

from provgraph.errors import LoginError, NoStoreError
from provgraph.store.registry import open_store
from tests.services import Neo4jServer, PostgresServer

WRONG = "the user name or the password is wrong, or none was given; check the URL, PROVGRAPH_STORE_"


def login_error(url: str) -> str:
    """What a store says of a login that fails, to who asks and to who writes alike."""
    store = open_store(url)
    with pytest.raises(LoginError) as asked:
        store.stats()
    with pytest.raises(LoginError) as written:
        store.make()
    store.close()
    assert str(asked.value) == str(written.value)
    assert asked.value.exit_code == 2
    return str(asked.value)


def assert_says_what_is_wrong(said: str) -> None:
    assert WRONG in said
    assert "secret" not in said
    for driver in ("FATAL", "Neo.", "unauthorized", "authentication"):
        assert driver not in said


def test_postgresql(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("logins")
    password = f":{postgres_server.password}@"
    for wrong in (
        url.replace(password, ":very-secret@"),
        url.replace(password, "@"),
        re.sub(r"//.*?:", "//nobody:", url),
    ):
        assert_says_what_is_wrong(login_error(wrong))
    absent = open_store(url.replace("logins", "nowhere"))
    with pytest.raises(NoStoreError, match="the server has no such database"):
        absent.stats()
    absent.close()


def test_neo4j(neo4j_server: Neo4jServer) -> None:
    """After three wrong passwords in a row Neo4j lets a user wait: these are nobody else."""
    login, _, place = neo4j_server.url.rpartition("@")
    absent = open_store(f"{login}@{place.partition('/')[0]}/nowhere")
    with pytest.raises(NoStoreError, match="the server has no such database"):
        absent.stats()
    absent.close()
    assert_says_what_is_wrong(login_error(f"bolt://{place}"))
    for scheme in ("bolt", "neo4j"):
        wrong = f"{scheme}://nobody-{scheme}:very-secret@{place}"
        assert_says_what_is_wrong(login_error(wrong))
