"""The connection to a mirror's database: one transaction at a time, and its errors in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from provgraph.errors import MirrorError, SettingsError, UnreachableError
from provgraph.loaders.ctaprov.address import is_database
from provgraph.store.relational.connection import (
    CONNECT_SECONDS,
    POSTGRESQL_KEEPALIVES,
    postgresql_url,
)

Cursor = psycopg.Cursor[Any]
_LOG = logging.getLogger(__name__)
_FORM = "a mirror is postgresql://USER@HOST:5432/DATABASE, without anything behind that; the schema is an option apart"
_LOCK = "hashtext('provgraph mirror')"
#: What PostgreSQL says when it ends connections, is not ready yet, or was interrupted.
_AWAY = ("57", "08")


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
    if not is_database(url):
        raise SettingsError(_FORM)
    address = postgresql_url(url, _FORM)
    if password is not None:
        address = address.set(password=password)
    where = address.set(drivername="postgresql", password=None).render_as_string()
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "provgraph sync",
        **POSTGRESQL_KEEPALIVES,
    }
    engine = create_engine(address, poolclass=NullPool, connect_args=arguments)
    with _translated(where), engine.connect() as connection:
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
    said = " ".join(str(error).split())[:300]
    state = getattr(error, "sqlstate", None)
    lost = state is None or state[:2] in _AWAY
    if isinstance(error, psycopg.OperationalError) and lost:
        return UnreachableError(
            f"the mirror at {where} can't be reached: {said}; is the server up?"
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return MirrorError(
            f"the mirror at {where} refuses: {said}; grant the user CREATE on database and schema"
        )
    if isinstance(error, psycopg.errors.DependentObjectsStillExist):
        advice = "drop what others built on its tables (views …), or sync without --full"
        return MirrorError(f"the mirror at {where} can't be replaced: {said}; {advice}")
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return MirrorError(
            f"the mirror at {where} is in use: somebody reads its tables without an end; sync again later"
        )
    if isinstance(error, psycopg.errors.DiskFull):
        return MirrorError(f"the mirror at {where} has no room: {said}; make room, sync again")
    return MirrorError(
        f"the mirror at {where} failed: {said}; `provgraph sync --full` makes it anew"
    )
