"""Where the tables of the relational store are, and how readers and writers get at them.

The store is a SQLite file, SQLite in memory, or a PostgreSQL database. A file and its tables are
made by the first writer, for its owner only. A reader makes nothing, also where it may not write:
on a read-only file system, or when the file is of another owner.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool, StaticPool
from typing_extensions import override

from provgraph.databases.postgresql import words_of
from provgraph.errors import NewerStoreError, NoStoreError, StoreError, UnfinishedCopyError
from provgraph.store.relational import tables
from provgraph.store.relational.failures import meaning_of, unreachable
from provgraph.store.relational.read_only import ReadOnlyFile
from provgraph.store.terms import number_of

MIGRATIONS = Path(__file__).parent / "migrations"
#: The newest revision in `MIGRATIONS`; a test holds it true.
NEWEST = "0017"
_REVISION = text("SELECT version_num FROM alembic_version")
#: The table that only an unfinished copy has (`provgraph.store.relational.filling`).
UNFINISHED_COPY = "unfinished_copy"
#: How long a SQLite writer waits for another one, in seconds.
BUSY_SECONDS = 600
_ALWAYS = ("temp_store=2",)
#: With 64 MB of pages in memory.
_READING = ("cache_size=-65536", *_ALWAYS)
#: With 16 MB: a large load fills them, and has much else in memory.
_WRITING = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16384",
    *_ALWAYS,
)


# Databases.


class SqlDatabase(Protocol):
    """Where tables are, or will be.

    Attributes:
        address: for people, without password.
    """

    address: str

    def reading(self) -> AbstractContextManager[Engine]:
        """An engine for one reader; nothing is made.

        Returns:
            A context manager; the engine may be another one the next time.

        Raises:
            NoStoreError: there is nothing.
            UnreachableError: what was read was written meanwhile, where nobody can be kept from
                that; ask again.
        """

    def writer(self) -> Engine:
        """The engine for writers; makes a place for the tables, but no tables.

        Raises:
            StoreError: nothing can be made there.
        """

    def close(self) -> None:
        """Let go of connections and files."""


class OneEngine(SqlDatabase):
    """A database that is there already: on a server, or in memory."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine for readers and writers."""
        self._engine = engine
        self.address = address_of(engine)

    @override
    def reading(self) -> AbstractContextManager[Engine]:
        return nullcontext(self._engine)

    @override
    def writer(self) -> Engine:
        return self._engine

    @override
    def close(self) -> None:
        self._engine.dispose()


def memory_engine() -> Engine:
    """An engine on a SQLite database in memory, which is gone when the engine is."""
    return _sqlite_engine(
        "sqlite://", _WRITING, poolclass=StaticPool, connect_args={"check_same_thread": False}
    )


class SqliteFile(SqlDatabase):
    """A SQLite file, which is perhaps not there yet, or not ours to write."""

    def __init__(self, path: Path) -> None:
        """Take the path; nothing is opened yet."""
        self._path = path
        self.address = f"sqlite:///{path.absolute()}"
        self._writer: Engine | None = None
        self._reader: Engine | None = None
        self._read_only: ReadOnlyFile | None = None

    @override
    def writer(self) -> Engine:
        if self._writer is None:
            _make_private(self._path)
            self._writer = self._engine("rwc", self._path, _WRITING)
        return self._writer

    @override
    @contextmanager
    def reading(self) -> Iterator[Engine]:
        if self._writer is not None:
            yield self._writer
        elif not os.path.lexists(self._path):
            raise NoStoreError(str(self._path), is_file=True)
        elif _may_write(self._path):
            self._reader = self._reader or self._engine("rw", self._path)
            yield self._reader
        else:
            if self._read_only is None:
                self._read_only = ReadOnlyFile(self._path, self._engine)
            with self._read_only.reading() as engine:
                yield engine

    @override
    def close(self) -> None:
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()
        if self._read_only is not None:
            self._read_only.close()

    def _engine(self, mode: str, path: Path, settings: tuple[str, ...] = _READING) -> Engine:
        """An engine that opens a file, this one or a copy of it, in a mode of SQLite's."""
        address = f"file:{quote(str(path.absolute()))}?mode={mode}"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)

        # What is cached of a file that others may write would not be looked at again.
        pool = NullPool if "immutable" in mode else QueuePool
        return _sqlite_engine(f"sqlite:///{self._path}", settings, creator=connect, poolclass=pool)


def _may_write(path: Path) -> bool:
    """Whether SQLite can write a file and make its companions beside it."""
    return os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)


def _make_private(path: Path) -> None:
    """Make a file for its owner only (docs/contract.md, Stores)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"the store {path} can't be opened: {error.strerror}; check the path and who owns it"
        ) from None


def _sqlite_engine(url: str, settings: tuple[str, ...], **options: Any) -> Engine:
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _configuring(settings))
    event.listen(engine, "begin", _on_begin)
    return engine


def _configuring(settings: tuple[str, ...]) -> Callable[[sqlite3.Connection, Any], None]:
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.create_function("number_of", 1, number_of, deterministic=True)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    return configure


def _on_begin(connection: Any) -> None:
    """Begin as a writer only in `RelationalStore.writing`, so that readers never wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def sqlite_database(url: str) -> SqlDatabase:
    """The place of an embedded store.

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for a store in memory.
    """
    path = make_url(url).database or ":memory:"
    return OneEngine(memory_engine()) if path == ":memory:" else SqliteFile(Path(path))


# Connections.


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


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turns the driver's errors into ours; neither password nor values are in them.

    Args:
        engine: of the store, which says where it is.

    Raises:
        UnreachableError: trying again may help.
        StoreError: it does not.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise unreachable(address_of(engine), str(error)) from error
    except DBAPIError as error:
        is_sqlite = engine.dialect.name == "sqlite"
        raise meaning_of(error, address_of(engine), is_sqlite=is_sqlite) from error
    except SQLAlchemyError as error:
        raise StoreError(f"the store at {address_of(engine)} failed: {words_of(error)}") from error


# Tables.


def migrate(engine: Engine) -> None:
    """Bring a database to the newest revision, making all tables in an empty one.

    Args:
        engine: of the database, which may write.

    Raises:
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    with engine.connect() as connection:
        if _revision(connection) == NEWEST:
            return
    from alembic import command  # noqa: PLC0415 - a third of a second that only a first use needs to spend
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        lock_for_writing(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def missing_in(connection: Connection) -> list[str]:
    """What a reader has to make for its connection alone, because the store lacks it.

    Args:
        connection: of the reader.

    Returns:
        The queries of `stand_ins`; none for a store of the newest revision.

    Raises:
        NoStoreError: there are no tables.
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    if is_newest(connection):
        return []
    from provgraph.store.relational.stand_ins import (  # noqa: PLC0415 - few stores are older
        stand_ins,
    )

    return stand_ins(connection)


def is_newest(connection: Connection) -> bool:
    """Whether the tables are as this provgraph makes them, and not as an older one did.

    Args:
        connection: of a reader.

    Raises:
        NoStoreError: there are no tables.
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    revision = _revision(connection)
    if revision is None:
        is_file = connection.dialect.name == "sqlite"
        why = f"the {'file' if is_file else 'database'} is empty"
        raise NoStoreError(address_of(connection.engine), why, is_file=is_file)
    return revision == NEWEST


def has_records(connection: Connection) -> bool:
    """Whether a store holds anything that can be asked for.

    Args:
        connection: of a reader.
    """
    found = (select(1).select_from(table).limit(1) for table in (tables.activity, tables.entity))
    return any(connection.execute(query).first() is not None for query in found)


def refuse_unfinished_copy(connection: Connection) -> None:
    """Pass a whole store, or none.

    Args:
        connection: of a reader or writer.

    Raises:
        UnfinishedCopyError: the tables are those of a copy that is not whole.
    """
    if inspect(connection).has_table(UNFINISHED_COPY):
        query = text(f"SELECT source FROM {UNFINISHED_COPY}")  # noqa: S608 - our own name
        source = str(connection.execute(query).scalar())
        raise UnfinishedCopyError(address_of(connection.engine), source)


def refuse_newer(connection: Connection) -> str:
    """Pass a store of this provgraph, or of an older one; another process may have changed that.

    Args:
        connection: of a reader, or of a writer, which is the only one.

    Returns:
        The revision of its tables.

    Raises:
        NewerStoreError: the tables are of a newer provgraph.
    """
    revision = str(connection.execute(_REVISION).scalar())
    if revision > NEWEST:
        raise NewerStoreError(address_of(connection.engine), revision, NEWEST)
    return revision


def _revision(connection: Connection) -> str | None:
    """The database's revision; None when it is empty.

    Raises:
        NewerStoreError: the tables are of a newer provgraph.
        StoreError: there are tables of another program.
        UnfinishedCopyError: the tables are those of a copy that is not whole.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if UNFINISHED_COPY in names:
        refuse_unfinished_copy(connection)
    if not {"alembic_version", tables.activity.name} <= names:
        raise StoreError(
            "the database holds tables of another program; give provgraph one of its own"
        )
    return refuse_newer(connection)
