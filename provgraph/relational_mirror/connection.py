"""The connection to a mirror's database: one transaction at a time, and its errors in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from provgraph.databases.postgresql import (
    Cause,
    cause_of,
    is_postgresql_url,
    postgresql_address,
    words_of,
)
from provgraph.errors import MirrorError, SettingsError, UnreachableError

Cursor = psycopg.Cursor[Any]
_LOG = logging.getLogger(__name__)
_FORM = (
    "a mirror is postgresql://USER@HOST:5432/DATABASE, without anything behind that; the schema is "
    "an option apart"
)
_LOCK = "hashtext('provgraph mirror')"
#: What the mirror says of an error, with where it is and the server's words, and what to do.
_ADVICE = {
    Cause.FORBIDDEN: "refuses: {words}; grant the user CREATE on database and schema",
    Cause.NEEDED: "can't be replaced: {words}; drop what others built on its tables (views …), "
    "or sync without --full",
    Cause.IN_USE: "is in use: somebody reads its tables without an end; sync again later",
    Cause.NO_ROOM: "has no room: {words}; make room, sync again",
    Cause.FAILED: "failed: {words}; `provgraph sync --full` makes it anew",
}


@contextmanager
def connected(url: str, password: str | None) -> Iterator[Connection]:
    """A connection to the mirror's database.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL; libpq looks into PGPASSFILE when there is none.

    Raises:
        SettingsError: the URL makes no sense.
        UnreachableError: the server does not answer, or went away; nothing is half done.
        MirrorError: it refuses.
    """
    if not is_postgresql_url(url):
        raise SettingsError(_FORM)
    address = postgresql_address(url, _FORM, password=password)
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=NullPool,
        connect_args=address.settings(application_name="provgraph sync"),
    )
    with _translated(str(address)), engine.connect() as connection:
        yield connection


def cursor_of(connection: Connection) -> Cursor:
    """The driver's cursor in the same transaction: COPY goes through it."""
    driver: Any = connection.connection.driver_connection
    cursor: Cursor = driver.cursor()
    return cursor


def lock(cursor: Cursor) -> None:
    """Wait until no other job writes to this mirror; held to the end of the transaction."""
    taken = cursor.execute(f"SELECT pg_try_advisory_xact_lock({_LOCK})").fetchone()
    if taken != (True,):
        _LOG.warning("another provgraph sync writes to this mirror; waiting for it")
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _ours(where, error.orig) from error
    except psycopg.Error as error:
        raise _ours(where, error) from error


def _ours(where: str, error: BaseException | None) -> Exception:
    """The driver's error in the mirror's words."""
    cause, words = cause_of(error), words_of(error)
    if cause in (Cause.AWAY, Cause.REFUSED):
        return UnreachableError(
            f"the mirror at {where} can't be reached: {words}; is the server up?"
        )
    return MirrorError(f"the mirror at {where} {_ADVICE[cause].format(words=words)}")
