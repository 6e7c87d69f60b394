"""Sources that travel together arrive as they are."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from provgraph.collecting.shipment import Packed, pack, unpack
from provgraph.errors import LoadError
from provgraph.ingest.reading.sources import Source
from provgraph.loaders.protocol import HEAD

NAMES = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def _bytes_of(source: Source) -> bytes:
    return source.part.read(source.path) if source.part else source.path.read_bytes()


@given(some.lists(some.tuples(NAMES, some.binary(), some.none() | NAMES), max_size=5))
def test_any_sources_arrive_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, sources: list[tuple[str, bytes, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("shipment")
    with (folder / "source").open("wb") as file:
        pack([Packed(*each) for each in sources], file)
    found = unpack(folder / "source", folder, "token night")
    assert [(each.name, _bytes_of(each), each.address) for each in found] == sources
    assert {each.agent for each in found} <= {"token night"}


def test_a_source_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    pack([Packed("a", tmp_path / "a", None)], body := BytesIO())
    (tmp_path / "body").write_bytes(body.getvalue())
    (found,) = unpack(tmp_path / "body", tmp_path, None)
    assert _bytes_of(found) == b"text"


def test_small_texts_are_read_where_they_lie(tmp_path: Path) -> None:
    """What is read by its header, is packed or is long has a file of its own, as far as needed."""
    sources = {
        "text": b"[" + b" " * HEAD + b"]",
        "nothing": b"",
        "packed": gzip.compress(b"[]"),
        "header": b"SIMPLE  =                    T",
        "long": b" " * ((1 << 20) + 1),
    }
    with (tmp_path / "source").open("wb") as file:
        pack([Packed(name, content, None) for name, content in sources.items()], file)
    found = unpack(tmp_path / "source", tmp_path, None)
    assert [each.name for each in found if each.part] == ["text", "nothing"]
    names = ("source", "2", "3", "4")
    assert {each.name for each in tmp_path.iterdir()} == set(names)
    written = [each.path.read_bytes() for each in found if not each.part]
    assert written == [sources[name] for name in ("packed", "header", "long")]


def test_no_member_leads_back(tmp_path: Path) -> None:
    """A negative length, as CVE-2025-8194 has it, ends in an error."""
    pack([Packed("a", b"text" * 1000, None)], body := BytesIO())
    content = bytearray(body.getvalue())
    for start in range(0, len(content), 512):
        if content[start + 257 : start + 262] == b"ustar":
            content[start + 124 : start + 136] = b"\xff" * 10 + b"\xf0\x00"
            header = content[start : start + 512]
            header[148:156] = b" " * 8
            content[start + 148 : start + 156] = b"%06o\0 " % sum(header)
    (tmp_path / "body").write_bytes(content)
    with pytest.raises(LoadError):
        unpack(tmp_path / "body", tmp_path, None)
