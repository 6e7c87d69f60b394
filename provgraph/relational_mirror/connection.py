"""The connection to a mirror's database: one transaction at a time, and its errors in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from provgraph.databases.postgresql import (
    WRONG_LOGIN,
    Cause,
    cause_of,
    is_postgresql_url,
    postgresql_address,
    words_of,
)
from provgraph.errors import LoginError, MirrorError, SettingsError, UnreachableError

Cursor = psycopg.Cursor[Any]
_LOG = logging.getLogger(__name__)
_FORM = (
    "a mirror is postgresql://USER@HOST:5432/DATABASE, without anything behind that; the schema is "
    "an option apart"
)
_LOCK = "hashtext('provgraph mirror')"
#: What the mirror says of an error, with where it is and the server's words, and what to do.
_ADVICE = {
    Cause.NO_DATABASE: "is not there: the server has no such database; createdb makes it",
    Cause.FORBIDDEN: "refuses: {words}; grant the user CREATE on database and schema",
    Cause.NEEDED: "can't be replaced: {words}; drop what others built on its tables (views …), "
    "or sync without --full",
    Cause.IN_USE: "is in use: somebody reads its tables without an end; sync again later",
    Cause.NO_ROOM: "has no room: {words}; make room, sync again",
    Cause.FAILED: "failed: {words}; `provgraph sync --full` makes it anew",
}
#: The texts of values depend on some of these; the others let a transaction last.
_SESSION = (
    "datestyle = ISO",
    "timezone = UTC",
    "statement_timeout = 0",
    "jit = off",
    "idle_in_transaction_session_timeout = 0",
    "standard_conforming_strings = on",
)


@contextmanager
def connected(url: str, password: str | None) -> Iterator[Connection]:
    """Connect to the mirror's database.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL; libpq looks into PGPASSFILE when there is none.

    Yields:
        the connection, which is closed at the end.

    Raises:
        SettingsError: the URL makes no sense.
        LoginError: the server does not let the user in.
        UnreachableError: the server does not answer, or went away; nothing is half done.
        MirrorError: the server refuses.
    """
    if not is_postgresql_url(url):
        raise SettingsError(_FORM)
    address = postgresql_address(url, _FORM, password=password)
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=NullPool,
        connect_args=address.settings(application_name="provgraph sync"),
    )
    with _translated_errors(str(address)), engine.connect() as connection:
        yield connection


def address_without_password(url: str) -> str:
    """Write down where a mirror is.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.

    Returns:
        The URL without the password.

    Raises:
        SettingsError: the URL makes no sense.
    """
    return str(postgresql_address(url, _FORM))


def cursor_of(connection: Connection) -> Cursor:
    """Open a cursor of the driver in the transaction of a connection: COPY goes through it.

    Args:
        connection: to the mirror's database.

    Returns:
        The cursor.
    """
    driver: Any = connection.connection.driver_connection
    cursor: Cursor = driver.cursor()
    return cursor


def configure_session(cursor: Cursor) -> None:
    """Make the settings of a transaction that the mirror relies on.

    PostgreSQL then writes the texts of values in one form, and does not end a long transaction.

    Args:
        cursor: in the transaction.
    """
    for setting in _SESSION:
        cursor.execute(sql.SQL("SET LOCAL {}").format(sql.SQL(setting)))


def lock(cursor: Cursor) -> None:
    """Wait until no other job writes to this mirror; the lock is held to the transaction's end.

    Two jobs at the same time then do as one (docs/contract.md, The ctaprov mirror).

    Args:
        cursor: in the transaction that syncs.
    """
    taken = cursor.execute(f"SELECT pg_try_advisory_xact_lock({_LOCK})").fetchone()
    if taken != (True,):
        _LOG.warning("another provgraph sync writes to this mirror; waiting for it")
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


@contextmanager
def _translated_errors(where: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _in_our_words(where, error.orig) from error
    except psycopg.Error as error:
        raise _in_our_words(where, error) from error


def _in_our_words(where: str, error: BaseException | None) -> Exception:
    """The driver's error as the mirror tells it."""
    cause, words = cause_of(error), words_of(error)
    if cause is Cause.LOGIN:
        advice = WRONG_LOGIN.format(variable="PROVGRAPH_MIRROR_PASSWORD")
        return LoginError(f"the mirror at {where} {advice}, or PGPASSFILE")
    if cause is Cause.REFUSED:
        return LoginError(f"the mirror at {where} does not let the user in: {words}")
    if cause is Cause.AWAY:
        return UnreachableError(
            f"the mirror at {where} can't be reached: {words}; is the server up?"
        )
    return MirrorError(f"the mirror at {where} {_ADVICE[cause].format(words=words)}")
