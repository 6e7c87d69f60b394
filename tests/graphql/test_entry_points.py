"""Questions over HTTP give the lineage that every other face gives."""

import json
from typing import Any

import pytest

from provgraph.model.lineage import Direction
from provgraph.questions import tracing
from provgraph.store.protocol import Store
from provgraph.writers import json as json_writer
from tests.graphql.conftest import CORPUS, Ask

EXPECTED: dict[str, dict[str, list[str]]] = json.loads(
    (CORPUS / "expected_lineage.json").read_text()
)
DL3 = "/data/ctao/dl3/run02001.dl3.fits"
WHOLE = """
fragment whole on Lineage {
  root { id } direction depth truncated
  nodes {
    __typename id kind name distance attributes
    ... on Entity { location locations identifiers }
    ... on Activity { startTime endTime status version }
  }
  edges { relation source target role time }
}
"""


@pytest.mark.parametrize("file", EXPECTED)
def test_what_produced_a_dl3_file(ask: Ask, file: str) -> None:
    query = (
        "query($file: String!) { whatProduced(file: $file) "
        "{ activities { id } entities { locations } agents { id } } }"
    )
    found = ask(query, file=file)["data"]["whatProduced"]
    expected = {file, *EXPECTED[file]["entities"]}
    paths = [set(entity["locations"]) & expected for entity in found["entities"]]
    assert {activity["id"] for activity in found["activities"]} == set(EXPECTED[file]["activities"])
    assert all(paths)
    assert set().union(*paths) == expected


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("depth", [None, 0, 3])
def test_same_nodes_and_edges_as_the_json_writer(
    ask: Ask, store: Store, direction: Direction, depth: int | None
) -> None:
    name = "/data/ctao/dl2/run02001.dl2.h5"
    query = WHOLE + (
        "query($id: String!, $to: Direction!, $depth: Int) "
        "{ lineage(id: $id, direction: $to, depth: $depth) { ...whole } }"
    )
    answer = ask(query, id=name, to=direction.name, depth=depth)["data"]["lineage"]
    written = json_writer.document(
        tracing.lineage(store, tracing.find(store, name), direction, depth)
    )
    assert answer["root"] == {"id": written["root"]}
    assert (answer["direction"].lower(), answer["depth"]) == (written["direction"], depth)
    assert answer["truncated"] is written["truncated"] is False
    assert answer["nodes"] == [_as_graphql(node) for node in written["nodes"]]
    assert [_edge(edge) for edge in answer["edges"]] == [_edge(edge) for edge in written["edges"]]
    assert answer["edges"] or depth == 0


def _as_graphql(node: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "entity": ("location", "locations", "identifiers"),
        "activity": ("startTime", "endTime", "status", "version"),
        "agent": (),
    }[node["kind"]]
    shown = {
        field: node[field] for field in ("id", "kind", "name", "distance", "attributes", *fields)
    }
    return {"__typename": node["kind"].capitalize(), **shown}


def _edge(edge: dict[str, Any]) -> tuple[str, ...]:
    relation = edge["relation"].replace("_", "").lower()
    return relation, edge["source"], edge["target"], edge["role"] or "", edge["time"] or ""


def test_impact_is_the_lineage_downstream(ask: Ask) -> None:
    query = (
        "query($f: String!) { impact(file: $f) { direction nodes { id } } "
        "lineage(id: $f, direction: DOWNSTREAM) { direction nodes { id } } }"
    )
    data = ask(query, f="/data/ctao/models/energy.pkl")["data"]
    assert data["impact"] == data["lineage"]
    assert len(data["impact"]["nodes"]) > 2


def test_relations_restrict_the_walk(ask: Ask) -> None:
    query = (
        "query($f: String!) { lineage(id: $f, relations: [WAS_GENERATED_BY]) "
        "{ edges { relation } nodes { id } } }"
    )
    found = ask(query, f=DL3)["data"]["lineage"]
    assert [edge["relation"] for edge in found["edges"]] == ["WAS_GENERATED_BY"]
    assert len(found["nodes"]) == 2


def test_path_is_one_chain(ask: Ask) -> None:
    asked_for = "nodes { id distance } edges { source target }"
    query = f"query($a: String!, $b: String!) {{ path(source: $a, target: $b) {{ {asked_for} }} }}"
    found = ask(query, a=DL3, b="/data/ctao/dl1/run02001.dl1.h5")["data"]["path"]
    assert [node["distance"] for node in found["nodes"]] == list(range(len(found["nodes"])))
    assert len(found["edges"]) == len(found["nodes"]) - 1
    ends = [edge["source"] for edge in found["edges"]] + [found["edges"][-1]["target"]]
    assert ends == [node["id"] for node in found["nodes"]]


def test_all_shortest_chains_together(ask: Ask) -> None:
    query = "query($a: String!, $b: String!) { path(source: $a, target: $b, all: true) {%s} }"
    asked_for = "direction nodes { id distance } edges { source target }"
    model = "/data/ctao/dl2/gamma_train.dl2.h5"
    found = ask(query % asked_for, a=DL3, b=model)["data"]["path"]
    distances = [node["distance"] for node in found["nodes"]]
    assert found["direction"] == "UPSTREAM"
    assert distances == sorted(distances)
    assert len(distances) > len(set(distances))


def test_common_ancestors(ask: Ask) -> None:
    query = (
        "query($ids: [String!]!) { commonAncestors(ids: $ids, limit: 5) "
        "{ total records { id } found { distances isNearest node { id __typename } } } }"
    )
    found = ask(query, ids=[DL3, "/data/ctao/dl1/run02001.dl1.h5"])["data"]["commonAncestors"]
    assert found["total"] > len(found["found"]) == 5
    first = found["found"][0]
    assert (first["distances"], first["isNearest"]) == ([6, 0], True)
    assert first["node"] == {"id": found["records"][1]["id"], "__typename": "Entity"}
    (error,) = ask(query, ids=[DL3])["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_node_resolves_every_kind(ask: Ask) -> None:
    query = (
        "query($a: ID!, $b: ID!) "
        "{ a: node(id: $a) { __typename id } b: node(id: $b) { __typename } }"
    )
    entity = ask("query($id: String!) { entity(id: $id) { id } }", id=DL3)["data"]["entity"]["id"]
    data = ask(query, a=entity, b=EXPECTED[DL3]["activities"][0])["data"]
    assert data == {"a": {"__typename": "Entity", "id": entity}, "b": {"__typename": "Activity"}}


def test_stats_are_those_of_the_store(ask: Ask, store: Store) -> None:
    found = ask(
        "{ stats { activities entities agents settings loads relations { relation count } } }"
    )["data"]["stats"]
    counts = store.stats()
    assert found["activities"] == counts["activities"] > 60
    assert {each["relation"] for each in found["relations"]} == {"USED", "WAS_GENERATED_BY"}
    assert (
        sum(each["count"] for each in found["relations"])
        == counts["used"] + counts["wasGeneratedBy"]
    )
