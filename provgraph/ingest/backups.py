"""Backups: all that a store holds as one file, and a store made of that file.

The file is itself a store in SQLite. A SQLite store is written page by page, journal and id
included; a store on a server is copied record by record (`provgraph.ingest.copying`). Either way
the digests are compared before the file bears its name.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from provgraph.errors import NoStoreError, SettingsError, StoreError
from provgraph.ingest.copying import copy
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store, sqlite_file
from provgraph.store.relational.duplicates import companions, duplicate, settle


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        digest: of all provenance content in it.
        is_compared: whether that is the digest of the original, too; somebody may have loaded into
            that meanwhile.
    """

    digest: str
    is_compared: bool


def back_up(
    url: str, store: Store, file: Path, copied: Callable[[int], object] = lambda _: None
) -> Written:
    """Write all that a store holds into a file, while others may load.

    Args:
        url: of the store.
        store: the store, open.
        file: for the backup; it must not be there.
        copied: is told how many records were copied since it was told last.

    Returns:
        What is in the file, for its owner only.

    Raises:
        SettingsError: the file is there already.
        StoreError: the store can't be read, the file can't be written, or they differ.
    """
    _refuse_what_is_there(file)
    with store.original() as reading:
        turn = reading.turn()
    with _in_place(file) as part:
        _write(url, store, part, copied)
        found = _digest_of(part)
        expected = digest(store.scan())
        with store.original() as reading:
            is_same = reading.turn() == turn
        if is_same:
            _check(expected, found, store.address, str(file))
    return Written(found, is_same)


def restore(
    file: Path, url: str, store: Store, copied: Callable[[int], object] = lambda _: None
) -> Written:
    """Make a store of a backup.

    Args:
        file: a backup.
        url: of the store, of any kind.
        store: the store, open; nothing is in it yet.
        copied: is told how many records were copied since it was told last.

    Returns:
        What is in the store.

    Raises:
        SettingsError: there is no such backup, or something is where the store is to be.
        StoreError: the backup can't be read, the store can't be written, or they differ.
    """
    if not file.is_file():
        raise SettingsError(f"there is no backup at {file}")
    expected = _digest_of(file)
    target = sqlite_file(url)
    if target is None:
        with closing(_file_store(file)) as saved:
            _fill(store, saved, copied)
        found = digest(store.scan())
    else:
        _refuse_what_is_there(target)
        with _in_place(target) as part:
            duplicate(file, part)
            found = _digest_of(part)
    _check(expected, found, str(file), store.address)
    return Written(found, is_compared=True)


def _write(url: str, store: Store, part: Path, copied: Callable[[int], object]) -> None:
    """Write the file of a backup."""
    source = sqlite_file(url)
    if source is not None:
        duplicate(source, part)
        return
    if not _is_unfinished(part):
        for leftover in (part, *companions(part)):
            leftover.unlink(missing_ok=True)
    with closing(_file_store(part)) as saved:
        _fill(saved, store, copied)
    settle(part)


def _is_unfinished(part: Path) -> bool:
    """Whether a copy was stopped there, which goes on."""
    with closing(_file_store(part)) as saved, saved.filling() as filling:
        return part.exists() and filling.state() is not None


def _fill(target: Store, source: Store, copied: Callable[[int], object]) -> None:
    """Copy all records of a store into another one."""
    with target.filling() as filling, source.original() as reading:
        copy(reading, source.address, filling, copied)


def _file_store(file: Path) -> Store:
    return open_store(f"sqlite:///{file}")


def _digest_of(file: Path) -> str:
    try:
        with closing(_file_store(file)) as store:
            return digest(store.scan())
    except NoStoreError:
        raise StoreError(f"{file} is no backup: there is no store in it") from None


def _check(expected: str, found: str, source: str, target: str) -> None:
    """Refuse a copy that holds something else."""
    if found != expected:
        raise StoreError(
            f"what was written to {target} is not what {source} holds: its digest is {found}, and "
            f"should be {expected}"
        )


def _refuse_what_is_there(file: Path) -> None:
    """Replace nothing; and let nothing that an older file has left change the new one."""
    for each in (file, *companions(file)):
        if os.path.lexists(each):
            raise SettingsError(
                f"{each} is there already, and nothing is replaced: name another file, or move it "
                "away"
            )


@contextmanager
def _in_place(file: Path) -> Iterator[Path]:
    """A file that gets its name when it is whole; what was stopped is left for the next try."""
    part = file.with_name(f".{file.name}.part")
    yield part
    try:
        part.replace(file)
        folder = os.open(file.absolute().parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise StoreError(f"{file} can't be written: {error.strerror}") from error
