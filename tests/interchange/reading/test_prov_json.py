"""PROV-JSON that is damaged, hostile, large or unusual (docs/contract.md, Bad input)."""

import io
import tracemalloc
from contextlib import closing
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import cast

import pytest

from provgraph.ingest.loading import load
from provgraph.interchange.reading.prov_json import ProvJsonLoader
from provgraph.loaders.protocol import Problem
from provgraph.model.attributes import readable_value
from provgraph.model.records import Document
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.interchange.corpus import exported, in_package, put, read

_PREFIX = '"prefix": {"ex": "http://example.org/"}'
_ENTITIES = '"entity": {"ex:e1": {"prov:label": "one"}, "ex:e2": {"prov:label": "two"}}'


def _parts(content: bytes) -> tuple[list[Document], list[Problem]]:
    found = read(content)
    documents = [each for each in found if isinstance(each, Document)]
    return documents, [each for each in found if isinstance(each, Problem)]


def _names(documents: list[Document]) -> list[str]:
    return [entity.identifier for each in documents for entity in each.entities]


E1, E2 = (f"prov:http://example.org/e{number}" for number in (1, 2))


@pytest.mark.parametrize(
    "content",
    [
        f"{{{_PREFIX}, {_ENTITIES}}}",
        f"{{{_ENTITIES}, {_PREFIX}}}",
        f"\ufeff{{\r\n{_PREFIX}\r\n,{_ENTITIES}}}\r\n",
        '{"prefix": {"default": "http://example.org/"}, "entity": {"e1": {}, "e2": {}}}',
    ],
    ids=["prefix first", "prefix last", "BOM and CRLF", "default"],
)
def test_prefixes_may_stand_anywhere(content: str) -> None:
    documents, problems = _parts(content.encode())
    assert (_names(documents), problems) == ([E1, E2], [])


def test_a_stream_that_can_be_read_once_is_kept_aside() -> None:
    class Once(BytesIO):
        def seekable(self) -> bool:
            return False

    content = f"{{{_ENTITIES}, {_PREFIX}}}".encode()
    stream = cast("BufferedReader", io.BufferedReader(Once(content)))
    found = list(ProvJsonLoader().documents(stream, "default"))
    assert _names([each for each in found if isinstance(each, Document)]) == [E1, E2]


def test_prefixes_of_a_bundle_may_stand_last_and_hide_those_outside() -> None:
    bundle = '"bundle": {"ex:b": {"entity": {"ex:e1": {}}, "prefix": {"ex": "http://b.example/"}}}'
    with closing(open_store("sqlite://")) as store:
        assert put(store, f"{{{_PREFIX}, {bundle}}}".encode()) == []
        document = in_package(exported(store), ".json")
    (inside,) = document.bundles
    found = [str(each.identifier and each.identifier.uri) for each in inside.get_records()]
    assert (str(inside.identifier and inside.identifier.uri), found) == (
        "http://b.example/b",
        ["http://b.example/e1"],
    )


@pytest.mark.parametrize(
    ("content", "kept", "what"),
    [
        (f'{{{_PREFIX}, "entity": {{"no:e": {{}}, "ex:e1": {{}}}}}}', [E1], "not declared"),
        (
            f'{{{_PREFIX}, "entity": {{"ex:e2": {{"no:a": 1}}, "ex:e1": {{}}}}}}',
            [E2, E1],
            "not declared",
        ),
        (f'{{{_PREFIX}, "entity": {{"ex:e2": 5, "ex:e1": {{}}}}}}', [E1], "not an object"),
        (
            f'{{{_PREFIX}, "entity": {{"ex:e2": {{"ex:a": {{"type": "x"}}}}, "ex:e1": {{}}}}}}',
            [E1],
            '"\\$"',
        ),
        (f'{{{_PREFIX}, "entity": {{"ex:e1": {{}}}}, "thing": {{}}}}', [E1], "no section"),
        (
            f'{{{_PREFIX}, "entity": {{"ex:e1": {{}}, "ex:e2": {{"prov:la',
            [E1],
            "nothing from here on",
        ),
        (f'{{{_PREFIX}, "entity": {{"ex:e1": {{"ex:a": 1, "ex:a": 2}}}}}}', [E1], "stands twice"),
        (f'{{{_PREFIX}, "entity": {{"_:e": {{}}, "ex:e1": {{}}}}}}', [E1], "no identifier"),
    ],
)
def test_every_whole_record_loads(content: str, kept: list[str], what: str) -> None:
    documents, problems = _parts(content.encode())
    assert _names(documents) == kept
    assert [problem for problem in problems if what.replace("\\", "") in problem.what]


def test_of_a_record_only_what_bears_an_unknown_prefix_is_a_problem() -> None:
    typed = '{"$": "5", "type": "no:length"}'
    records = (
        f'"entity": {{"ex:e1": {{"ex:a": 1, "no:b": [2, 3], "no:c": null, "ex:d": {typed}}}}}, '
        '"used": {"no:u": {"prov:activity": "ex:a1", "prov:entity": "no:e", "ex:kept": 4}}'
    )
    documents, problems = _parts(f"{{{_PREFIX}, {records}}}".encode())
    (entity,) = documents[0].entities
    assert entity.attributes == {
        "http://example.org/a": (1,),
        "http://example.org/d": ({"$": "5"},),
    }
    assert documents[1].run is not None
    ((used,),) = documents[1].run.facts.values()
    assert readable_value(used) == {"activity": "http://example.org/a1", "open": "target"}
    assert [problem.what for problem in problems] == [
        "entity ex:e1: the prefix of its attribute 'no:b' is not declared",
        "entity ex:e1: the prefix of its attribute 'no:c' is not declared",
        "entity ex:e1: the prefix of the datatype 'no:length' is not declared",
        "used no:u: its prefix is not declared, so the relation has no name",
        "used no:u: the prefix of its prov:entity, 'no:e', is not declared",
    ]
    assert all(problem.where.startswith("byte ") for problem in problems)


@pytest.mark.parametrize("depth", [200, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    content = (
        f'{{{_PREFIX}, "entity": {{"ex:e1": {{"ex:a": {"[" * depth}{"]" * depth}}}}}}}'.encode()
    )
    documents, problems = _parts(content)
    assert documents == []
    assert problems


def test_a_record_that_does_not_fit_is_refused() -> None:
    content = f'{{{_PREFIX}, "entity": {{"ex:e1": {{"ex:a": "{"x" * (17 << 20)}"}}}}}}'.encode()
    documents, (problem,) = _parts(content)
    assert documents == []
    assert "16 MiB" in problem.what


def test_texts_that_no_store_holds_become_visible() -> None:
    content = f'{{{_PREFIX}, "entity": {{"ex:e1": {{"prov:label": "\\ud800\\u0000"}}}}}}'.encode()
    ((document,), problems) = _parts(content)
    assert problems == []
    assert document.entities[0].attributes["prov:label"] == ("\\ud800\\u0000",)


def test_documents_of_json_are_told_from_logs(tmp_path: Path) -> None:
    document = tmp_path / "x.json"
    document.write_text(
        '{"entity": {"e1": {"activity_name": "x"}}, "prefix": {"default": "http://example.org/"}}'
    )
    with closing(open_store("sqlite://")) as store:
        (report,) = load(store, [str(document)])
    assert (report.format, report.status) == ("prov-json", "loaded")


def test_the_order_of_loading_does_not_matter(tmp_path: Path) -> None:
    made = '"wasGeneratedBy": {{"_:g": {{"prov:entity": "ex:e1", "prov:activity": "ex:{}"}}}}'
    one = f'{{{_PREFIX}, "entity": {{"ex:e1": {{"ex:a": 1}}}}, {made.format("a1")}}}'
    two = f'{{{_PREFIX}, "entity": {{"ex:e1": [{{"ex:a": "1"}}, {{}}]}}, {made.format("a2")}}}'
    digests = set()
    for contents in ((one, two), (two, one), (one, two, one)):
        with closing(open_store("sqlite://")) as store:
            for content in contents:
                put(store, content.encode())
            digests.add(digest(store.scan()))
            assert store.stats()["wasGeneratedBy"] == 2
    assert len(digests) == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("w") as file:
        file.write(f'{{{_PREFIX}, "entity": {{"ex:first": {{}}')
        file.writelines(
            f',"ex:e{number}": {{"prov:label": "{"x" * 1000}"}}' for number in range(20_000)
        )
        file.write("}}")
    tracemalloc.start()
    with path.open("rb") as stream:
        count = sum(1 for _ in ProvJsonLoader().documents(stream, "default"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_001
    assert peak < path.stat().st_size / 2
