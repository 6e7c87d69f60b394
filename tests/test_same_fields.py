"""Every face says the same of records and relations: the fields of one table."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import graphql
import pytest

from provgraph.answers import Answer, AnswerEdge, AnswerNode
from provgraph.api import Provenance
from provgraph.graphql.schema import sdl
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.fields import (
    RECORD_FIELDS,
    RELATION_FIELDS,
    SUMMARY_FIELDS,
    difference_document,
    summary_document,
)
from provgraph.model.vocabulary import Kind
from provgraph.questions.details import details_of
from provgraph.questions.summary import with_summary
from provgraph.questions.tracing import find
from provgraph.store.registry import open_store
from provgraph.writers.csv import write as write_csv
from provgraph.writers.details import as_document
from provgraph.writers.json import document
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
RAW = "/data/ctao/dl2/run02001.dl2.h5"
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "fields.md"
TYPES = {Kind.ENTITY: "Entity", Kind.ACTIVITY: "Activity", Kind.AGENT: "Agent"}
#: GraphQL asks for the parts of an object, and spells relations in capitals.
PARTS = {"invalidation": "invalidation { time reason by }"}


@pytest.fixture(scope="module")
def night() -> Iterator[Provenance]:
    """The real logs with an overwritten, an invalid and a tainted file."""
    store = open_store("sqlite://")
    list(load(store, [str(LOGS)]))
    invalidate(store, find(store, RAW), "2026-12-01", "moonlight", "Ada")
    with Provenance(store) as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(night: Provenance) -> Answer:
    return night.lineage(RAW, "both", depth=2)


def of_kind(kind: Kind) -> list[str]:
    return [field.name for field in RECORD_FIELDS if kind in field.kinds]


def test_the_answer_has_what_is_compared(answer: Answer) -> None:
    nodes = document(answer.lineage)["nodes"]
    assert nodes[0]["invalidation"]["reason"] == "moonlight"
    assert any(node["tainted"] for node in nodes)
    assert any(node["more"] for node in nodes)
    assert all(edge["location"] for edge in document(answer.lineage)["edges"])


def test_json_show_and_csv_have_every_field(night: Provenance, answer: Answer) -> None:
    names = {field.name for field in RECORD_FIELDS}
    said = document(answer.lineage)
    assert {frozenset(node) for node in said["nodes"]} == {frozenset(names)}
    shown = as_document(details_of(night.store, find(night.store, RAW)))
    assert names <= set(shown)
    assert {name: shown[name] for name in names - {"more"}} == {
        name: said["nodes"][0][name] for name in names - {"more"}
    }
    header = next(csv.reader(io.StringIO(write_csv(answer.lineage), newline="")))
    assert {name.partition(".")[0] for name in header} == names
    relations = {field.name for field in RELATION_FIELDS}
    assert {frozenset(edge) for edge in (*said["edges"], *shown["relations"])} == {
        frozenset(relations)
    }


def test_python_has_every_field(answer: Answer) -> None:
    names, relations = (
        {field.name for field in table} for table in (RECORD_FIELDS, RELATION_FIELDS)
    )
    assert {_camel(field.name) for field in fields(AnswerNode)} == names
    assert {field.name for field in fields(AnswerEdge)} == relations
    graph = answer.to_networkx()
    for node in document(answer.lineage)["nodes"]:
        known = {name for name, value in node.items() if value not in (None, [], {})}
        assert set(graph.nodes[node["id"]]) == known
    assert all(set(edge) <= relations for _, _, edge in graph.edges(data=True))


def _camel(name: str) -> str:
    first, *rest = {
        "generated_at": "generated_at_time",
        "invalidated_at": "invalidated_at_time",
    }.get(name, name).split("_")
    return first + "".join(map(str.capitalize, rest))


def test_csv_says_what_json_says(answer: Answer) -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv(answer.lineage), newline="")))
    for row, node in zip(rows, document(answer.lineage)["nodes"], strict=True):
        mark = node.pop("invalidation") or {"time": None, "reason": None, "by": None}
        assert [row.pop(f"invalidation.{part}") for part in mark] == [
            value or "" for value in mark.values()
        ]
        assert json.loads(row.pop("attributes")) == node.pop("attributes")
        assert row == {name: _cell(value) for name, value in node.items()}


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("kind", TYPES)
def test_a_graphql_type_has_the_fields_of_its_kind(kind: Kind) -> None:
    schema = graphql.build_schema(sdl())
    found = schema.type_map[TYPES[kind]].fields  # type: ignore[attr-defined]
    assert [name for name in of_kind(kind) if name not in found] == []
    edges = schema.type_map["LineageEdge"].fields  # type: ignore[attr-defined]
    assert set(edges) == {field.name for field in RELATION_FIELDS}


def test_graphql_says_what_json_says(night: Provenance, answer: Answer) -> None:
    parts = (
        f"... on {name} {{ {' '.join(PARTS.get(each, each) for each in of_kind(kind))} }}"
        for kind, name in TYPES.items()
    )
    edges = " ".join(field.name for field in RELATION_FIELDS)
    query = f"""query ($id: String!) {{ lineage(id: $id, direction: BOTH, depth: 2) {{
        nodes {{ {" ".join(parts)} }} edges {{ {edges} }} }} }}"""
    with served(night.store) as client:
        found = asked(client, query, id=RAW)["data"]["lineage"]
    said = document(answer.lineage)
    assert found["nodes"] == [
        {name: node[name] for name in of_kind(Kind(node["kind"]))} for node in said["nodes"]
    ]
    for edge in found["edges"]:
        edge["relation"] = _camel(edge["relation"].lower())
    assert found["edges"] == said["edges"]


def test_the_page_lists_the_fields() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{field.name}` |" in page for field in (*RECORD_FIELDS, *RELATION_FIELDS))


def test_every_face_has_the_fields_of_the_summary(night: Provenance, answer: Answer) -> None:
    said = document(with_summary(night.store, answer.lineage))["summary"]
    assert said == summary_document(answer.summary)
    assert list(said) == list(SUMMARY_FIELDS)
    assert said["invalid"]
    type_ = graphql.build_schema(sdl()).type_map["Summary"]
    assert isinstance(type_, graphql.GraphQLObjectType)
    assert {name: field.description for name, field in type_.fields.items()} == SUMMARY_FIELDS
    assert all(f"`{name}`" in PAGE.read_text(encoding="utf-8") for name in SUMMARY_FIELDS)


def test_every_face_has_the_fields_of_a_comparison(night: Provenance) -> None:
    said = difference_document(night.diff(DL3, RAW))
    types = graphql.build_schema(sdl()).type_map
    for name, document_ in (("LineageDiff", said), ("RunDifference", said["runs"][0])):
        type_ = types[name]
        assert isinstance(type_, graphql.GraphQLObjectType)
        assert set(type_.fields) == set(document_)
