"""Parts that queries share: names in full-text queries, and rows as records."""

import pytest
from neo4j import Driver
from neo4j.time import DateTime

from provgraph.model.records import Agent, Mention, Run, key_of
from provgraph.model.vocabulary import EntityType, Kind, RelationType
from provgraph.store.neo4j import cypher, records, relations
from provgraph.store.neo4j.values import HASHED, text_property
from provgraph.store.records import EntityRecord, StoredMention
from tests.store.neo4j.graphs import ask
from tests.store.neo4j.properties import as_read, same

ENTITY = EntityRecord("product:1", EntityType.PLAN, ("product:1",), (), None, None, None, {})


@pytest.mark.parametrize(
    ("names", "query"),
    [
        (["guid:1"], 'aliases:("guid:1")'),
        (["a b", "* OR ("], 'aliases:("a b" OR "* OR (")'),
        (['x"y', "x\\"], r'aliases:("x\"y" OR "x\\")'),
    ],
)
def test_names_in_full_text_queries_are_no_syntax(names: list[str], query: str) -> None:
    assert cypher.alias_query("aliases", names) == query


def test_a_long_name_is_looked_for_by_its_hash() -> None:
    assert cypher.alias_query("aliases", ["x" * 5_000]).startswith(f'aliases:("{HASHED}')


def test_a_mention_is_no_stated_relation() -> None:
    types = cypher.STATED_TYPES.split("|")
    assert {RelationType[each] for each in types} == set(RelationType) - {
        RelationType.USED,
        RelationType.WAS_GENERATED_BY,
    }


def test_a_row_of_a_mention() -> None:
    run = "r" * 5_000
    stored = StoredMention(
        Mention(run, RelationType.USED, None, "file:/x", None, "log"), None, "file:/x", "external"
    )
    properties = as_read(relations.mention_properties(stored))
    ids = text_property("id", run)
    row = ["USED", properties, ids["id"], ids["fullId"], "file:/x", None]
    assert cypher.mention_from(row) == stored


def test_a_node_is_shown_as_what_its_labels_say() -> None:
    nodes = [
        cypher.node_from(["Activity"], as_read(records.run_properties(Run("x", {})))),
        cypher.node_from(["Plan", "Entity"], as_read(records.entity_properties(ENTITY, []))),
        cypher.node_from(["Agent"], as_read(records.agent_properties(Agent("x")))),
    ]
    assert [node.kind for node in nodes] == [Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT]
    assert nodes[1].key == key_of(Kind.ENTITY, "product:1")


def test_a_map_has_all_properties_and_what_takes_the_place_of_some(driver: Driver) -> None:
    query = f"WITH {{a: 1, b: 2}} AS n RETURN {cypher.as_map('n', 'b: n.a', 'c: null')}"
    assert ask(driver, query) == [[{"a": 1, "b": 1, "c": None}]]


def test_nodes_that_differ_in_the_type_of_a_value_are_not_taken_for_each_other() -> None:
    for value in (1, True, 1.0, "1", [1], [True], [1.0]):
        for _ in range(2):
            agent = Agent("x", attributes={"a": (value,)})
            node = cypher.node_from(["Agent"], as_read(records.agent_properties(agent)))
            assert same(node.attributes["a"][0], value)


def test_a_node_with_a_property_that_only_neo4j_knows_is_read() -> None:
    """People may add properties in Neo4j Browser."""
    seen = DateTime(2026, 11, 21)
    stored = as_read(records.agent_properties(Agent("x"))) | {"seen": seen}
    assert list(cypher.node_from(["Agent"], stored).attributes["seen"]) == [seen]


def test_what_only_indexes_need_is_not_sent_and_not_missed() -> None:
    agent = Agent("x", attributes={"aliases": ("y",), "searchTerms": ("z",)})
    for label, properties in (
        ("Activity", records.run_properties(Run("x", {"name": ("n",)}))),
        ("Entity", records.entity_properties(ENTITY, [])),
        ("Agent", records.agent_properties(agent)),
    ):
        whole = as_read(properties)
        sent = {**whole, **dict.fromkeys(records.FOR_INDEXES)}
        assert cypher.node_from([label], sent) == cypher.node_from([label], whole)
        assert all(f" {name}: null" in cypher.NODE for name in records.FOR_INDEXES)


def test_a_row_of_an_entity() -> None:
    row = [as_read(records.entity_properties(ENTITY, [])), ["Plan", "Entity"]]
    assert cypher.entity_from(row) == ENTITY
