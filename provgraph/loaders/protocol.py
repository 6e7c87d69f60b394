"""What a loader is: it recognises a source by its content and reads documents from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Protocol, runtime_checkable

from provgraph.model.records import Document
from provgraph.prov.statements import ProvStatement

#: How many bytes of a source can be looked at before it is read.
HEAD = 1 << 16
#: The bytes of a file in which nothing stands: white space and byte order marks.
BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a source that could not be read.

    Attributes:
        where: the place in the source, such as ``byte 18649``.
        what: what is wrong there and what became of it.
    """

    where: str
    what: str


class Loader(Protocol):
    """One input format."""

    #: What ``--format`` and the load report call it.
    name: str
    #: What it reads, for messages.
    reads: str

    def recognises(self, head: bytes) -> bool:
        """Whether a source that begins with these bytes is of this format."""

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a source as a stream.

        One document a record, a problem for each part that can't be read.

        Args:
            stream: the source's bytes, decompressed.
            namespace: in which its paths mean files (CONTRACT section 2 rule 7).
            start: the byte of the source at which the stream stands; the ``end`` of a document, or
                0.
        """


@runtime_checkable
class StatementLoader(Protocol):
    """A loader of PROV documents, which can also be read as the statements that they make."""

    def statements(self, stream: BufferedReader) -> Iterator[ProvStatement | Problem]:
        """Read a document as a stream: its statements, a problem for each part that can't be read.

        Args:
            stream: the document's bytes, decompressed.
        """
