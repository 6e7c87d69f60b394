"""Texts that lie in one file are read alone."""

from pathlib import Path

from provgraph.ingest.reading.parts import FilePart


def test_a_part_of_a_file_is_read_alone(tmp_path: Path) -> None:
    (path := tmp_path / "x").write_bytes(b"before[]behind")
    assert FilePart(6, 2).read(path) == b"[]"
    assert FilePart(6, 0).read(path) == b""
