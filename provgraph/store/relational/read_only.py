"""Reading a SQLite file where nobody may write: no file is made beside it.

While somebody has the store open, a file of shared memory is there, and readers keep clear of the
writer by it. Without that, a file can be read only while nobody writes to it.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from provgraph.errors import UnreachableError

_LOG = logging.getLogger(__name__)
#: Tells whether a file and its companions were written.
_Stamp = tuple[tuple[int, ...] | None, ...]


class ReadOnlyFile:
    """A SQLite file on a read-only file system, or of another owner."""

    def __init__(self, path: Path, engine: Callable[[str, Path], Engine]) -> None:
        """Take the file.

        Args:
            path: where it is.
            engine: makes an engine, from a mode of SQLite's and the path of a file.
        """
        self._path = path
        self._make_engine = engine
        self._reader: Engine | None = None
        self._stamp: _Stamp = ()
        self._copy: tempfile.TemporaryDirectory[str] | None = None

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """An engine on the file as it is now.

        Yields:
            The engine.

        Raises:
            UnreachableError: the file was written meanwhile.
        """
        stamp = _stamp_of(self._path)
        if self._reader is None or stamp != self._stamp:
            self.close()
            self._stamp, self._reader = stamp, self._engine()
        yield self._reader
        if not _shared_memory(self._path).exists() and stamp != _stamp_of(self._path):
            raise UnreachableError(
                f"the store at {self._path} was written while it was read; ask again"
            )

    def close(self) -> None:
        """Let go of the file, and of a copy."""
        if self._reader is not None:
            self._reader.dispose()
            self._reader = None
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _engine(self) -> Engine:
        """An engine by which SQLite makes no file beside the store."""
        if _shared_memory(self._path).exists():
            return self._make_engine("ro", self._path)
        if not _has_content(_write_ahead_log(self._path)):
            return self._make_engine("ro&immutable=1", self._path)
        return self._make_engine("rw", self._copied())

    def _copied(self) -> Path:
        """A copy of a store that was copied in the middle of a write.

        Without shared memory SQLite can't read what stands in a write-ahead log alone.
        """
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
        return copied


def _stamp_of(path: Path) -> _Stamp:
    return tuple(map(_file_stamp, (path, _write_ahead_log(path), _shared_memory(path))))


def _file_stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _write_ahead_log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _shared_memory(path: Path) -> Path:
    """The index of the write-ahead log, which all who have the file open share."""
    return path.with_name(f"{path.name}-shm")


def _has_content(path: Path) -> bool:
    stamp = _file_stamp(path)
    return stamp is not None and stamp[2] > 0
