"""Progress on the terminal: a line that counts, none in a pipe."""

import sys
import time
from types import TracebackType

from provgraph.ingest.reading.sources import Source

#: Seconds before the first line and between two.
INTERVAL = 1.0


class Progress:
    """Counts what is done on stderr, when that is a terminal and it takes more than a second."""

    def __init__(self, what: str) -> None:
        self.passed_over = 0
        self._what = what
        self._done = 0
        self._records = 0
        self._shown = False
        self._last = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()

    def clear(self) -> None:
        """Make room for a line of results."""
        if self._shown:
            self._shown = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        self._records = 0
        self._show(f"{self._done} {self._what} done")

    def _show(self, text: str) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._last > INTERVAL:
            self._last, self._shown = now, True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def wrote(self, documents: int) -> None:
        """So many more records of a large source are written."""
        self._records += documents
        self._show(f"{self._done} {self._what} done, {self._records} records of the next one")

    def read(self, records: int) -> None:
        """So many more records of what is being checked are read."""
        self._records += records
        self._show(f"{self._records:,} {self._what} read")

    def pass_over(self, source: Source) -> None:
        """A file in a folder is none of ours."""
        self.passed_over += 1
