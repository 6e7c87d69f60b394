"""Entities are fetched once, until the transaction writes."""

from typing import Any, cast

import pytest

from provgraph.store.neo4j.entities import EntityReader
from provgraph.store.neo4j.queries import Queries
from tests.store.neo4j.server import NotedTransaction

ROW = [{"id": "product:1"}, ["Entity"]]


@pytest.fixture
def transaction() -> NotedTransaction:
    return NotedTransaction()


@pytest.fixture
def reader(transaction: NotedTransaction) -> EntityReader:
    return EntityReader(Queries(cast("Any", transaction)))


def test_an_entity_is_fetched_once_known_or_not(
    reader: EntityReader, transaction: NotedTransaction
) -> None:
    transaction.rows = [ROW]
    assert reader.by_id(["product:1", "product:2"]) == [ROW]
    assert reader.by_id(["product:2", "product:1"]) == [ROW]
    assert len(transaction.sent) == 1
    reader.by_id(["product:3"])
    assert [parameters["ids"] for _, parameters in transaction.sent][1:] == [["product:3"]]


def test_what_is_written_is_fetched_again(
    reader: EntityReader, transaction: NotedTransaction
) -> None:
    assert reader.by_id(["product:1"]) == []
    reader.forget()
    transaction.rows = [ROW]
    assert reader.by_id(["product:1"]) == [ROW]


def test_only_names_that_are_no_ids_are_looked_up_as_aliases(
    reader: EntityReader, transaction: NotedTransaction
) -> None:
    transaction.rows = [ROW]
    assert reader.bearing(["product:1"]) == [ROW]
    assert len(transaction.sent) == 1
    transaction.rows = []
    assert reader.bearing(["product:1", "guid:1"]) == [ROW]
    assert transaction.sent[-1][1] == {"aliases": 'aliases:("guid:1")'}
    asked = len(transaction.sent)
    assert reader.bearing(["guid:1"]) == []
    assert len(transaction.sent) == asked
