"""A CWLProv research object is one source, whether a folder or an archive."""

import json
import shutil
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.interchange.reading.cwlprov import BUNDLED_AS, CwlProvLoader
from provgraph.loaders.protocol import Problem
from provgraph.loaders.research_object import MAGIC
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import CORPUS

OBJECT = CORPUS / "cwlprov" / "reverse"
RESULT = "prov:urn:uuid:9d9f27ed-103d-4f51-ba9b-aa4e0ccb0614"


@pytest.fixture
def memory() -> Iterator[Store]:
    store = open_store("sqlite://")
    yield store
    store.close()


def test_files_bear_the_names_that_they_had_in_the_workflow(store: Store) -> None:
    (report,) = load(store, [str(OBJECT)])
    assert (report.format, report.status, report.source) == ("cwlprov", "loaded", str(OBJECT))
    answer = lineage(store, find(store, RESULT))
    assert answer.root.name == "reversed.txt"
    names = {node.name for node in answer.of_kind(Kind.ENTITY)}
    assert {"events.txt", "sorted.txt", "89a3922b2d5efeb2fc606be88a0832c5841595cf"} <= names
    runs = {node.name for node in answer.of_kind(Kind.ACTIVITY)}
    assert "Run of workflow/packed.cwl#main/first" in runs
    content = find(store, "prov:urn:hash::sha1:89a3922b2d5efeb2fc606be88a0832c5841595cf")
    assert content.attributes[BUNDLED_AS] == ("/data/89/89a3922b2d5efeb2fc606be88a0832c5841595cf",)


def test_an_archive_of_it_is_the_same_source(memory: Store, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "a"), "zip", OBJECT.parent, OBJECT.name))
    inner = Path(shutil.make_archive(str(tmp_path / "b"), "gztar", OBJECT, "."))
    reports = list(load(memory, [str(archive), str(inner), str(OBJECT)]))
    assert [report.source for report in reports] == [
        f"{archive}!{OBJECT.name}",
        str(inner),
        str(OBJECT),
    ]
    assert [report.status for report in reports] == ["loaded", "unchanged", "unchanged"]


def test_in_a_folder_it_is_one_source_beside_others(memory: Store, tmp_path: Path) -> None:
    shutil.copytree(OBJECT, tmp_path / "runs" / "1")
    (tmp_path / "runs" / "empty.provlog").write_text("[]")
    reports = list(load(memory, [str(tmp_path)]))
    assert sorted(str(report.format) for report in reports) == ["ctapipe", "cwlprov"]


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        (
            {"metadata/manifest.json": "x", "p": '{"entity": {"a:b": {}}, "prefix": {"a": "u:"}}'},
            "manifest",
        ),
        ({"p": "nothing of PROV"}, "p: the whole document"),
        ({"p": '{"entity": {"a:b": {}, "c'}, "p: "),
    ],
)
def test_a_part_that_cannot_be_read_is_a_problem(parts: dict[str, str], where: str) -> None:
    stream = MAGIC + json.dumps(parts).encode()
    found = CwlProvLoader().documents(BufferedReader(BytesIO(stream)), "default")
    problems = [each for each in found if isinstance(each, Problem)]
    assert problems
    assert where in problems[0].where
