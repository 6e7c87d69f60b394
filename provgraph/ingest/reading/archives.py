"""Archives of logs: the files in tar and zip archives, copied one by one to a temporary folder.

An archive may have been made to do harm. A member's name is only a name here: nothing is written
under it, so no path leaves the archive. Links, devices and folders are passed over. What is
unpacked is limited, and an archive that holds more is refused as a whole (docs/contract.md, Bad
input).
"""

import gzip
import os
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast
from weakref import finalize

from provgraph.errors import LoadError
from provgraph.loaders.protocol import HEAD

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: An archive may have so many members, of so many bytes together.
MOST_MEMBERS = 10_000
MOST_BYTES = 1 << 30
#: From so many bytes on, no archive may unpack to so many times its own size. Logs unpack to about
#: 20 times, a bomb to 1,000 times.
SUSPICIOUS_BYTES = 64 << 20
MOST_TIMES_ITS_SIZE = 200
#: The header of a member, and the table of contents of a zip archive, are read as a whole.
_LONGEST_HEADER = 1 << 20
_LONGEST_CONTENTS = 16 << 20
_PIECE = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_END = struct.Struct("<4s4H2LH")
_IN_ZIP = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NOT_MEMBERS = {
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
}
#: What damage makes tarfile, zipfile, gzip and zlib raise.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    struct.error,
)


class TemporaryFolder:
    """A folder that is gone when nobody holds this object any more, nor what lies in the folder."""

    def __init__(self) -> None:
        """Make the folder."""
        self.path = Path(tempfile.mkdtemp(prefix="provgraph-archive-"))
        finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Go to another process as None: this process keeps the folder."""
        return type(None), ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Attributes:
        name: as it stands in the archive.
        path: a copy of its bytes.
    """

    name: str
    path: Path


@dataclass(slots=True)
class UnpackedArchive:
    """What was found in an archive.

    Attributes:
        folder: holds the copies.
        members: the files, in the order of the archive.
        problem: why there is not more; None of a whole archive.
    """

    folder: TemporaryFolder = field(default_factory=TemporaryFolder)
    members: list[Member] = field(default_factory=list)
    problem: str | None = None


def is_archive(path: Path) -> bool:
    """Whether a file is a tar archive, also gzipped, or a zip archive.

    Args:
        path: a file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head.startswith(_GZIP_MAGIC):
                block = gzip.GzipFile(fileobj=file).read(tarfile.BLOCKSIZE)
            else:
                block = file.read(tarfile.BLOCKSIZE)
    except (OSError, EOFError, zlib.error):
        return False
    if head.startswith(_ZIP_MAGICS):
        return True
    with suppress(tarfile.HeaderError):
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        return True
    return False


def unpacked_archive(path: Path) -> UnpackedArchive:
    """Copy the files in an archive.

    Args:
        path: an archive.

    Returns:
        The files. Of a damaged archive those before the damage; of one that is too large none.
    """
    found = UnpackedArchive()
    try:
        with path.open("rb") as file:
            reads = _zip_members if file.read(4).startswith(_ZIP_MAGICS) else _tar_members
        _copy(reads(path), found, path.stat().st_size)
    except LoadError as error:
        found.members.clear()
        found.problem = str(error)
    except _DAMAGE as error:
        what = f"is damaged behind {found.members[-1].name!r}" if found.members else "is damaged"
        found.problem = f"{what}: {error or type(error).__name__}; what stands there is not loaded"
    return found


def _copy(members: Iterator[tuple[str, IO[bytes]]], found: UnpackedArchive, size: int) -> None:
    """Copy the members; a `LoadError` when they are too many or too large."""
    most = min(MOST_BYTES, max(SUSPICIOUS_BYTES, size * MOST_TIMES_ITS_SIZE))
    done = 0
    for number, (name, content) in enumerate(members):
        if number >= MOST_MEMBERS:
            raise LoadError(_too_many())
        path = found.folder.path / str(number)
        with path.open("wb") as copy:
            while piece := content.read(_PIECE):
                done += len(piece)
                if done > most:
                    raise LoadError(
                        f"unpacks to more than {most >> 20} MiB: if it is what you expect, unpack "
                        "it, and load the folder"
                    )
                copy.write(piece)
        found.members.append(Member(name, path))


def _too_many() -> str:
    return f"holds more than {MOST_MEMBERS} members: unpack it, and load the folder"


def _zip_members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    _check_contents(path)
    with zipfile.ZipFile(path) as archive:
        for each in archive.infolist():
            if each.is_dir() or stat.S_ISLNK(each.external_attr >> 16):
                continue
            if each.flag_bits & 1 or each.compress_type not in _IN_ZIP:
                raise LoadError(
                    f"{each.filename!r} is encrypted, or packed in a rare way: unpack it"
                )
            with archive.open(each) as content:
                yield each.filename, content


def _check_contents(path: Path) -> None:
    """Refuse a zip archive whose table of contents would fill the memory."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _ZIP_END.size - 0xFFFF))
        tail = file.read()
    at = tail.rfind(_ZIP_MAGICS[1])
    if at < 0 or len(tail) - at < _ZIP_END.size:
        raise zipfile.BadZipFile("it has no end")
    length = _ZIP_END.unpack_from(tail, at)[5]
    if length > _LONGEST_CONTENTS:
        raise LoadError(_too_many())


def _tar_members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    class Header(tarfile.TarInfo):
        """A header of the archive, which remembers the block that was read last."""

        last = b""

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            """Read a header; a `LoadError` where it says that a very long one follows."""
            Header.last = bytes(buf)
            found = super().frombuf(buf, encoding, errors)
            if found.type in _NOT_MEMBERS and found.size > _LONGEST_HEADER:
                raise LoadError("has a header of a member that is too long")
            return found

    with _tar_bytes(path) as stream, tarfile.open(mode="r|", fileobj=stream, tarinfo=Header) as tar:
        for number, member in enumerate(tar):
            if number >= MOST_MEMBERS:  # tarfile keeps the headers of all, also of links
                raise LoadError(_too_many())
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name.removeprefix("./"), content
    # tarfile takes a header that makes no sense for the end; an archive ends with zeros.
    if Header.last.strip(b"\0"):
        raise tarfile.ReadError("a header makes no sense")


@contextmanager
def _tar_bytes(path: Path) -> Iterator[BufferedReader]:
    with path.open("rb") as file:
        is_packed = file.peek(2).startswith(_GZIP_MAGIC)
        yield cast("BufferedReader", gzip.GzipFile(fileobj=file)) if is_packed else file


def unpacked(file: BufferedReader) -> BufferedReader:
    """Read what is packed in a gzip file.

    Args:
        file: a gzip file, at its start.

    Returns:
        The bytes; where the file is damaged, all those before the damage, and then an error.
    """
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
