"""Queries go in batches, long ids as hashes, and what could not be joined is told."""

from typing import Any, cast

import pytest

from provgraph.errors import StoreError
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.values import HASHED
from tests.store.neo4j.server import NotedTransaction


@pytest.fixture
def transaction() -> NotedTransaction:
    return NotedTransaction()


@pytest.fixture
def queries(transaction: NotedTransaction) -> Queries:
    return Queries(cast("Any", transaction))


def test_many_ids_are_asked_for_in_batches(queries: Queries, transaction: NotedTransaction) -> None:
    transaction.rows = [["row"]]
    found = queries.by_id("Q", (str(n) for n in range(BATCH + 1)))
    assert [len(parameters["ids"]) for _, parameters in transaction.sent] == [BATCH, 1]
    assert len(found) == 2


def test_ids_are_sent_as_indexes_hold_them(queries: Queries, transaction: NotedTransaction) -> None:
    long = "x" * 5_000
    queries.by_id("Q", [long])
    queries.put_nodes("Agent", [(long, {"name": "n"})])
    queries.put_links("A", "B", "C", {long: [long]})
    [_, asked], [_, put], [_, linked] = transaction.sent
    hashed = asked["ids"][0]
    assert hashed.startswith(HASHED)
    assert put["rows"] == [{"id": hashed, "properties": {"name": "n"}}]
    assert linked["rows"] == [{"one": hashed, "many": [hashed]}]


def test_times_of_nodes_are_written_as_times(
    queries: Queries, transaction: NotedTransaction
) -> None:
    queries.put_nodes("Activity", [("r", {})], "SET n:Extra")
    queries.put_nodes("Agent", [("a", {})])
    [activity, _], [agent, _] = transaction.sent
    assert "n.startTime = datetime(row.properties.startTime)" in activity
    assert "SET n:Extra" in activity
    assert "datetime" not in agent


def test_new_nodes_are_made_and_others_are_looked_for(
    queries: Queries, transaction: NotedTransaction
) -> None:
    queries.put_nodes("Agent", [("a", {}), ("b", {}), ("c", {})], new={"a", "c"})
    [made, of_made], [merged, of_merged] = transaction.sent
    assert made.startswith("UNWIND $rows AS row CREATE (n:Agent) SET")
    assert [row["id"] for row in of_made["rows"]] == ["a", "c"]
    assert "MERGE (n:Agent {id: row.id})" in merged
    assert [row["id"] for row in of_merged["rows"]] == ["b"]


def test_ids_that_no_node_bears_are_new(queries: Queries, transaction: NotedTransaction) -> None:
    long = "x" * 5_000
    transaction.rows = [[{"id": "a"}], [{"id": HASHED, "fullId": long}]]
    assert queries.new_among("Activity", ["a", "b", long]) == {"b"}


def test_known_nodes_are_left_as_they_are(queries: Queries, transaction: NotedTransaction) -> None:
    long = "x" * 5_000
    transaction.rows = [[{"id": "a"}], [{"id": HASHED, "fullId": long}]]
    queries.add_nodes("Agent", {name: {"name": name} for name in ("a", "b", long)})
    [_, asked], [made, of_made] = transaction.sent
    assert len(asked["ids"]) == 3
    assert made.startswith("UNWIND $rows AS row CREATE (n:Agent) SET")
    assert of_made["rows"] == [{"id": "b", "properties": {"name": "b"}}]


def test_nothing_to_write_is_not_sent(queries: Queries, transaction: NotedTransaction) -> None:
    queries.put_nodes("Agent", [])
    queries.put_relationships("A", "B", [])
    queries.put_links("A", "B", "C", {})
    queries.settle()
    assert transaction.sent == []


@pytest.mark.parametrize("written", [2, 3])
def test_relationships_whose_ends_are_missing_are_told(
    queries: Queries, transaction: NotedTransaction, written: int
) -> None:
    transaction.rows = [[written]]
    queries.put_relationships("A", "B", [{"properties": {}} for _ in range(3)])
    queries.put_links("A", "B", "C", {"a": ["b", "c"], "b": ["c"]})
    if written == 3:
        queries.settle()
    else:
        with pytest.raises(StoreError, match="1 relations name records"):
            queries.settle()


def test_parameters_may_have_any_name(queries: Queries, transaction: NotedTransaction) -> None:
    queries.run("Q", query="x", self="y")
    assert transaction.sent == [("Q", {"query": "x", "self": "y"})]
