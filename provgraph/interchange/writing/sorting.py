"""Puts what is written into an order that its format wants, on disk.

Memory stays bounded however much there is.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from types import TracebackType
from typing import TypeAlias

from provgraph.model.batches import batches

#: Bundle, "" of the document itself; number of the type; id, "" without one; what is written.
Row: TypeAlias = tuple[str, int, str, str]
#: In place of a type: that there is such a bundle.
BUNDLE_ITSELF = -1
_BATCH = 5000


class Spool:
    """Rows in the order of bundles (the document itself first), types and ids.

    Within these as they came.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take all the rows."""
        self._database = sqlite3.connect("")  # a temporary file, gone with the connection
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute(
            "CREATE TABLE record (bundle TEXT, type INTEGER, id TEXT, text TEXT)"
        )
        for batch in batches(rows, _BATCH):
            self._database.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", batch)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._database.close()

    def rows(self) -> Iterator[Row]:
        """All rows in order."""
        with closing(
            self._database.execute(
                "SELECT bundle, type, id, text FROM record ORDER BY bundle, type, id, rowid"
            )
        ) as found:
            yield from found
