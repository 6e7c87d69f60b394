"""Several small sources in one body: a tar file of which each member is a source of its own.

A request costs a server about as much as the log of one run, so small sources travel together.
"""

import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Final

from provgraph.errors import LoadError
from provgraph.ingest.reading.parts import FilePart
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import HEAD
from provgraph.loaders.registry import begins_plainly

#: The media type of a shipment.
SHIPMENT_TYPE: Final = "application/x-tar"
#: So many sources travel together at most.
MOST_SOURCES: Final = 1000
#: A shipment is no longer than this when it is unpacked, in bytes.
MOST_BYTES: Final = 64 << 20
#: A text of at most so many bytes is read where it lies in the shipment.
_LARGEST_PART: Final = 1 << 20
#: The records of a member's extended header that say what its source is called, and its address.
_NAME, _ADDRESS = "PROVGRAPH.source", "PROVGRAPH.address"


@dataclass(frozen=True, slots=True)
class Packed:
    """A source as it travels.

    Attributes:
        name: what loads and reports call it.
        content: its bytes, or the path of a file that holds them.
        address: as in `Source.address`.
    """

    name: str
    content: bytes | Path
    address: str | None


def pack(sources: Iterable[Packed], file: IO[bytes]) -> None:
    """Write sources down as one shipment.

    Args:
        sources: in order.
        file: where to.

    Raises:
        OSError: a source can't be read.
    """
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for number, each in enumerate(sources):
            member = tarfile.TarInfo(str(number))
            member.pax_headers = {_NAME: each.name}
            if each.address is not None:
                member.pax_headers[_ADDRESS] = each.address
            content = each.content if isinstance(each.content, bytes) else each.content.read_bytes()
            member.size = len(content)
            tar.addfile(member, BytesIO(content))


def unpack(file: Path, folder: Path, agent: str | None) -> Sequence[Source]:
    """Take a shipment apart, whoever it came from.

    Args:
        file: the shipment, which is there as long as its sources are read.
        folder: where the bytes of what is no plain text go, under names of ours.
        agent: who sent it.

    Returns:
        The sources in order.

    Raises:
        LoadError: it is none, or holds more than a shipment may.
    """
    longest = file.stat().st_size
    found: list[Source] = []
    if longest > MOST_BYTES:
        raise LoadError(f"sources that are sent together have at most {MOST_BYTES >> 20} MiB")
    try:
        # Read as a stream: no member can send the reader back, and so around for ever.
        with tarfile.open(file, mode="r|") as tar:
            for member in tar:
                if len(found) == MOST_SOURCES:
                    raise LoadError(f"send at most {MOST_SOURCES:,} sources together")
                said, path = member.pax_headers, folder / str(len(found))
                part = _part_of(tar, member, longest, path)
                found.append(
                    Source(
                        said.get(_NAME, member.name),
                        path if part is None else file,
                        address=said.get(_ADDRESS),
                        agent=agent,
                        part=part,
                    )
                )
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise LoadError(f"the sources are no tar file that can be read: {error}") from None
    return found


def _part_of(
    tar: tarfile.TarFile, member: tarfile.TarInfo, longest: int, path: Path
) -> FilePart | None:
    """Where in the shipment the text of one member lies; None of what is written down elsewhere.

    A file of its own for each log takes longer than all else here, and a disk that others write to
    makes it wait.

    Raises:
        LoadError: it is no file, or has bytes that are not there, as a sparse file has.
    """
    content = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if content is None or not 0 <= member.size <= longest:
        raise LoadError(f"{member.name!r} among the sources is no plain file")
    with content:
        head = content.read(HEAD)
        if member.size <= _LARGEST_PART and begins_plainly(head):
            return FilePart(member.offset_data, member.size)
        with path.open("wb") as copy:
            copy.write(head)
            copyfileobj(content, copy)
    return None
