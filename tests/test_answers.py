"""Answers as a notebook or a script of a user takes them along."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pytest
from prov.model import ProvActivity, ProvDocument, ProvGeneration

import provgraph
from provgraph.errors import MissingExtraError, SettingsError
from provgraph.model.vocabulary import Kind, RelationType
from tests.conftest import LOGS

DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.fixture
def night() -> Iterator[provgraph.Provenance]:
    with provgraph.open("sqlite://") as opened:
        opened.load(LOGS)
        yield opened


def test_an_answer_holds_plain_values(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    assert answer.root == answer.nodes[0]
    [run] = [edge.target for edge in answer.edges if edge.source == answer.root.id]
    [maker] = [node for node in answer.nodes if node.id == run]
    assert maker.start_time == datetime(2026, 11, 21, 8, 30, 55, 925_000, UTC)
    assert maker.attributes["exit_code"] == 0
    ids = {node.id for node in answer.nodes}
    assert {end for edge in answer.edges for end in (edge.source, edge.target)} == ids


def test_an_answer_prints_as_a_summary(night: provgraph.Provenance) -> None:
    question, found, levels = str(night.what_produced(DL3)).splitlines()
    assert question == f"What produced {DL3}?"
    assert found.startswith("27 runs, 43 files")
    assert levels == "14 DL2, 7 DL1, 7 DL0"


def test_other_programs_take_the_graph(night: provgraph.Provenance, tmp_path: Path) -> None:
    graph = night.what_produced(DL3).to_networkx()
    nx.write_graphml(graph, tmp_path / "answer.graphml")
    again = nx.read_graphml(tmp_path / "answer.graphml")
    assert set(again.nodes) == set(graph.nodes)
    assert again.number_of_edges() == graph.number_of_edges()


def test_networkx_has_every_node_and_edge(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    graph = answer.to_networkx()
    assert graph.number_of_nodes() == len(answer.nodes)
    assert graph.number_of_edges() == len(answer.edges)
    assert graph.nodes[answer.root.id]["kind"] == "entity"
    assert graph.graph == {"root": answer.root.id, "truncated": False}
    relations = {said["relation"] for _, _, said in graph.out_edges(answer.root.id, data=True)}
    assert "wasGeneratedBy" in relations
    assert {said.get("role") for _, _, said in graph.edges(data=True)} == {
        edge.role for edge in answer.edges
    }


def test_a_document_of_the_prov_package(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    document = answer.to_prov()
    told = Counter(type(record) for record in document.get_records())
    assert told[ProvActivity] == len(answer.of_kind(Kind.ACTIVITY))
    generations = [edge for edge in answer.edges if edge.relation is RelationType.WAS_GENERATED_BY]
    assert told[ProvGeneration] == len(generations)
    assert ProvDocument.deserialize(content=document.serialize()) == document


def test_notebooks_show_a_drawing(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    shown = answer._repr_mimebundle_()
    assert shown["image/svg+xml"] == answer.to_svg()
    assert shown["image/svg+xml"].startswith("<svg")
    assert "What produced" in shown["text/plain"]
    assert answer.to_dot().startswith("digraph")


def test_drawings_as_one_wants_them(night: provgraph.Provenance) -> None:
    answer = night.with_configuration(night.what_produced(DL3, depth=3))
    look = provgraph.Look(orientation="across", w3c=True, link="https://example.org/{id}")
    assert "rankdir=LR" in answer.to_dot(look)
    assert "shape=note" in answer.to_dot(look)
    assert 'href="https://example.org/product' in answer.to_svg(look)
    assert answer.to_png(look).startswith(b"\x89PNG")
    assert answer.to_pdf(look).startswith(b"%PDF-")
    with pytest.raises(SettingsError, match="'sideways' is no orientation: down, across are"):
        provgraph.Look(orientation="sideways")


def test_without_py2neo_the_error_says_what_to_install(
    night: provgraph.Provenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py2neo", None)
    monkeypatch.delitem(sys.modules, "provgraph.writers.py2neo", raising=False)
    with pytest.raises(MissingExtraError, match=r"provgraph\[py2neo\]"):
        night.what_produced(DL3).to_py2neo()
