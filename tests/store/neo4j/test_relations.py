"""Mentions and stated relations come back the same from their properties."""

import pytest

from provgraph.model.records import End, Mention, StatedRelation
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.neo4j import relations
from provgraph.store.records import StoredMention
from tests.store.neo4j.properties import T1, T2, as_read


def test_mentions_and_relations_come_back_the_same() -> None:
    place = "file:/" + "x" * 5000
    mention = Mention(
        "r", RelationType.USED, "data", place, "product:1", "ctapipe default", T1, {"key": (1,)}
    )
    stored = StoredMention(mention, b"\1" * 16, "product:1", "named")
    assert (
        relations.mention_of(
            "r", "product:1", "USED", as_read(relations.mention_properties(stored))
        )
        == stored
    )
    relation = StatedRelation(
        RelationType.WAS_DERIVED_FROM,
        End(Kind.ENTITY, "prov:a"),
        End(Kind.ENTITY, "prov:b"),
        None,
        T2,
        {"role": (1,)},
    )
    found = as_read(relations.relation_properties(relation))
    assert (
        relations.relation_of("WAS_DERIVED_FROM", found, ["Entity"], ["Collection", "Entity"])
        == relation
    )


def test_a_mention_without_a_twin_has_no_such_property() -> None:
    mention = Mention("r", RelationType.USED, None, "file:/x", None, "log")
    properties = relations.mention_properties(StoredMention(mention, None, "file:/x", "external"))
    assert properties.keys() == {"key", "source", "rule", "place"}


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["Collection", "Entity"], Kind.ENTITY),
        (["Collection"], Kind.COLLECTION),
        (["Person", "Agent"], Kind.AGENT),
        (["Activity"], Kind.ACTIVITY),
    ],
)
def test_the_kind_of_a_node(labels: list[str], kind: Kind) -> None:
    assert relations.kind_of(labels) is kind
