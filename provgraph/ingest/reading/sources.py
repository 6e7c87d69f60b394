"""What ``load`` is given: files, folders, ``-``; as streams of decompressed bytes.

And their checksums.
"""

import errno
import gzip
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, cast

from provgraph.databases.postgresql import is_postgresql_url
from provgraph.errors import LoadError, SettingsError, UnknownFormatError
from provgraph.ingest.reading.databases import snapshot
from provgraph.loaders.ctadirac.job_folder import files_of, is_job_folder, packed
from provgraph.loaders.ctaprov.address import Database, database_of
from provgraph.loaders.protocol import HEAD
from provgraph.model.values import storable_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STDIN = "-"
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to load.

    Attributes:
        name: as the user gave it; for a file in a folder, its path.
        path: where its bytes are; the folder of a job is one source.
        folder: the folder that it was found in, where it is passed over when it is none of ours;
            None otherwise.
        database: where its rows are, of a ctaprov database; the path means nothing then.
    """

    name: str
    path: Path
    folder: str | None = None
    database: Database | None = None

    @property
    def stored_name(self) -> str:
        """The name as stores and reports have it; a file's name may be no text."""
        return storable_text(self.name)


def check_names(names: Collection[str | Source]) -> None:
    """Refuse an empty name, as an unset shell variable gives it: it would mean the working folder.

    Raises:
        SettingsError: one is empty.
    """
    if "" in names:
        raise SettingsError("a source without name: give files, folders, or - for standard input")


def expanded(name: str | Source, kept: ExitStack) -> Iterator[Source]:
    """The sources behind a name: a folder gives its files and jobs, recursively, in a fixed order.

    Args:
        name: a file, a folder, ``-`` for standard input, or the URL of a ctaprov database; or a
            source, whose bytes lie elsewhere than its name says.
        kept: keeps a copy of standard input until it is closed.
    """
    if isinstance(name, Source):
        yield name
        return
    path = Path(name)
    if is_postgresql_url(name):
        database = database_of(name)
        yield Source(database.name, Path(database.name), database=database)
    elif name == STDIN or stat.S_ISFIFO(_mode(path)):
        yield Source(name, _copy_of_pipe(None if name == STDIN else path, kept))
    else:
        found = (
            sorted(filter(_may_be_read, found_in(path, jobs=True))) if os.path.isdir(path) else []
        )
        yield from (
            Source(str(each), each, folder=None if each == path else name) for each in found
        )
        if not found:
            yield Source(name, path)


def found_in(
    folder: Path, is_passed_over: Callable[[str], bool] = lambda name: False, *, jobs: bool = False
) -> Iterator[Path]:
    """What lies in a folder and in the folders in it.

    A folder that can't be read stands for all in it.

    Args:
        folder: where to look.
        is_passed_over: whether a folder in it of this name is left out.
        jobs: whether the folder of a job stands for the files in it.
    """
    unreadable: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not is_passed_over(name)]
        here = Path(place)
        yield from [here] if jobs and is_job_folder(here) else (here / name for name in names)
    yield from (Path(error.filename or folder) for error in unreadable if is_there(error))


def is_there(error: OSError) -> bool:
    """Whether there is something, to which this error denies access."""
    return error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def _may_be_read(path: Path) -> bool:
    """Whether a load of it is to be tried, if only so that its report says why it can't be read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return is_there(error)
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _mode(path: Path) -> int:
    """The kind of what is at a path, and its rights.

    0 for nothing, and where that can't be seen.
    """
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def _copy_of_pipe(path: Path | None, kept: ExitStack) -> Path:
    """A pipe, or standard input, can be read only once: a file with what comes out of it."""
    copy = kept.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - `kept` closes it
    with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as pipe:
        shutil.copyfileobj(pipe, copy)
    copy.flush()
    return Path(copy.name)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What is known of a source's bytes, or of a database's rows.

    Attributes:
        sha256: in hexadecimal.
        size: how many they are.
        stamp: of the file when they were read, see `stamp_of`; None of a database.
    """

    sha256: str
    size: int
    stamp: tuple[int, ...] | None


def stamp_of(file: Path | int) -> tuple[int, ...] | None:
    """What changes when somebody writes to a file, or to one of a job's, or puts another one in its
    place.

    None when it is gone.
    """
    try:
        if isinstance(file, Path) and is_job(file):
            return tuple(number for each in files_of(file) for number in stamp_of(each) or ())
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def checksum_of(source: Source) -> Checksum | None:
    """The checksum of a source's bytes, or of a database's rows.

    None when there is nothing that can be read.

    Raises:
        UnreachableError: the database can't be reached.
    """
    if source.database is None:
        return checksum_of_job(source.path) if is_job(source.path) else checksum(source.path)
    try:
        with snapshot(source.database) as moment:
            return Checksum(*moment.checksum(), None)
    except LoadError:
        return None


def is_job(path: Path) -> bool:
    """Whether it is the folder of a job, whose bytes are those of its files."""
    return stat.S_ISDIR(_mode(path)) and is_job_folder(path)


def checksum_of_job(folder: Path) -> Checksum | None:
    """The checksum of a job's files together; None when one can't be read."""
    stamp = stamp_of(folder)
    digest, done = hashlib.sha256(), 0
    try:
        for data in packed(folder):
            digest.update(data)
            done += len(data)
    except OSError:
        return None
    return Checksum(digest.hexdigest(), done, stamp)


def checksum(path: Path, size: int | None = None) -> Checksum | None:
    """The checksum of the first ``size`` bytes that are there, or of all.

    None when no file there can be read.
    """
    if not os.path.isfile(path):
        return None
    digest, done = hashlib.sha256(), 0
    try:
        with path.open("rb", buffering=0) as file:
            stamp = stamp_of(file.fileno())
            while data := file.read(_PIECE if size is None else min(_PIECE, size - done)):
                digest.update(data)
                done += len(data)
    except OSError:
        return None
    return Checksum(digest.hexdigest(), done, stamp)


@contextmanager
def opened(source: Source) -> Iterator[BufferedReader]:
    """The source's bytes, decompressed.

    Raises:
        LoadError: it can't be read.
    """
    mode = _mode(source.path)
    if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise LoadError("is a device or a pipe, not a file")
    try:
        if is_job(source.path):
            yield BufferedReader(BytesIO(b"".join(packed(source.path))), buffer_size=HEAD)
            return
        if stat.S_ISDIR(mode):
            os.scandir(source.path).close()
            raise UnknownFormatError("there is no file in the folder")
        with source.path.open("rb", buffering=HEAD) as opened_file:
            file = cast("BufferedReader", opened_file)
            is_packed = file.peek(2).startswith(_GZIP_MAGIC)
            yield _unpacked(file) if is_packed else file
    except (OSError, EOFError) as error:
        raise LoadError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error


def _unpacked(file: BufferedReader) -> BufferedReader:
    return BufferedReader(_InPieces(gzip.GzipFile(fileobj=file)), buffer_size=HEAD)


class _InPieces(RawIOBase):
    """A gzip stream that hands out what it could unpack before it says that the rest is broken."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._packed.read1(len(view))
        view[: len(data)] = data
        return len(data)
