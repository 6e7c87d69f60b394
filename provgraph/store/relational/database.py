"""Where the tables of the relational store are: how a reader gets at them, and how a writer does.

A SQLite file is made by the first writer, for its owner only. A reader makes nothing, also where
it may not write: on a read-only file system, or when the file is of another owner.
"""

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Engine, NullPool, create_engine, event, make_url
from sqlalchemy.pool import QueuePool, StaticPool
from typing_extensions import override

from provgraph.errors import NoStoreError, StoreError, UnreachableError
from provgraph.store.relational.connection import address_of

#: How long a SQLite writer waits for another one, in seconds.
BUSY_SECONDS = 600
_READING = ("cache_size=-65536", "temp_store=2")
_WRITING = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", *_READING)
_LOG = logging.getLogger(__name__)


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
        self._stamp: _Stamp = ()
        self._copy: tempfile.TemporaryDirectory[str] | None = None

    @override
    def writer(self) -> Engine:
        if self._writer is None:
            _make_private(self._path)
            self._writer = self._engine("rwc", _WRITING)
        return self._writer

    @override
    @contextmanager
    def reading(self) -> Iterator[Engine]:
        if self._writer is not None:
            yield self._writer
        elif not os.path.lexists(self._path):
            raise NoStoreError(str(self._path), is_file=True)
        elif _may_write(self._path):
            self._reader = self._reader or self._engine("rw", _READING)
            yield self._reader
        else:
            with self._reading_only() as engine:
                yield engine

    @override
    def close(self) -> None:
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    @contextmanager
    def _reading_only(self) -> Iterator[Engine]:
        """An engine on a file that this process can't write, as the file is now."""
        stamp = _stamp_of(self._path)
        if self._reader is None or stamp != self._stamp:
            self.close()
            self._stamp, self._reader = stamp, self._read_only_engine()
        yield self._reader
        if not _shared_memory(self._path).exists() and stamp != _stamp_of(self._path):
            raise UnreachableError(
                f"the store at {self._path} was written while it was read; ask again"
            )

    def _read_only_engine(self) -> Engine:
        """An engine by which SQLite makes no file beside the store.

        While somebody has the store open there is a file of shared memory, and readers keep clear
        of the writer by it. Without one SQLite can't read what stands in a write-ahead log alone:
        of a store that was copied in the middle of a write, a copy of our own is read.
        """
        if _shared_memory(self._path).exists():
            return self._engine("ro", _READING)
        if not _has_content(_write_ahead_log(self._path)):
            return self._engine("ro&immutable=1", _READING)
        self._copy = tempfile.TemporaryDirectory(prefix="provgraph-")
        _LOG.warning(
            "the last changes of the store at %s stand in its write-ahead log, which can't be read "
            "there; asking a copy in %s",
            self._path,
            self._copy.name,
        )
        copied = Path(self._copy.name) / "store.db"
        shutil.copyfile(self._path, copied)
        shutil.copyfile(_write_ahead_log(self._path), _write_ahead_log(copied))
        return self._engine("rw", _READING, copied)

    def _engine(self, mode: str, settings: tuple[str, ...], at: Path | None = None) -> Engine:
        address = f"file:{quote(str((at or self._path).absolute()))}?mode={mode}"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)

        # What is cached of a file that others may write would not be looked at again.
        pool = NullPool if "immutable" in mode else QueuePool
        return _sqlite_engine(f"sqlite:///{self._path}", settings, creator=connect, poolclass=pool)


#: Tells whether a file and its write-ahead log were written.
_Stamp = tuple[tuple[int, ...] | None, ...]


def _stamp_of(path: Path) -> _Stamp:
    return tuple(map(_file_stamp, (path, _write_ahead_log(path), _shared_memory(path))))


def _file_stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _write_ahead_log(path: Path) -> Path:
    """SQLite's write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def _shared_memory(path: Path) -> Path:
    """The index of the write-ahead log, which all who have the file open share."""
    return path.with_name(f"{path.name}-shm")


def _has_content(path: Path) -> bool:
    stamp = _file_stamp(path)
    return stamp is not None and stamp[2] > 0


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
