"""Streams that are read several times."""

import io
from io import BytesIO
from typing import cast

import pytest

from provgraph.interchange.reading.rereading import RereadableStream


class Once(BytesIO):
    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("kind", [BytesIO, Once])
def test_a_stream_is_read_from_its_beginning_again(kind: type[BytesIO]) -> None:
    content = b"x" * 3_000_000 + b"end"
    stream = cast("io.BufferedReader", io.BufferedReader(kind(content)))
    with RereadableStream(stream) as again:
        assert [again.beginning().read() == content for _ in range(2)] == [True, True]
        assert again.words_in((b"xend", b"begin")) == {b"xend"}


def test_a_word_is_found_wherever_pieces_end() -> None:
    for length in range((1 << 16) - 4, (1 << 16) + 1):
        stream = cast("io.BufferedReader", io.BufferedReader(BytesIO(b"." * length + b"word")))
        with RereadableStream(stream) as again:
            assert again.words_in((b"word",)) == {b"word"}
