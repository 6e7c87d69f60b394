"""Progress on a terminal: one line on stderr that counts."""

import sys
import time
from types import TracebackType
from typing import Self

#: Seconds before the first line, and between two.
INTERVAL = 1.0


class Progress:
    """A line on stderr that counts what is done, when the work takes more than a second.

    It is for a terminal. Where stderr is none, nothing is printed.
    """

    def __init__(self, what: str) -> None:
        """Begin at zero.

        Args:
            what: what is counted, in the plural: ``sources``.
        """
        self._what = what
        self._done = 0
        self._records = self._read = 0
        self._shown = False
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away, so that a result can be printed."""
        if self._shown:
            self._shown = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def step(self) -> None:
        """Count one more that is done."""
        self._done += 1
        self._records = self._read = 0
        self._show(f"{self._done} {self._what} done")

    def put_aside(self, documents: int) -> None:
        """Count records of a large source that are read, and not written yet.

        Args:
            documents: how many were read since the last call.
        """
        self._read += documents
        self._show(f"{self._done} {self._what} done, {self._read} records of the next one read")

    def wrote(self, documents: int) -> None:
        """Count records of a large source that are written.

        Args:
            documents: how many were written since the last call.
        """
        self._records += documents
        self._show(f"{self._done} {self._what} done, {self._records} records of the next one")

    def read(self, records: int) -> None:
        """Count records that are read.

        Args:
            records: how many were read since the last call.
        """
        self._records += records
        self._show(f"{self._records:,} {self._what} read")

    def copied(self, records: int) -> None:
        """Count records that are copied.

        Args:
            records: how many were copied since the last call.
        """
        self._records += records
        self._show(f"{self._records:,} {self._what} copied")

    def _show(self, text: str) -> None:
        """Write the line anew, unless it was written a moment ago."""
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._last > INTERVAL:
            self._last, self._shown = now, True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
