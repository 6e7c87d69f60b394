"""Search in Neo4j: what is of it alone; the contract suite says what is found."""

import pytest
from neo4j import Driver

from provgraph.errors import StoreError
from provgraph.model.filters import Filter, ParameterValue, Search, SortOrder
from provgraph.model.records import SOFTWARE, Agent, Document, Mention, Run, Settings
from provgraph.model.vocabulary import RelationType
from provgraph.store.digest import digest
from provgraph.store.neo4j.opening import complete
from provgraph.store.neo4j.schema import PARAMETER_TERMS, TERMS
from provgraph.store.neo4j.store import Neo4jStore
from tests.store.test_contract import put

MADE = RelationType.WAS_GENERATED_BY


def test_an_older_database_is_searched_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    facts = {"name": ("Tool",), "startTime": ("2026-01-01T00:00:00.000",), "searchTerms": ("x",)}
    mentions = (Mention("r1", MADE, None, "file:/data/X.fits", None, "t"),)
    put(store, Document(run=Run("r1", facts), mentions=mentions, agents=(Agent("a", "Ada"),)))
    everything, words = Filter(search=Search()), Filter(search=Search("tool"))
    due, same = store.find(everything, SortOrder.TIME), digest(store.scan())
    assert len(due.found) == 3
    driver.execute_query(f"DROP INDEX {TERMS}")
    driver.execute_query("MATCH (n) REMOVE n.searchTerms, n.searchTime, n.searchName")
    with pytest.raises(StoreError, match="the next `provgraph load` brings it up to date"):
        store.find(everything, SortOrder.TIME)
    complete(store._connection)
    assert store.find(everything, SortOrder.TIME) == due
    assert len(store.find(words, SortOrder.TIME).found) == 1
    assert digest(store.scan()) == same


def test_parameters_of_an_older_database_are_searched_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    settings = (Settings("Tool", {"Tool.limit": [5, None]}), Settings(SOFTWARE, {"limit": "5"}))
    put(store, Document(run=Run("r1", {"name": ("Tool",)}), settings=settings))
    wanted = Filter(search=Search(parameters=(ParameterValue("limit", "5"),)))
    due, same = store.find(wanted, SortOrder.TIME), digest(store.scan())
    assert len(due.found) == 1
    driver.execute_query(f"DROP INDEX {PARAMETER_TERMS}")
    driver.execute_query("MATCH (p:Parameter) REMOVE p.searchTerms")
    with pytest.raises(StoreError, match="the next `provgraph load` brings it up to date"):
        store.find(wanted, SortOrder.TIME)
    complete(store._connection)
    assert store.find(wanted, SortOrder.TIME) == due
    assert digest(store.scan()) == same
