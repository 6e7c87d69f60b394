"""Walking over a PROV-JSON document member by member."""

import io
from collections.abc import Iterator
from io import BufferedReader, BytesIO, RawIOBase
from typing import cast

import pytest

from provgraph.interchange.reading.members import Member, Members


def _walk(content: bytes) -> tuple[list[Member], list[str]]:
    members = Members(cast("BufferedReader", io.BufferedReader(BytesIO(content))), {"entity"})
    return list(members), [f"{each.where}: {each.what}" for each in members.problems]


def test_members_come_with_section_and_bundle() -> None:
    content = (
        b'{"prefix": {"ex": "http://e/"}, "entity": {"ex:e1": {"a": 1}}, '
        b'"bundle": {"ex:b": {"entity": {"ex:e2": {}}}}}'
    )
    assert _walk(content) == (
        [
            (None, "prefix", "ex", "http://e/"),
            (None, "entity", "ex:e1", {"a": 1}),
            (None, "bundle", "ex:b", None),
            ("ex:b", "entity", "ex:e2", {}),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("content", "count", "what"),
    [
        (b'{"entity": {"e1": {}, "e2": {', 1, "byte 28: nothing from here on is loaded"),
        (b'{"entity": {"e1": {}}} more', 1, "something stands behind the document"),
        (b'{"entity": {"e1": {}}, "thing": {"x": 1}}', 1, "'thing' is no section"),
        (b'{"entity": {"e1": {"a": 1, "a": 2}}}', 1, "a key stands twice"),
        (b'{"entity": ["e1"]}', 0, "expected an object"),
        (b'{"entity": {"e1" {}}}', 0, "expected ':'"),
        (b'{"entity": {"e1": {} "e2": {}}}', 1, "expected ','"),
        (b"", 0, "cut off"),
    ],
)
def test_what_is_damaged_is_told_with_its_place(content: bytes, count: int, what: str) -> None:
    found, problems = _walk(content)
    assert len(found) == count
    assert len(problems) == 1
    assert what in problems[0]


def test_a_document_in_small_pieces_is_the_same() -> None:
    """A record, a key or a character may be cut by the end of what has been read."""

    class Slowly(RawIOBase):
        def __init__(self, content: bytes) -> None:
            self._left: Iterator[int] = iter(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # as bytes go in
            for byte in self._left:
                buffer[0] = byte
                return 1
            return 0

    content = '{"entity": {"ü\\n": {"a": [1, -2.5e3, true, "x\\u0041"]}, "e2": {}}}'.encode()
    slowly = cast("BufferedReader", io.BufferedReader(Slowly(content), 1))
    members = Members(slowly, {"entity"})
    assert (list(members), members.problems) == (_walk(content)[0], [])
    assert members.position() == len(content)
