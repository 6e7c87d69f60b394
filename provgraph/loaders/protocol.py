"""What a loader is: it recognises a source by its content and reads documents from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
        where: the part's place in the source, such as ``byte 18649``.
        what: what is wrong there, and what became of that part.
    """

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class RelativeNames:
    """Tells that the names in a document depend on the document's address.

    The same bytes at another address are another content then.
    """


def numbered(
    found: Iterable[Document | Problem], start: int, apart: int = 1
) -> Iterator[Document | Problem]:
    """Number what a database gives, which has no bytes to count; leave out what is known.

    Args:
        found: all documents and problems, in a fixed order.
        start: the ``end`` of the last document that is known already; 0 for none.
        apart: how far the number of a document is from that of the one before.

    Yields:
        The documents behind that one, each with its number as its ``end``; and all problems.
    """
    number = 0
    for each in found:
        if isinstance(each, Problem):
            yield each
            continue
        number += apart
        if number > start:
            yield replace(each, end=number)


class Loader(Protocol):
    """The reader of one input format.

    A loader enters by an entry point ``provgraph.loaders``, which names the loader's class. The
    class is called without arguments, once a process.

    Attributes:
        name: the loader's name in ``--format`` and in the report of a load; that of its entry
            point.
        reads: what the loader reads, for messages: ``PROV-JSON documents``.
    """

    name: str
    reads: str

    def recognises(self, head: bytes) -> bool:
        """Whether a source is of this format.

        Must be quick, and must import nothing large: every source is shown to several loaders.

        Args:
            head: the first bytes of the source, decompressed; up to `HEAD` of them.
        """

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem | RelativeNames]:
        """Read a source as a stream.

        Args:
            stream: the source's bytes, decompressed.
            namespace: in which the source's paths mean files (docs/contract.md, rule 7).
            start: the byte of the source at which the stream stands: the ``end`` of a document, or
                0.

        Yields:
            One document a record, and a problem for each part that can't be read, in the order of
            the source. `RelativeNames` first, when an `AddressedLoader` has met such names.
        """


@runtime_checkable
class AddressedLoader(Protocol):
    """A loader of documents whose names may be relative to the document's own address."""

    def at(self, address: str) -> Loader:
        """The same loader, for a document at an address.

        Args:
            address: the URI of the document, see `provgraph.prov.addresses`.

        Returns:
            A loader that resolves relative names against it.
        """


@runtime_checkable
class StatementLoader(Protocol):
    """A loader of PROV documents, which can also be read as the statements that they make."""

    def statements(self, stream: BufferedReader) -> Iterator[ProvStatement | Problem]:
        """Read a PROV document as a stream.

        Args:
            stream: the document's bytes, decompressed.

        Yields:
            The document's statements in their order, and a problem for each part that can't be
            read.
        """
