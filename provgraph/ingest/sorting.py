"""The statements of a large source in the order in which they are decided: by the file they name.

A PROV document says one thing a statement, in any order: first all runs, say, then all uses. To
decide on a file, all that is known of it is read. So what a document says of a file comes into one
batch, and is read back by none. Statements that do not fit into memory wait in a temporary file.
"""

import pickle
from collections import defaultdict
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Final
from zlib import crc32

from provgraph.errors import StoreError
from provgraph.ingest import writing
from provgraph.ingest.observing import Observer
from provgraph.model.records import Document

#: Into how many parts files are divided by their names; relations are a part of their own.
PARTS: Final = 64
_RELATIONS: Final = PARTS


def by_file(documents: Iterable[Document], observer: Observer) -> Iterator[Document]:
    """Put together what single statements say of a file.

    Args:
        documents: of one source, in its order.
        observer: is told how many are read before they are written.

    Yields:
        the same documents: first those that say more than one statement on a file does, such as a
        run; then the statements, those on one file next to each other; then the relations. A
        document behind which reading can be resumed comes behind all that stand before it.

    Raises:
        StoreError: there is no room for a temporary file.
    """
    with _Aside(observer) as aside:
        for document in documents:
            if document.end is not None:
                yield from aside.take()
            elif (part := _part_of(document)) is not None:
                aside.put(part, document)
                continue
            yield document
        yield from aside.take()


def _part_of(document: Document) -> int | None:
    """The part of what a document says; None when it is to be written as it comes."""
    if (
        document.agents
        or document.descriptions
        or document.settings
        or document.config_files
        or document.settings_keys
        or (document.run is not None and document.run.facts)
    ):
        return None
    counts = len(document.mentions), len(document.entities), len(document.relations)
    if counts == (1, 0, 0):
        (mention,) = document.mentions
        return _part_named(mention.identifier or mention.place or "")
    if counts == (0, 1, 0):
        return _part_named(document.entities[0].identifier)
    return _RELATIONS if counts == (0, 0, 1) and document.run is None else None


def _part_named(name: str) -> int:
    return crc32(name.encode()) % PARTS


class _Aside:
    """Statements that are put aside: in memory, and from a batch on in a temporary file."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._parts: defaultdict[int, list[Document]] = defaultdict(list)
        self._size = 0
        self._file: IO[bytes] | None = None
        self._places: defaultdict[int, list[int]] = defaultdict(list)

    def __enter__(self) -> "_Aside":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, part: int, document: Document) -> None:
        self._parts[part].append(document)
        self._size += writing.size_of(document)
        if self._size >= writing.BATCH_BYTES:
            try:
                self._write()
            except OSError as error:
                raise StoreError(
                    "the statements of a large document wait in a temporary file, and it can't be "
                    f"written: {error.strerror}; make room, or name another folder by TMPDIR"
                ) from error

    def _write(self) -> None:
        """Move all that is in memory into the file."""
        if self._file is None:
            self._file = TemporaryFile(prefix="provgraph-statements-")  # noqa: SIM115 - see __exit__
        for part, documents in self._parts.items():
            self._places[part].append(self._file.seek(0, 2))
            pickle.dump(documents, self._file, pickle.HIGHEST_PROTOCOL)
        self._observer.put_aside(sum(map(len, self._parts.values())))
        self._parts.clear()
        self._size = 0

    def take(self) -> Iterator[Document]:
        """All that was put aside, part by part; afterwards nothing is."""
        for part in sorted(self._parts.keys() | self._places.keys()):
            for place in self._places[part]:
                yield from self._read(place)
            yield from self._parts[part]
        self._parts.clear()
        self._places.clear()
        self._size = 0

    def _read(self, place: int) -> list[Document]:
        if self._file is None:
            raise AssertionError("nothing was written")
        self._file.seek(place)
        documents: list[Document] = pickle.load(self._file)  # noqa: S301 - written above
        return documents
