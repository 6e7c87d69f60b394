"""Connections of the relational store: private files, and errors in our words."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from provgraph.errors import LoginError, NoStoreError, SettingsError, StoreError, UnreachableError
from provgraph.store.relational.connection import address_of, memory_engine, translated
from provgraph.store.relational.postgresql import postgresql_engine

POSTGRESQL = "postgresql://me:very-secret@host:5433/prov"


def message(engine: Engine, error: Exception) -> tuple[type, str]:
    with pytest.raises(StoreError) as raised, translated(engine):
        raise error
    return type(raised.value), str(raised.value)


def wrapped(error: Exception, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    return kind("SELECT 'a value of the user'", {}, error)


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (psycopg.OperationalError("gone"), UnreachableError, "can't be reached: gone; is the"),
        (psycopg.errors.AdminShutdown("Ende"), UnreachableError, "is the server up?"),
        (psycopg.errors.TooManyConnections("zu viele"), UnreachableError, "can't be reached"),
        (psycopg.errors.DiskFull("voll"), StoreError, "has no room: voll; the disk is full"),
        (psycopg.errors.InvalidPassword("nein"), LoginError, "the password is wrong, or none was"),
        (psycopg.errors.InvalidAuthorizationSpecification("x"), LoginError, "the user in: x"),
        (
            psycopg.errors.InvalidCatalogName("fehlt"),
            NoStoreError,
            "has no such database; createdb",
        ),
        (psycopg.errors.UndefinedTable("fehlt"), StoreError, "is damaged or is none of ours"),
    ],
)
def test_errors_of_postgresql(error: Exception, expected: type, words: str) -> None:
    engine = postgresql_engine(POSTGRESQL, None)
    kind, said = message(engine, wrapped(error))
    assert kind is expected
    assert words in said
    assert "postgresql://me@host:5433/prov" in said
    assert "very-secret" not in said
    assert "a value of the user" not in said


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        (sqlite3.SQLITE_BUSY, UnreachableError, "is busy: another process writes to it"),
        (sqlite3.SQLITE_LOCKED, UnreachableError, "is busy"),
        (sqlite3.SQLITE_FULL, StoreError, "the disk is full"),
        (sqlite3.SQLITE_IOERR, StoreError, "check the path, its owner and the disk"),
    ],
)
def test_errors_of_sqlite(code: int, expected: type, words: str) -> None:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    kind, said = message(memory_engine(), wrapped(error))
    assert kind is expected
    assert words in said


def test_a_pool_without_a_free_connection_is_no_fault_of_the_store() -> None:
    assert message(memory_engine(), PoolTimeoutError("late"))[0] is UnreachableError


def test_an_error_of_another_kind_is_not_translated() -> None:
    with pytest.raises(KeyError), translated(memory_engine()):
        raise KeyError("x")


def test_a_password_from_elsewhere_and_none_in_the_address() -> None:
    engine = postgresql_engine(POSTGRESQL, "other-secret")
    assert address_of(engine) == "postgresql://me@host:5433/prov"
    assert "secret" not in str(engine.url.render_as_string(hide_password=False))
    with pytest.raises(SettingsError, match="nothing behind that but"):
        postgresql_engine(POSTGRESQL + "?sslmode=disable", None)


def test_a_statement_that_is_wrong_is_said_without_its_values() -> None:
    engine = memory_engine()
    error = wrapped(sqlite3.ProgrammingError("bad"), ProgrammingError)
    assert "a value of the user" not in message(engine, error)[1]
