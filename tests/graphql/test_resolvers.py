"""Records show their neighbours, how they ran, and their lineages."""

import json

from provgraph.model.lineage import Direction
from provgraph.questions import tracing
from provgraph.store.protocol import Store
from tests.graphql.conftest import CORPUS, Ask

EXPECTED: dict[str, dict[str, list[str]]] = json.loads(
    (CORPUS / "expected_lineage.json").read_text()
)
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


def test_an_activity_shows_how_it_ran(ask: Ask) -> None:
    query = """query($id: String!) { activity(id: $id) {
      name version status startTime endTime duration host attributes configFiles
      used { role entity { locations } activity { id } }
      generated { role entity { locations generatedBy { activity { id } } } }
      agents { agent { id } } parameters { name component value } packages { name version } } }"""
    run = EXPECTED[DL3]["activities"][0]
    found = ask(query, id=run)["data"]["activity"]
    assert found["status"] == "completed"
    assert found["startTime"].endswith("Z")
    assert found["duration"] > 0
    assert found["used"]
    assert all(each["activity"]["id"] == run for each in found["used"])
    assert found["generated"][0]["entity"]["generatedBy"] == [{"activity": {"id": run}}]
    assert found["agents"] == []
    assert {"name", "component", "value"} == set(found["parameters"][0])
    assert "ctapipe" in {each["name"] for each in found["packages"]}
    assert all(place.startswith("/") for place in found["configFiles"])


def test_an_entity_knows_its_neighbours_and_lineages(ask: Ask, store: Store) -> None:
    query = """query($id: String!) { entity(id: $id) {
      id type dataLevel generatedAtTime invalidatedAtTime
      usedBy { role time activity { generated { entity { locations } } } }
      attributedTo { agent { id } }
      ancestors(depth: 1) { nodes { id } } descendants { truncated nodes { id } } } }"""
    found = ask(query, id="/data/ctao/dl2/run02001_full.dl2.h5")["data"]["entity"]
    outputs = [
        each["entity"]["locations"]
        for usage in found["usedBy"]
        for each in usage["activity"]["generated"]
    ]
    assert [DL3] in outputs
    assert found["type"] == "DatasetEntity"
    assert found["generatedAtTime"].endswith("Z")
    assert len(found["ancestors"]["nodes"]) == 2
    below = tracing.lineage(store, tracing.find(store, found["id"]), Direction.DOWNSTREAM)
    assert {node["id"] for node in found["descendants"]["nodes"]} == {
        node.id for node in below.nodes
    }
