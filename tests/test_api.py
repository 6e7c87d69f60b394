"""provgraph from Python: what a notebook or a script of a user does."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import py2neo
import pytest
from nbclient import NotebookClient
from neo4j import GraphDatabase
from prov.model import ProvActivity, ProvDocument, ProvGeneration

import provgraph
from provgraph.errors import LookupFailedError, NoStoreError, NotFoundError, SettingsError
from provgraph.model.vocabulary import Kind, RelationType
from tests.conftest import LOGS, empty_neo4j
from tests.services import Neo4jServer

NOTEBOOK = Path(__file__).parent.parent / "docs" / "how-to" / "notebook.ipynb"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.fixture
def night(tmp_path: Path) -> Iterator[provgraph.Provenance]:
    with provgraph.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        opened.load(LOGS)
        yield opened


def test_open_load_ask(tmp_path: Path) -> None:
    with provgraph.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        [report] = store.load(LOGS / "irf.provlog")
        assert (report.status, report.problems) == ("loaded", ())
        [again] = store.load(str(LOGS / "irf.provlog"))
        assert again.status == "unchanged"
        with pytest.raises(NotFoundError):
            store.what_produced("/no/such/file")


def test_a_load_is_taken_back(night: provgraph.Provenance) -> None:
    before = night.store.stats()
    load = night.store.loads()[0]
    would = night.forget(load.id[:8], dry_run=True)
    assert (would.load, night.store.stats()) == (load, before)
    assert night.forget(load.id) == would
    assert load.id not in {each.id for each in night.store.loads()}
    with pytest.raises(LookupFailedError, match="too short"):
        night.forget(load.id[0])


def test_the_store_is_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVGRAPH_STORE", f"sqlite:///{tmp_path / 'mine.db'}")
    with provgraph.open() as store:
        with pytest.raises(NoStoreError, match=r"mine\.db"):
            store.what_produced("x")
        assert list(tmp_path.iterdir()) == []
        store.load(LOGS / "irf.provlog")
        assert (tmp_path / "mine.db").exists()
        with pytest.raises(NotFoundError):
            store.what_produced("x")
    with pytest.raises(SettingsError, match="no store"):
        provgraph.open("nothing://here")


def test_answers_are_those_of_the_command(night: provgraph.Provenance, tmp_path: Path) -> None:
    told = json.loads(
        subprocess.run(
            [
                sys.executable,
                "-m",
                "provgraph.commands.main",
                "what-produced",
                DL3,
                "--format",
                "json",
                "--store",
                f"sqlite:///{tmp_path / 'store.db'}",
            ],
            check=True,
            capture_output=True,
        ).stdout
    )
    answer = night.what_produced(DL3)
    assert [node.id for node in answer.nodes] == [node["id"] for node in told["nodes"]]
    assert len(answer.edges) == len(told["edges"])
    nearest = night.what_produced(DL3, depth=1)
    assert nearest.depth == 1
    assert len(nearest.nodes) < len(answer.nodes)
    assert night.impact(nearest.nodes[-1].id).direction == "downstream"
    both = night.lineage(DL3, "both", relations=["wasGeneratedBy"])
    assert {edge.relation for edge in both.edges} == {"wasGeneratedBy"}


def test_a_wrong_direction_is_explained(night: provgraph.Provenance) -> None:
    with pytest.raises(SettingsError, match="upstream, downstream, both"):
        night.lineage(DL3, "sideways")
    with pytest.raises(SettingsError, match="wasGeneratedBy"):
        night.lineage(DL3, relations=["made"])


def test_networkx_has_every_node_and_edge(night: provgraph.Provenance) -> None:
    answer = night.what_produced(DL3)
    graph = answer.to_networkx()
    assert graph.number_of_nodes() == len(answer.nodes)
    assert graph.number_of_edges() == len(answer.edges)
    assert graph.nodes[answer.root.id]["kind"] == "entity"
    assert graph.graph == {"root": answer.root.id, "truncated": False}
    relations = {said["relation"] for _, _, said in graph.out_edges(answer.root.id, data=True)}
    assert "wasGeneratedBy" in relations
    assert {said["role"] for _, _, said in graph.edges(data=True)} == {
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
    look = provgraph.Look(orientation="across", fold=True, link="https://example.org/{id}")
    assert "rankdir=LR" in answer.to_dot(look)
    assert "shape=note" in answer.to_dot(look)
    assert 'href="https://example.org/product' in answer.to_svg(look)
    assert answer.to_png(look).startswith(b"\x89PNG")
    with pytest.raises(SettingsError, match="'sideways' is no orientation: down, across are"):
        provgraph.Look(orientation="sideways")


@pytest.mark.neo4j
def test_py2neo_merges_into_a_neo4j(night: provgraph.Provenance, neo4j_server: Neo4jServer) -> None:
    empty_neo4j(neo4j_server.url)
    answer = night.what_produced(DL3)
    place = urlsplit(neo4j_server.url)
    graph = py2neo.Graph(
        f"bolt://{place.hostname}:{place.port}", auth=(place.username, place.password)
    )
    for _ in range(2):
        graph.merge(answer.to_py2neo())
    graph.service.connector.close()
    with GraphDatabase.driver(
        f"bolt://{place.hostname}:{place.port}", auth=(place.username or "", place.password or "")
    ) as driver:
        nodes = driver.execute_query("MATCH (n) RETURN count(n)").records[0][0]
        made = driver.execute_query(
            "MATCH (:Entity {id: $id})-[:WAS_GENERATED_BY]->(a:Activity) RETURN a.name",
            id=answer.root.id,
        ).records
        ends = driver.execute_query("MATCH (a)-[r]->(b) RETURN count(*)").records[0][0]
    assert nodes == len(answer.nodes)
    assert [row[0] for row in made] == ["create-dl3"]
    assert ends == len({(edge.source, edge.relation, edge.target) for edge in answer.edges})
    empty_neo4j(neo4j_server.url)


def test_without_py2neo_the_error_says_what_to_install(
    night: provgraph.Provenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py2neo", None)
    with pytest.raises(SettingsError, match=r"provgraph\[py2neo\]"):
        night.what_produced(DL3).to_py2neo()


def test_the_notebook_in_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is as a user would run it, top to bottom, with the outputs that stand in it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    told = [_texts(cell) for cell in notebook.cells]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [_texts(cell) for cell in notebook.cells] == told


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    outputs = cell.get("outputs", [])
    return [
        output.get("text") or "".join(output.get("data", {}).get("text/plain", ""))
        for output in outputs
    ]


def test_importing_provgraph_is_quick() -> None:
    """The API's libraries are imported when they are used."""
    code = (
        "import sys, provgraph; "
        "print(sorted({'sqlalchemy', 'networkx', 'neo4j'} & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout
        == "[]\n"
    )
