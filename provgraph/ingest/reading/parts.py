"""Plain texts that lie in one file: each is a source of its own."""

import os
from pathlib import Path
from typing import NamedTuple


class FilePart(NamedTuple):
    """Where a plain text lies in a file, with others.

    Attributes:
        start: its first byte.
        size: how many bytes it has.
    """

    start: int
    size: int

    def read(self, path: Path) -> bytes:
        """Read the text.

        Args:
            path: of the file.

        Returns:
            The bytes of the text alone.

        Raises:
            OSError: the file can't be read.
        """
        with path.open("rb", buffering=0) as file:
            return os.pread(file.fileno(), self.size, self.start)
