"""Documents that are put into a Neo4j store, and questions to it and to the server itself."""

from contextlib import closing
from typing import Any

from neo4j import Driver

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.filters import Filter
from provgraph.model.records import Document
from provgraph.model.vocabulary import RelationType
from provgraph.store.neo4j.address import address_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.schema import existing_indexes
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.protocol import Store
from provgraph.store.records import Found

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY
DERIVED = RelationType.WAS_DERIVED_FROM


def ask(driver: Driver, query: str, **parameters: Any) -> list[list[Any]]:
    return [record.values() for record in driver.execute_query(query, parameters).records]


def drop_browser_indexes(url: str) -> None:
    """Take away what `provgraph.store.neo4j.browser_kit` has made, for the tests that follow."""
    with closing(Connection(address_of(url))) as connection:
        for name in existing_indexes(connection):
            if name.startswith("provgraph_browser_"):
                connection.execute(f"DROP INDEX {name}")


def put(store: Neo4jStore, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def named(store: Store, *identifiers: str) -> list[Found]:
    return list(store.find(Filter(identifiers=identifiers)).found)


def at_base_name(store: Store, name: str) -> list[Found]:
    return list(store.find(Filter(base_name=name)).found)


def operators(driver: Driver, query: str, **parameters: Any) -> list[str]:
    """The operators of a query's plan, each with what it does.

    The plan is made for the graph that is in the database now, not for one of an earlier test.

    Args:
        driver: to ask the server with.
        query: the Cypher.
        parameters: the values of the query's parameters, by name.
    """
    driver.execute_query("CALL db.clearQueryCaches()")
    plan = driver.execute_query("EXPLAIN " + query, parameters).summary.plan
    assert plan is not None
    found = []
    waiting = [plan]
    while waiting:
        here = waiting.pop()
        found.append(f"{here['operatorType']} {here['args'].get('Details', '')}")
        waiting += here.get("children", [])
    return found
