"""JSON: the shape that scripts rely on."""

import json
from dataclasses import replace

from hypothesis import given, settings

from provgraph.model.lineage import Lineage
from provgraph.writers.json import write as write_json
from provgraph.writers.registry import WRITERS
from tests.lineages import entity, lineage, lineages, two_steps


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@settings(max_examples=150, deadline=None)
@given(lineages())
def test_json_is_strict_and_whole(lineage: Lineage) -> None:
    answer = json.loads(WRITERS["json"](lineage), parse_constant=refuse)
    ids = {node["id"] for node in answer["nodes"]} | {answer["root"]}
    assert len(answer["nodes"]) == len(lineage.nodes)
    assert all(edge["source"] in ids and edge["target"] in ids for edge in answer["edges"])


def test_json_has_the_keys_of_the_contract() -> None:
    answer = json.loads(write_json(two_steps()))
    assert list(answer) == ["root", "direction", "depth", "truncated", "nodes", "edges"]
    assert set(answer["nodes"][0]) == {
        *("id", "kind", "name", "distance", "location", "locations", "identifiers"),
        *("startTime", "endTime", "duration", "status", "version", "type", "dataLevel", "host"),
        *("generatedAtTime", "invalidatedAtTime", "invalidation", "tainted", "more", "masked"),
        "attributes",
    }
    edge = {"relation", "source", "target", "role", "time", "location", "inferred"}
    assert set(answer["edges"][0]) == edge
    assert (
        answer["root"] == answer["nodes"][0]["id"] == "product:5a4a9d13-a646-4ef6-acc4-ab1dc521c011"
    )
    assert answer["nodes"][1]["startTime"] == "2026-11-21T08:30:27.500Z"
    assert answer["nodes"][1]["attributes"] == {"exit_code": 0, "weight": "nan"}


def test_json_keeps_characters_as_they_are() -> None:
    text = write_json(lineage([replace(entity("/data/x"), location="/data/é日本\ud800.h5")], []))
    assert "é日本\\ud800" in text
    assert json.loads(text)["nodes"][0]["location"] == "/data/é日本\ud800.h5"
