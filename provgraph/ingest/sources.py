"""What ``load`` is given: files, folders, ``-``; as streams of decompressed bytes; and their checksums."""

import gzip
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, cast

from provgraph.errors import LoadError, SettingsError, UnknownFormatError
from provgraph.ingest.databases import snapshot
from provgraph.loaders.ctaprov_address import Database, database_of, is_database
from provgraph.loaders.job_folder import is_job_folder, packed
from provgraph.loaders.protocol import HEAD

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
        folder: the folder that it was found in, where it is passed over when it is none of ours; None otherwise.
        database: where its rows are, of a ctaprov database; the path means nothing then.
    """

    name: str
    path: Path
    folder: str | None = None
    database: Database | None = None


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
        name: a file, a folder, ``-`` for standard input, or the URL of a ctaprov database; or a source, whose
            bytes lie elsewhere than its name says.
        kept: keeps a copy of standard input until it is closed.
    """
    if isinstance(name, Source):
        yield name
        return
    path = Path(name)
    if is_database(name):
        database = database_of(name)
        yield Source(database.name, Path(database.name), database=database)
    elif name == STDIN or path.is_fifo():
        yield Source(name, _copy_of_pipe(None if name == STDIN else path, kept))
    else:
        found = sorted(_found_in(path)) if path.is_dir() else []
        yield from (Source(str(each), each, folder=None if each == path else name) for each in found)
        if not found:
            yield Source(name, path)


def _found_in(folder: Path) -> Iterator[Path]:
    """The files in a folder and in those within it; of a job not its files, but its folder."""
    for place, _, names in os.walk(folder):
        here = Path(place)
        if is_job_folder(here):
            yield here
        else:
            yield from (file for name in names if (file := here / name).is_file())


def _copy_of_pipe(path: Path | None, kept: ExitStack) -> Path:
    """A pipe, or standard input, can be read only once: a file with what comes out of it."""
    copy = kept.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - `kept` closes it
    with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as pipe:
        shutil.copyfileobj(pipe, copy)
    copy.flush()
    return Path(copy.name)


@dataclass(frozen=True, slots=True)
class Checksum:
    """The SHA-256 of a source's bytes, or of a database's rows, in hexadecimal, and how many they are."""

    sha256: str
    size: int


def checksum_of(source: Source) -> Checksum | None:
    """The checksum of a source's bytes, or of a database's rows; None when there is nothing that can be read.

    Raises:
        UnreachableError: the database can't be reached.
    """
    if source.database is None:
        return checksum(source.path)
    try:
        with snapshot(source.database) as moment:
            return Checksum(*moment.checksum())
    except LoadError:
        return None


def checksum(path: Path, size: int | None = None) -> Checksum | None:
    """The checksum of the first ``size`` bytes that are there, or of all; None when nothing there can be read."""
    digest, done = hashlib.sha256(), 0
    try:
        for data in packed(path) if is_job(path) else _pieces(path, size):
            digest.update(data)
            done += len(data)
    except OSError:
        return None
    return Checksum(digest.hexdigest(), done)


def is_job(path: Path) -> bool:
    """Whether it is the folder of a job, whose bytes are those of its files."""
    return path.is_dir() and is_job_folder(path)


def size_now(path: Path) -> int:
    """How many bytes there are by now."""
    return sum(map(len, packed(path))) if is_job(path) else path.stat().st_size


def _pieces(path: Path, size: int | None) -> Iterator[bytes]:
    if not path.is_file():
        raise FileNotFoundError(path)
    done = 0
    with path.open("rb", buffering=0) as file:
        while data := file.read(_PIECE if size is None else min(_PIECE, size - done)):
            yield data
            done += len(data)


@contextmanager
def opened(source: Source) -> Iterator[BufferedReader]:
    """The source's bytes, decompressed.

    Raises:
        LoadError: it can't be read.
    """
    if is_job(source.path):
        try:
            files = b"".join(packed(source.path))
        except OSError as error:
            raise LoadError(f"a file of the job can't be read: {error.strerror or error}") from error
        yield BufferedReader(BytesIO(files), buffer_size=HEAD)
        return
    if source.path.is_dir():
        raise UnknownFormatError("there is no file in the folder")
    if source.path.is_char_device() or source.path.is_block_device() or source.path.is_socket():
        raise LoadError("is a device, not a file")
    try:
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
