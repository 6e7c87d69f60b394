"""Connections of the relational store, and their errors in our words.

The store is a SQLite file, SQLite in memory, or a PostgreSQL database.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from provgraph.databases.postgresql import Cause, cause_of, postgresql_address, words_of
from provgraph.errors import StoreError, UnreachableError
from provgraph.store.relational import tables

MIGRATIONS = Path(__file__).parent / "migrations"
#: The newest revision in `MIGRATIONS`; a test holds it true.
NEWEST = "0006"

#: How long a SQLite writer waits for another one, in seconds.
BUSY_SECONDS = 600
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


def sqlite_engine(url: str) -> Engine:
    """An engine on a SQLite file or on memory.

    A new file is readable by its owner only (docs/contract.md, Stores).

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for a store in memory.

    Raises:
        StoreError: the file can't be made or opened.
    """
    path = make_url(url).database or ":memory:"
    if path == ":memory:":
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        _make_private(Path(path))
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


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


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"the store {path} can't be opened: {error.strerror}; check the path and who owns it"
        ) from None


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for setting in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=2",
    ):
        connection.execute(f"PRAGMA {setting}")


def _on_sqlite_begin(connection: Any) -> None:
    """Begin as a writer only in `RelationalStore.writing`, so that readers never wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


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


def migrate(engine: Engine) -> None:
    """Bring a database to the newest revision, making all tables in an empty one.

    Args:
        engine: of the database.

    Raises:
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    if _revision(engine) == NEWEST:
        return
    from alembic import command  # noqa: PLC0415 - a third of a second that only a first use needs to spend
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        lock_for_writing(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"the store is of a newer provgraph: {error}; install that version"
            ) from None


def _revision(engine: Engine) -> str | None:
    """The database's revision; None when it is empty."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if {"alembic_version", tables.activity.name} <= names:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if names:
        raise StoreError(
            "the database holds tables of another program; give provgraph one of its own"
        )
    return None
