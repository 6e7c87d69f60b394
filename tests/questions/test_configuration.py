"""How runs were set up, beside a lineage: the same from every store."""

from provgraph.ingest.loading import load
from provgraph.model.lineage import Lineage
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.configuration import with_configuration
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from tests.conftest import LOGS

ENERGY = "/data/ctao/models/energy.pkl@5a620a10-d7a4-41b7-9814-f9e5bac5287f"


def configured(store: Store, name: str = ENERGY) -> Lineage:
    list(load(store, [str(LOGS)]))
    return with_configuration(store, lineage(store, find(store, name)))


def test_parameter_sets_and_configuration_files_stand_beside_their_runs(store: Store) -> None:
    whole = configured(store)
    run = next(node for node in whole.nodes if node.id == "5a620a10-d7a4-41b7-9814-f9e5bac5287f")
    nodes = {node.key: node for node in whole.nodes}
    ours = [
        nodes[edge.target]
        for edge in whole.edges
        if edge.relation is RelationType.WAS_CONFIGURED_BY and edge.source == run.key
    ]
    validator = next(node for node in ours if node.name == "TrainEnergyRegressor.CrossValidator")
    assert validator.kind is Kind.COLLECTION
    assert validator.attributes["TrainEnergyRegressor.CrossValidator.n_cross_validations"] == (2,)
    files = [(node.name, node.location) for node in ours if node.kind is Kind.CONFIG_FILE]
    assert files == [("train_energy.yaml", "/data/ctao/config/train_energy.yaml")]
    assert {node.distance for node in ours} == {run.distance + 1}
    assert "python packages" not in {node.name for node in ours}


def test_what_runs_share_is_there_once_at_its_nearest_and_in_the_order_of_answers(
    store: Store,
) -> None:
    whole = configured(store)
    keys = [node.key for node in whole.nodes]
    assert len(keys) == len(set(keys))
    assert [(node.distance, node.id) for node in whole.nodes] == sorted(
        (node.distance, node.id) for node in whole.nodes
    )
    distance = {node.key: node.distance for node in whole.nodes}
    runs: dict[bytes, list[int]] = {}
    for edge in whole.edges:
        if edge.relation is RelationType.WAS_CONFIGURED_BY:
            runs.setdefault(edge.target, []).append(distance[edge.source])
    assert max(map(len, runs.values())) > 1
    assert all(distance[target] == min(near) + 1 for target, near in runs.items())


def test_what_was_found_before_stays(store: Store) -> None:
    whole = configured(store)
    before = lineage(store, find(store, ENERGY))
    assert (
        tuple(node for node in whole.nodes if node.kind in (Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT))
        == before.nodes
    )
    assert whole.edges[: len(before.edges)] == before.edges
