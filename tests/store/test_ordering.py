"""The fixed orders of answers."""

from provgraph.model.lineage import Edge
from provgraph.model.records import Mention
from provgraph.model.vocabulary import RelationType
from provgraph.store.ordering import (
    edges_in_order,
    explained,
    explained_order,
    stats_in_order,
)
from provgraph.store.records import StoredMention


def test_explanations_begin_with_outputs() -> None:
    used, made = (
        explained(StoredMention(Mention("r", relation, None, "file:/x", source="log"), rule="path"))
        for relation in (RelationType.USED, RelationType.WAS_GENERATED_BY)
    )
    assert sorted([used, made], key=explained_order) == [made, used]
    assert made.rule == "path"


def test_counts_come_in_the_order_of_the_vocabulary() -> None:
    assert list(stats_in_order({"wasGeneratedBy": 1, "used": 2, "agents": 3, "wasInformedBy": 0}))[
        -2:
    ] == ["used", "wasGeneratedBy"]
    assert stats_in_order({})["loads"] == 0


def test_edges_come_once_and_sorted() -> None:
    first = Edge(RelationType.USED, b"a", b"b")
    last = Edge(RelationType.USED, b"b", b"a", "role")
    assert edges_in_order([last, first, last]) == [first, last]
