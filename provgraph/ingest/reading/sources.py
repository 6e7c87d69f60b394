"""What ``load`` is given: files, folders, ``-``, databases; their bytes and their checksums."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from provgraph.databases.postgresql import is_postgresql_url
from provgraph.errors import LoadError, SettingsError, UnknownFormatError, extra_needed
from provgraph.ingest.reading.archives import (
    TemporaryFolder,
    is_archive,
    unpacked,
    unpacked_archive,
)
from provgraph.ingest.reading.bundles import bundled, files_in, is_bundle, is_bundle_folder
from provgraph.ingest.reading.folders import found_in, may_be_read
from provgraph.ingest.reading.parts import FilePart
from provgraph.loaders.ctadirac.job_folder import jobs_among
from provgraph.loaders.ctaprov.address import Database, database_of
from provgraph.loaders.protocol import HEAD
from provgraph.loaders.registry import begins_plainly
from provgraph.loaders.research_object import objects_among
from provgraph.model.values import storable_text
from provgraph.prov.addresses import address_of_content, address_of_member, address_of_path

if TYPE_CHECKING:
    from provgraph.loaders.databases import DatabaseMoment

STDIN = "-"
#: A text of so many bytes is read once, for its checksum and for all else.
SMALL = HEAD
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to load.

    Attributes:
        name: what loads and reports call it: the absolute path, so that it can be found from any
            folder; ``-`` for standard input; what a program calls a source of its own.
        path: where the bytes are. The folder of a job is one source.
        folder: the folder that the user named and the source was found in: there, a source that
            no loader reads is passed over. None for a source that the user named.
        database: where the rows are, for a source in PostgreSQL; the path means nothing then.
        problem: why nothing can be read of the source, where that is known already.
        copies: the temporary folder that the path is in; it is there as long as the source.
        address: the URI of the source, where name and path don't tell it; see `address_of`.
        agent: who sent the source to a server, or whose job left it behind; None of one that
            somebody loads who has the store itself. It can't say what a server runs as jobs.
        part: which bytes at the path count, of a text that lies there with others; None for all.
    """

    name: str
    path: Path
    folder: str | None = None
    database: Database | None = None
    problem: str | None = None
    copies: TemporaryFolder | None = field(default=None, compare=False, repr=False)
    address: str | None = None
    agent: str | None = None
    part: FilePart | None = None

    @property
    def stored_name(self) -> str:
        """The name as stores and reports have it: bytes that are no text become escapes."""
        return storable_text(self.name)


def address_of(source: Source, sha256: str) -> str:
    """The address of a document, against which the relative names in it resolve.

    Args:
        source: a file.
        sha256: the checksum of its bytes; "" when that is not known.

    Returns:
        The URI of the file under its absolute path, the ending ``.gz`` aside. What came through a
        pipe has an address that follows from its content, and so has what lies in an archive.
    """
    if source.address is not None:
        return source.address
    path = os.path.abspath(source.path)
    if os.path.abspath(source.name) == path:
        return address_of_path(path)
    return address_of_content(sha256)


def check_names(names: Collection[str | Source]) -> None:
    """Refuse an empty name, as of an unset variable: it would mean the working folder.

    Args:
        names: what the user wants to load.

    Raises:
        SettingsError: a name is empty.
    """
    if "" in names:
        raise SettingsError("a source without name: give files, folders, or - for standard input")


def expanded(name: str | Source, copies: ExitStack) -> Iterator[Source]:
    """Find the sources that a name means.

    Args:
        name: a file, a folder, ``-`` for standard input, or the URL of a database; or a source,
            whose bytes lie elsewhere than its name says.
        copies: holds a copy of standard input, or of a pipe, until it is closed.

    Yields:
        The source. A folder gives its files and jobs and those of the folders in it, in a fixed
        order; an archive gives the files in it, under the name ``ARCHIVE!MEMBER``.
    """
    if isinstance(name, Source):
        yield name
        return
    path = Path(name)
    if "://" in name and is_postgresql_url(name):
        database = database_of(name)
        yield Source(database.name, Path(database.name), database=database)
    elif name == STDIN or stat.S_ISFIFO(_mode(path)):
        copy = _copy_of_pipe(None if name == STDIN else path, copies)
        yield from _members(Source(name if name == STDIN else os.path.abspath(path), copy))
    else:
        found = (
            sorted(filter(may_be_read, found_in(path, jobs=True))) if os.path.isdir(path) else []
        )
        folder = os.path.abspath(path)
        for each in found:
            place = os.path.abspath(each)
            yield from _members(Source(place, each, folder=None if each == path else folder))
        if not found:
            yield from _members(Source(folder, path))


def _members(source: Source) -> Iterator[Source]:
    """The files in an archive; any other source is one itself."""
    regular = stat.S_ISREG(_mode(source.path))
    if is_plain(source.path) or not (regular and is_archive(source.path)):
        yield source
        return
    archive = unpacked_archive(source.path)
    folder = source.folder or source.name
    names = {member.name: member.path for member in archive.members}
    objects = objects_among(names, archive.folder.path)
    jobs = jobs_among(names, archive.folder.path)
    found = checksum(source.path)
    inside = address_of_content(found.sha256 if found else "")
    for root, path in (objects | jobs).items():
        name = f"{source.name}!{root.rstrip('/')}" if root else source.name
        yield Source(name, path, folder, copies=archive.folder)
    for member in archive.members:
        is_of_job = member.name.rpartition("/")[0] in jobs
        if not is_of_job and not member.name.startswith(tuple(objects)):
            name, address = f"{source.name}!{member.name}", address_of_member(inside, member.name)
            yield Source(name, member.path, folder, copies=archive.folder, address=address)
    if archive.problem is not None:
        yield replace(source, folder=None, problem=archive.problem)
    elif not archive.members:
        yield source


def is_plain(path: Path) -> bool:
    """Whether a file is a text that counts as a whole, as `begins_plainly` tells it.

    One look at its first bytes tells it, so that few files are shown to those who know archives
    and headers.

    Args:
        path: of anything; of what is no file, or can't be read, it is false.
    """
    if not os.path.isfile(path):  # to open a pipe would wait for its writer
        return False
    try:
        with path.open("rb", buffering=0) as file:
            return begins_plainly(file.read(HEAD))
    except OSError:
        return False


def _mode(path: Path) -> int:
    """The mode of a file (its kind and its rights); 0 where nothing is, or nothing can be seen."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def _copy_of_pipe(path: Path | None, copies: ExitStack) -> Path:
    """Copy a pipe or standard input to a file: what comes out of it can be read only once."""
    copy = copies.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - `copies` closes it
    with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as pipe:
        shutil.copyfileobj(pipe, copy)
    copy.flush()
    return Path(copy.name)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What tells the bytes of a source, or the rows of a database, from others.

    Attributes:
        sha256: the SHA-256 in hexadecimal.
        size: how many bytes or rows there are.
        stamp: the stamp of the file when it was read, see `stamp_of`; None of a database.
        content: the bytes themselves, of a small text; who reads it need not open it again.
    """

    sha256: str
    size: int
    stamp: tuple[int, ...] | None
    content: bytes | None = field(default=None, compare=False, repr=False)


def stamp_of(file: Path | int) -> tuple[int, ...] | None:
    """What changes when somebody writes to a file, or puts another file where it was.

    Args:
        file: the path of a file or of a job's folder, or a file descriptor.

    Returns:
        Device, inode, size in bytes, and time of change in nanoseconds; of a job those of each of
        its files. None when the file is gone.
    """
    try:
        if isinstance(file, Path) and os.path.isdir(file) and is_bundle_folder(file):
            return tuple(number for each in files_in(file) for number in stamp_of(each) or ())
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def checksum_of(source: Source) -> Checksum | None:
    """The checksum of a source.

    Args:
        source: a file, a job's folder or a database.

    Returns:
        The checksum of the bytes, or of the database's rows; None when nothing can be read.

    Raises:
        UnreachableError: the database can't be reached.
    """
    if source.problem is not None:
        return None
    if source.part is not None:
        return checksum(source.path, source.part.size, source.part.start)
    if source.database is None:
        if (text := _small_text(source.path)) is not None:
            return text
        is_one = not is_plain(source.path) and is_bundle(source.path)
        return _checksum_of_bundle(source) if is_one else checksum(source.path)
    try:
        with database_snapshot(source.database) as moment:
            return Checksum(*moment.checksum(), None)
    except LoadError:
        return None


def _small_text(path: Path) -> Checksum | None:
    """The checksum of a small text, with its bytes; None of all else."""
    if not os.path.isfile(path):
        return None
    try:
        with path.open("rb", buffering=0) as file:
            stamp = stamp_of(file.fileno())
            content = file.read(SMALL + 1)
    except OSError:
        return None
    if len(content) > SMALL or not begins_plainly(content):
        return None
    return Checksum(hashlib.sha256(content).hexdigest(), len(content), stamp, content)


def _checksum_of_bundle(source: Source) -> Checksum | None:
    """The checksum of a bundle; None when it can't be read."""
    stamp = stamp_of(source.path)
    try:
        content = bundled(source.path, source.name)
    except (OSError, LoadError):
        return None
    return Checksum(hashlib.sha256(content).hexdigest(), len(content), stamp)


def checksum(path: Path, size: int | None = None, start: int = 0) -> Checksum | None:
    """The checksum of a file.

    Args:
        path: the file.
        size: how many bytes count; None for all.
        start: the first byte that counts.

    Returns:
        The checksum of these bytes, as far as they are there; None when no file can be read.
    """
    if not os.path.isfile(path):
        return None
    digest, done = hashlib.sha256(), 0
    try:
        with path.open("rb", buffering=0) as file:
            stamp = stamp_of(file.fileno())
            file.seek(start)
            while data := file.read(_PIECE if size is None else min(_PIECE, size - done)):
                digest.update(data)
                done += len(data)
    except OSError:
        return None
    return Checksum(digest.hexdigest(), done, stamp)


def database_snapshot(database: Database) -> "AbstractContextManager[DatabaseMoment]":
    """Open a database at this moment; see `provgraph.loaders.databases.snapshot`.

    Args:
        database: where the database is.

    Returns:
        A context with the moment.

    Raises:
        MissingExtraError: the driver of PostgreSQL is not installed.
    """
    # The driver takes a tenth of a second, which only databases need to spend.
    with extra_needed("postgresql", "a PostgreSQL database"):
        from provgraph.loaders import databases  # noqa: PLC0415

    return databases.snapshot(database)


@contextmanager
def opened(source: Source, content: bytes | None = None) -> Iterator[BufferedReader]:
    """Open a source.

    Args:
        source: a file or a job's folder.
        content: its bytes, where they have been read before.

    Yields:
        The bytes, decompressed.

    Raises:
        LoadError: the source can't be read.
    """
    if source.problem is not None:
        raise LoadError(source.problem)
    if content is not None:
        yield BufferedReader(BytesIO(content), buffer_size=HEAD)
        return
    mode = _mode(source.path)
    if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise LoadError("is a device or a pipe, not a file")
    try:
        if source.part is not None:
            yield BufferedReader(BytesIO(source.part.read(source.path)), buffer_size=HEAD)
            return
        if not is_plain(source.path) and is_bundle(source.path):
            yield BufferedReader(BytesIO(bundled(source.path, source.name)), buffer_size=HEAD)
            return
        if stat.S_ISDIR(mode):
            os.scandir(source.path).close()
            raise UnknownFormatError("there is no file in the folder")
        with source.path.open("rb", buffering=HEAD) as opened_file:
            file = cast("BufferedReader", opened_file)
            yield unpacked(file) if file.peek(2).startswith(_GZIP_MAGIC) else file
    except (OSError, EOFError) as error:
        raise LoadError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
