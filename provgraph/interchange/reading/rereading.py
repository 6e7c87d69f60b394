"""A stream of bytes that can be read several times.

A PROV-JSON document with bundles, influences or late prefixes is read twice, and it may come
through a pipe.
"""

from collections.abc import Collection
from io import BufferedReader
from tempfile import TemporaryFile
from typing import cast

from provgraph.loaders.json_stream import CHUNK, available


class RereadableStream:
    """A stream that can be read from its beginning as often as one likes."""

    def __init__(self, stream: BufferedReader) -> None:
        """Take a stream.

        Args:
            stream: at its beginning; one that can't be read again is copied to a temporary file.
        """
        self._stream = stream
        self._copy: BufferedReader | None = None

    def __enter__(self) -> "RereadableStream":
        return self

    def __exit__(self, *_: object) -> None:
        if self._copy is not None:
            self._copy.close()

    def beginning(self) -> BufferedReader:
        """Go to the beginning.

        Returns:
            the stream or its copy, there.
        """
        if self._stream.seekable():
            self._stream.seek(0)
            return self._stream
        if self._copy is None:
            self._copy = cast("BufferedReader", TemporaryFile())  # noqa: SIM115 - closed at the end of the block
            while True:
                piece, _ = available(self._stream, CHUNK)
                if not piece:
                    break
                self._copy.write(piece)
        self._copy.seek(0)
        return self._copy

    def words_in(self, words: Collection[bytes]) -> set[bytes]:
        """Look for words.

        Args:
            words: to look for.

        Returns:
            those that stand anywhere in the stream.
        """
        stream, before = self.beginning(), b""
        found: set[bytes] = set()
        while len(found) < len(words):
            piece, _ = available(stream, CHUNK)
            if not piece:
                break
            found.update(word for word in words if word in before + piece)
            before = piece[-max(map(len, words)) :]
        return found
