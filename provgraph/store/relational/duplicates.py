"""Duplicates of a SQLite file: the same store once more, page by page, while others write."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from provgraph.errors import StoreError

#: What SQLite may leave beside a file whose writer was killed.
COMPANIONS: Final = ("-wal", "-shm", "-journal")


def duplicate(source: Path, target: Path) -> None:
    """Write all of a SQLite file into another one, which is for its owner only.

    What is written is of one moment (SQLite, Online Backup API); who loads meanwhile need not wait.
    The new file stands alone, without companions.

    Args:
        source: the file.
        target: what becomes the duplicate; all that is there goes.

    Raises:
        StoreError: the source is damaged or no SQLite file, or the target can't be written.
    """
    with _told(source, target):
        # Beside an empty file SQLite deletes what a killed writer has left of an older one.
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with closing(_opened(source, "ro")) as original, closing(_opened(target, "rw")) as copied:
            original.backup(copied)
            (found,) = copied.execute("PRAGMA quick_check(1)").fetchone()
        settle(target)
    if found != "ok":
        raise StoreError(f"the store at {source} is damaged: {found}; restore it from a backup")


def settle(path: Path) -> None:
    """Make a SQLite file stand alone on the disk, so that it can be moved, burnt or mounted.

    Args:
        path: of the file, which nobody else has open.

    Raises:
        StoreError: it can't be written.
    """
    with _told(path, path):
        with closing(_opened(path, "rw")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        with path.open("rb") as file:
            os.fsync(file.fileno())


def companions(path: Path) -> list[Path]:
    """The files that SQLite may have made beside a file.

    Args:
        path: of the file.

    Returns:
        Their paths, whether they are there or not.
    """
    return [path.with_name(path.name + ending) for ending in COMPANIONS]


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None)


@contextmanager
def _told(source: Path, target: Path) -> Iterator[None]:
    """Turns errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{source} can't be written to {target}: {error}") from error
    except OSError as error:
        raise StoreError(f"{target} can't be written: {error.strerror}") from error
