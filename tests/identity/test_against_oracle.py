"""Rule 8 of docs/contract.md on random histories, against the oracle.

The oracle was written from the contract alone.

``make soak`` runs it over many more histories.
"""

import os
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational.store import RelationalStore
from provgraph.store.relational.tables import metadata
from tests.conftest import empty_neo4j
from tests.graphs import assert_external_is_known, graph_in, put
from tests.oracle.graph import contradictory, graph_of
from tests.services import Neo4jServer, PostgresServer
from tests.strategies import histories, loadings

HISTORIES = int(os.environ.get("PROVGRAPH_TEST_HISTORIES", "150"))
#: A server is slower, and what could differ there is little.
ON_A_SERVER = max(HISTORIES // 10, 10)
#: A failure is seldom worth the minutes that shrinking it takes: PROVGRAPH_TEST_SHRINK=1 asks for
#: them.
PHASES = [
    phase for phase in Phase if phase is not Phase.shrink or os.environ.get("PROVGRAPH_TEST_SHRINK")
]
_RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": PHASES}


@settings(max_examples=HISTORIES, **_RELAXED)  # type: ignore[arg-type]
@given(st.data())
def test_any_loading_gives_the_oracles_graph(data: st.DataObject) -> None:
    with closing(open_store("sqlite://")) as store:
        _hold_the_law(store, data)


@pytest.mark.postgresql
def test_the_law_on_postgresql(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("law")

    @settings(max_examples=ON_A_SERVER, **_RELAXED)  # type: ignore[arg-type]
    @given(st.data())
    def law(data: st.DataObject) -> None:
        with closing(open_store(url)) as store:
            empty_tables(store)
            _hold_the_law(store, data)

    law()


@pytest.mark.neo4j
def test_the_law_on_neo4j(neo4j_server: Neo4jServer) -> None:
    with closing(open_store(neo4j_server.url)) as store:
        _hold_the_law_on_neo4j(store, neo4j_server.url)


def _hold_the_law_on_neo4j(store: Store, url: str) -> None:
    @settings(max_examples=ON_A_SERVER, **_RELAXED)  # type: ignore[arg-type]
    @given(st.data())
    def law(data: st.DataObject) -> None:
        empty_neo4j(url)
        _hold_the_law(store, data)

    law()


def _hold_the_law(store: Store, data: st.DataObject) -> None:
    history = data.draw(histories())
    assume(not contradictory(history))
    expected = graph_of(history)
    for part in data.draw(loadings(history)):
        put(store, part)
    found = graph_in(store)
    assert found.entities == expected.entities
    assert found.edges == expected.edges
    assert_external_is_known(store)
    assert digest(store.scan()) == _digest_at_once(history)


def _digest_at_once(history: list[tuple[str, dict[str, object]]]) -> str:
    with closing(open_store("sqlite://")) as store:
        put(store, history)
        return digest(store.scan())


def empty_tables(store: Store) -> None:
    assert isinstance(store, RelationalStore)
    store.make()
    with store._database.writer().begin() as connection:
        names = ", ".join(f'"{table}"' for table in metadata.tables)
        connection.execute(text(f"TRUNCATE {names}"))
