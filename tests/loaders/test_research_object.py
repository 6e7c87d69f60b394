"""CWLProv research objects as one stream of bytes."""

import shutil
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from provgraph.errors import LoadError
from provgraph.loaders.research_object import (
    MAGIC,
    MANIFEST,
    is_research_object,
    objects_among,
    packed_object,
    parts_of,
    unpacked_object,
)
from tests.conftest import CORPUS

OBJECT = CORPUS / "cwlprov" / "reverse"


def unpacked(content: bytes) -> dict[str, bytes]:
    return unpacked_object(BufferedReader(BytesIO(content)))


def test_each_document_is_read_in_one_format(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(OBJECT, tmp_path / "x"))
    provenance = folder / "metadata" / "provenance"
    (provenance / "nested.1234.cwlprov.ttl").write_text("")
    (provenance / "nested.1234.cwlprov.provn").write_text("")
    (provenance / "notes.txt").write_text("")
    assert is_research_object(folder)
    assert [path.relative_to(folder).as_posix() for path in parts_of(folder)] == [
        MANIFEST,
        "metadata/provenance/nested.1234.cwlprov.provn",
        "metadata/provenance/primary.cwlprov.json",
    ]


def test_what_is_packed_comes_out_again() -> None:
    parts = unpacked(packed_object(OBJECT))
    assert parts == {
        path.relative_to(OBJECT).as_posix(): path.read_bytes() for path in parts_of(OBJECT)
    }


@pytest.mark.parametrize("content", [b"", MAGIC, MAGIC + b"[]", MAGIC + b'{"x": "\\u0100"}', b"{}"])
def test_a_damaged_stream_is_refused(content: bytes) -> None:
    with pytest.raises(LoadError, match="no packed research object"):
        unpacked(content)


def test_a_folder_without_manifest_or_documents_is_none(tmp_path: Path) -> None:
    assert not is_research_object(tmp_path)
    (tmp_path / "metadata").mkdir()
    (tmp_path / MANIFEST).write_text("{}")
    assert not is_research_object(tmp_path)
    (tmp_path / "metadata" / "provenance").mkdir()
    assert not is_research_object(tmp_path)


def test_names_in_an_archive_never_leave_the_folder(tmp_path: Path) -> None:
    names = {}
    for number, name in enumerate(
        (
            "../../metadata/manifest.json",
            "../../metadata/provenance/primary.cwlprov.json",
            "a/metadata/manifest.json",
            "a/metadata/provenance/../../x.cwlprov.json",
            "b/metadata/provenance/primary.cwlprov.json",
        )
    ):
        names[name] = tmp_path / str(number)
        names[name].write_text("{}")
    inside = tmp_path / "objects"
    found = objects_among(names, inside)
    assert found == {"../../": inside / "object0"}
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {
        "objects",
        "2",
        "3",
        "4",
    }
