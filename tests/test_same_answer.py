"""The same question by command, GraphQL over HTTP and Python gives the same nodes and edges, on
every store.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import provgraph
from provgraph.ingest.loading import load
from provgraph.model.fields import difference_document, summary_document
from provgraph.questions.comparison import diff
from provgraph.questions.remaking import recipe_of
from provgraph.questions.summary import summary_of
from provgraph.questions.tracing import find, lineage
from provgraph.store.registry import open_store
from provgraph.writers.recipes import Rerun
from tests.conftest import LOGS
from tests.graphql.conftest import asked, served

pytestmark = pytest.mark.slow

DL3 = "/data/ctao/dl3/run02002_v2.dl3.fits"
OTHER = "/data/ctao/dl3/run02002.dl3.fits"
QUERY = """query ($file: String!) { whatProduced(file: $file) {
    nodes { __typename id name } edges { relation source target role } summary {
    complete ends { id why } failed invalid versions rewritten suspected { run path id } } } }"""
VERSIONS = "query ($path: String!) { versions(path: $path) { id generatedBy { activity { id } } } }"
MODEL = "/data/ctao/models/energy.pkl"
FOUND = """query ($text: String!) { search(text: $text, first: 1000) {
    totalCount nodes { id } edges { cursor } } }"""
DIFF = """query ($a: String!, $b: String!) { diff(a: $a, b: $b) {
    a b identical alike truncated runs { tool change a b version parameters { name a b }
    packages { name a b } inputs { role a b } } } }"""
RERUN = "query ($file: String!) { rerun(file: $file) { target script workflow gaps { what id } } }"
#: Of questions that say themselves what they ask.
WAYS = """query ($a: String!, $b: String!, $then: DateTime) {
    path(source: $a, target: $b, all: true) { nodes { id distance } edges { source target } }
    commonAncestors(ids: [$a, $b]) { total found { node { id } distances isNearest } }
    activities(filter: {parameter: {name: "input_url", value: "/data/ctao/dl1/run02002.dl1.h5"}}) {
    nodes { id } } stats(asOf: $then) { activities } entity(id: $b, at: "2026-11-21T12:00") { id }
    }"""
Answer = tuple[set[tuple[str, str, str | None]], set[tuple[str, str, str, str | None]]]


@pytest.mark.parametrize("store_url", ["sqlite", "postgresql", "neo4j"], indirect=True)
def test_three_faces_one_answer(store_url: str) -> None:
    store = open_store(store_url)
    list(load(store, [str(LOGS)]))
    ours = lineage(store, find(store, DL3))
    ids = {node.key: node.id for node in ours.nodes}
    expected = (
        {(node.kind.value, node.id, node.name) for node in ours.nodes},
        {
            (edge.relation.value, ids[edge.source], ids[edge.target], edge.role)
            for edge in ours.edges
        },
    )
    assert len(expected[0]) == 77  # 30 runs, 46 files, and itself
    summary = summary_document(summary_of(store, ours))
    assert summary["suspected"]
    with served(store) as client:
        by_graphql = asked(client, QUERY, file=DL3)["data"]["whatProduced"]
        differing = asked(client, DIFF, a=OTHER, b=DL3)["data"]["diff"]
        sought = asked(client, FOUND, text="run02002 dl")["data"]["search"]
        standing = asked(client, VERSIONS, path=MODEL)["data"]["versions"]
        again = asked(client, RERUN, file=DL3)["data"]["rerun"]
        then = store.loads()[5].time
        ways = asked(client, WAYS, a=DL3, b=MODEL, then=then)["data"]
        assert asked(client, VERSIONS, path="/nowhere") == {"data": {"versions": []}}
    recipe = recipe_of(store, ours.root)
    difference = difference_document(diff(store, find(store, OTHER), ours.root))
    store.close()
    assert differing == _printed(store_url, "diff", OTHER, DL3, "--json") == difference
    assert [run["change"] for run in differing["runs"]] == ["only-b"] * 3 + ["changed"]
    assert _printed(store_url, "rerun", DL3, "--json") == json.loads(json.dumps(recipe.document()))
    assert (len(recipe.steps), again["script"]) == (30, Rerun(recipe).script)
    assert again["gaps"] == [{"what": each.what, "id": each.id} for each in recipe.gaps]
    listed = _printed(store_url, "versions", MODEL, "--json")["versions"]
    assert [(each["id"], each["maker"]) for each in listed] == [
        (each["id"], each["generatedBy"][0]["activity"]["id"]) for each in standing
    ]
    assert len(listed) > 1
    _compare_found(store_url, sought)
    _compare_ways(store_url, ways, then)
    by_command = _printed(store_url, "what-produced", DL3, "--format", "json")
    assert _of_graphql(by_graphql) == _of_command(by_command) == expected
    assert by_graphql["summary"] == by_command["summary"] == summary


def _compare_found(store_url: str, sought: dict[str, Any]) -> None:
    """What was found by GraphQL is found by command and by Python, and in the same order."""
    ids = [each["id"] for each in sought["nodes"]]
    assert sought["totalCount"] == len(ids) > 5
    printed = _printed(store_url, "search", "run02002", "DL", "--limit", "4", "--json")
    assert (printed["total"], printed["next"]) == (len(ids), sought["edges"][3]["cursor"])
    assert [each["id"] for each in printed["nodes"]] == ids[:4]
    with provgraph.open(store_url) as opened:
        assert [each.id for each in opened.search("run02002 dl")] == ids


def _compare_ways(store_url: str, asked_for: dict[str, Any], then: str) -> None:
    """Ways, parameters and earlier times are the same by GraphQL, by command and by Python."""
    path, common = asked_for["path"], asked_for["commonAncestors"]
    printed = _printed(store_url, "path", DL3, MODEL, "--all", "--format", "json")
    ends = [(each["source"], each["target"]) for each in path["edges"]]
    assert [(each["source"], each["target"]) for each in printed["edges"]] == ends
    listed = _printed(store_url, "common", DL3, MODEL, "--json")
    assert listed["total"] == common["total"] == len(common["found"]) > 3
    assert [(each["id"], each["distances"], each["nearest"]) for each in listed["nodes"]] == [
        (each["node"]["id"], each["distances"], each["isNearest"]) for each in common["found"]
    ]
    set_up = ("--parameter", "input_url=/data/ctao/dl1/run02002.dl1.h5")
    runs = [each["id"] for each in asked_for["activities"]["nodes"]]
    found = _printed(store_url, "search", *set_up, "--json")["nodes"]
    assert runs == [each["id"] for each in found] != []
    with provgraph.open(store_url) as opened:
        chain = opened.path(DL3, MODEL, every=True)
        assert [(each.source, each.target) for each in chain.edges] == ends
        ids = [each.node.id for each in opened.common(DL3, MODEL)]
        assert ids == [each["id"] for each in listed["nodes"]]
        sought = opened.search(parameter={"input_url": "/data/ctao/dl1/run02002.dl1.h5"})
        assert [each.id for each in sought] == runs
        then_known = opened.stats(as_of=then)["activities"]
        assert opened.show(MODEL, at="2026-11-21T12:00")["id"] == asked_for["entity"]["id"]
        assert then_known < opened.stats()["activities"]
    by_command = _printed(store_url, "stats", "--as-of", then, "--json")["activities"]
    assert asked_for["stats"]["activities"] == by_command == then_known
    stood = _printed(store_url, "show", MODEL, "--at", "2026-11-21T12:00", "--json")
    assert stood["id"] == asked_for["entity"]["id"]


def _of_graphql(answer: dict[str, list[dict[str, str]]]) -> Answer:
    return (
        {(node["__typename"].lower(), node["id"], node["name"]) for node in answer["nodes"]},
        {
            (_camel(edge["relation"]), edge["source"], edge["target"], edge["role"])
            for edge in answer["edges"]
        },
    )


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(map(str.capitalize, rest))


def _printed(url: str, *arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [str(Path(sys.executable).parent / "provgraph"), *arguments]
    done = subprocess.run(
        command, env={**os.environ, "PROVGRAPH_STORE": url}, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def _of_command(answer: dict[str, list[dict[str, str]]]) -> Answer:
    return (
        {(node["kind"], node["id"], node["name"]) for node in answer["nodes"]},
        {
            (edge["relation"], edge["source"], edge["target"], edge["role"])
            for edge in answer["edges"]
        },
    )
