"""Connections of the relational store, and their errors in our words.

The store is a SQLite file, SQLite in memory, or a PostgreSQL database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from provgraph.databases.postgresql import Cause, cause_of, postgresql_address, words_of
from provgraph.errors import StoreError, UnreachableError

#: Every question here is a walk along indexes; without statistics, as after a load, the planner
#: would read whole tables at each step of a walk, and compile statements that are over sooner.
_POSTGRESQL_OPTIONS = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
)
_POSTGRESQL_FORM = (
    "a PostgreSQL store is postgresql://USER:PASSWORD@HOST:5432/DATABASE, without anything behind "
    "that"
)


# Engines.


def postgresql_engine(url: str, password: str | None) -> Engine:
    """An engine on a PostgreSQL database, through psycopg 3; nothing is sent yet.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL.

    Raises:
        SettingsError: the URL makes no sense.
    """
    address = postgresql_address(url, _POSTGRESQL_FORM, password=password)
    shown = URL.create(
        "postgresql+psycopg",
        username=address.user,
        host=address.host or None,
        port=address.port,
        database=address.database,
    )
    return create_engine(
        shown, pool_pre_ping=True, connect_args=address.settings(options=_POSTGRESQL_OPTIONS)
    )


def address_of(engine: Engine) -> str:
    """Where the store is, without the password.

    Args:
        engine: of the store.
    """
    return engine.url.set(drivername=engine.dialect.name, password=None).render_as_string()


def lock_for_writing(connection: Connection) -> None:
    """Wait until this is the only writer.

    SQLite's transactions begin so, PostgreSQL takes an advisory lock until the transaction's end.

    Args:
        connection: in a transaction, with the option ``writes``.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('provgraph writer'))"))


# Errors.


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turns the driver's errors into ours; neither password nor values are in them.

    Args:
        engine: of the store, which says where it is.

    Raises:
        UnreachableError: trying again may help.
        StoreError: it does not.
    """
    where = address_of(engine)
    try:
        yield
    except PoolTimeoutError as error:
        raise _unreachable(where, str(error)) from error
    except DBAPIError as error:
        is_sqlite = engine.dialect.name == "sqlite"
        meaning = _sqlite_error if is_sqlite else _postgresql_error
        raise meaning(where, error) from error
    except SQLAlchemyError as error:
        raise StoreError(f"the store at {where} failed: {words_of(error)}") from error


def _postgresql_error(where: str, error: DBAPIError) -> StoreError:
    words = words_of(error.orig)
    match cause_of(error.orig):
        case Cause.AWAY | Cause.IN_USE:
            return _unreachable(where, words)
        case Cause.REFUSED:
            return StoreError(
                f"the store at {where} refuses: {words}; check user, password and database"
            )
        case Cause.NO_ROOM:
            return _no_room(where, words)
        case _:
            return _damaged(where, words)


def _sqlite_error(where: str, error: DBAPIError) -> StoreError:
    words = words_of(error.orig)
    # The extended code's lowest byte is the code.
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _no_room(where, words)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreachableError(
            f"the store at {where} is busy: another process writes to it; try again later"
        )
    if isinstance(error.orig, sqlite3.OperationalError):
        return StoreError(
            f"the store at {where} can't be used: {words}; check the path, its owner and the disk"
        )
    if isinstance(error, InterfaceError) or not isinstance(error, DatabaseError):
        return StoreError(f"the store at {where} failed: {words}")
    return _damaged(where, words)


def _unreachable(where: str, words: str) -> UnreachableError:
    return UnreachableError(f"the store at {where} can't be reached: {words}; is the server up?")


def _no_room(where: str, words: str) -> StoreError:
    return StoreError(
        f"the store at {where} has no room: {words}; the disk is full: make room, load again"
    )


def _damaged(where: str, words: str) -> StoreError:
    return StoreError(f"the store at {where} is damaged or is none of ours: {words}")
