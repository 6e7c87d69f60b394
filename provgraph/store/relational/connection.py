"""Connections of the embedded store, and their errors in our words."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from provgraph.errors import SettingsError, StoreError, UnreachableError

#: How long a SQLite writer waits for another one, in seconds.
BUSY_SECONDS = 600
#: PostgreSQL answers a first connection within this many seconds, or can't be reached.
CONNECT_SECONDS = 10
#: PostgreSQL's word for a full disk.
#: While a connection is made, psycopg passes on the server's words alone.
_REFUSED = re.compile(
    r"FATAL: .*(authentication failed|does not exist|pg_hba\.conf|not permitted|permission denied)"
)
_DISK_FULL = "53100"
#: A server that is gone without a word is noticed within half a minute, not after hours.
POSTGRESQL_KEEPALIVES = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
#: Every question here is a walk along indexes; without statistics, as after a load, the planner
#: would read whole tables at each step of a walk, and compile statements that are over sooner.
_POSTGRESQL_OPTIONS = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
)


def sqlite_engine(url: str) -> Engine:
    """An engine on a SQLite file or on memory.

    A new file is readable by its owner only (CONTRACT section 3).
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
    """An engine on a PostgreSQL database, through psycopg 3."""
    parsed = postgresql_url(url, _POSTGRESQL_FORM)
    if password is not None:
        parsed = parsed.set(password=password)
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        "options": _POSTGRESQL_OPTIONS,
        **POSTGRESQL_KEEPALIVES,
    }
    return create_engine(parsed, pool_pre_ping=True, connect_args=arguments)


def postgresql_url(url: str, form: str) -> URL:
    """The URL's parts for psycopg 3.

    Raises:
        SettingsError: with ``form`` as its message, which repeats nothing, for a password may be
            anywhere in the URL.
    """
    login, _, place = url.partition("://")[2].rpartition("@")
    user, colon, password = login.partition(":")
    try:
        parsed = make_url(f"postgresql+psycopg://{place}")
    except ArgumentError:
        raise SettingsError(form) from None
    if parsed.query or not parsed.database:
        raise SettingsError(form)
    return parsed.set(username=unquote(user) or None, password=unquote(password) if colon else None)


_POSTGRESQL_FORM = "a PostgreSQL store is postgresql://USER:PASSWORD@HOST:5432/DATABASE, without anything behind that"


def address_of(engine: Engine) -> str:
    """Where the store is, without the password."""
    return engine.url.set(drivername=engine.dialect.name, password=None).render_as_string()


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Driver errors as ours, said once, here; the password is not in them."""
    where = address_of(engine)
    try:
        yield
    except (InterfaceError, PoolTimeoutError) as error:
        raise UnreachableError(
            f"the store at {where} can't be reached: {_said(error)}; is the server up?"
        ) from error
    except OperationalError as error:
        raise _operational(where, engine, error) from error
    except DatabaseError as error:
        raise StoreError(
            f"the store at {where} is damaged or is none of ours: {_said(error)}"
        ) from error
    except SQLAlchemyError as error:
        raise StoreError(f"the store at {where} failed: {_said(error)}") from error


def _operational(where: str, engine: Engine, error: OperationalError) -> StoreError:
    if getattr(error.orig, "sqlstate", None) == _DISK_FULL or "disk is full" in str(error.orig):
        return StoreError(
            f"the store at {where} has no room: {_said(error)}; the disk is full: make room, load again"
        )
    if _REFUSED.search(str(error.orig)):
        return StoreError(
            f"the store at {where} refuses: {_said(error)}; check user, password and database"
        )
    if engine.dialect.name == "postgresql":
        return UnreachableError(
            f"the store at {where} can't be reached: {_said(error)}; is the server up?"
        )
    if "locked" in str(error.orig):
        return UnreachableError(
            f"the store at {where} is busy: another process writes to it; try again later"
        )
    return StoreError(
        f"the store at {where} can't be used: {_said(error)}; check the path, its owner and the disk"
    )


def _said(error: Exception) -> str:
    """The driver's own words, on one line, without the statement and its values."""
    original = getattr(error, "orig", None) or error
    return " ".join(str(original).split())[:300]


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


def lock_for_writing(connection: Connection) -> None:
    """Wait until this is the only writer.

    SQLite's transactions begin so, PostgreSQL takes an advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('provgraph writer'))"))
