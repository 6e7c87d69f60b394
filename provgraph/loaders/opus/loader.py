"""The loader of OPUS's job database as a file of SQLite."""

import shutil
import sqlite3
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory

from provgraph.errors import LoadError, UnknownFormatError
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document

_MAGIC = b"SQLite format 3\x00"


class OpusLoader:
    """Job databases of OPUS."""

    name = "opus"
    reads = "job databases of OPUS (SQLite; PostgreSQL by its URL)"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is a database of SQLite; which one, its tables tell.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it begins as such a file does.
        """
        return head.startswith(_MAGIC)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a database, of which a copy is made: OPUS may be writing to it.

        Args:
            stream: the file's bytes, decompressed.
            namespace: of no importance: OPUS names files by URLs.
            start: of no importance: a database is always read from its beginning.

        Yields:
            A document a file and a job, a problem for what nothing can be made of.

        Raises:
            UnknownFormatError: the database is none of OPUS's.
            LoadError: the file is damaged.
        """
        from provgraph.loaders.opus.job_documents import documents  # noqa: PLC0415
        from provgraph.loaders.opus.sqlite import opened  # noqa: PLC0415
        from provgraph.loaders.opus.tables import NOT_OPUS, is_job_database  # noqa: PLC0415

        with TemporaryDirectory(prefix="provgraph-opus-") as folder:
            copy = Path(folder) / "jobs.sqlite"
            with copy.open("wb") as file:
                shutil.copyfileobj(stream, file)
            try:
                with opened(copy) as tables:
                    if not is_job_database(tables.columns()):
                        raise UnknownFormatError(NOT_OPUS)
                    yield from documents(tables)
            except sqlite3.Error as error:
                raise LoadError(f"the database can't be read: {error}") from error
