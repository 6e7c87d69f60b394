"""How the store copes with a server and with other processes; the contract suite says the rest."""

from contextlib import closing
from threading import Thread

import pytest
from neo4j import Driver

from provgraph.errors import UnreachableError
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, End, Run, StatedRelation
from provgraph.model.vocabulary import Kind
from provgraph.store.neo4j import connection, cypher
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from tests.services import Neo4jServer
from tests.store.neo4j.graphs import DERIVED, named, operators, put


def test_relations_show_their_times(store: Neo4jStore) -> None:
    time = "2026-11-21T08:29:38.045123400"
    ends = End(Kind.ENTITY, "prov:urn:x"), End(Kind.ENTITY, "prov:urn:y")
    put(
        store,
        Document(
            relations=(StatedRelation(DERIVED, *ends, time=time), StatedRelation(DERIVED, *ends))
        ),
    )
    root = named(store, "prov:urn:x")[0].node
    expected = [None, time + "Z"]
    assert [edge.time for edge in store.edges_of([root.key], [DERIVED])] == expected
    assert [
        edge.time for edge in store.walk(root, Direction.UPSTREAM, [DERIVED], None, 9).edges
    ] == expected


def test_a_server_that_goes_away_and_comes_back(
    struck_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def document(n: int) -> Document:
        return Document(run=Run(f"r{n}", {"startTime": ("2026-01-01T00:00:00.000",)}))

    def write_while_it_dies() -> None:
        with store.writing() as transaction:
            integrate(transaction, [document(2)])
            struck_neo4j.kill()

    store = open_neo4j(struck_neo4j.url)
    put(store, document(1))
    with pytest.raises(UnreachableError, match=r"bolt://neo4j@127\.0\.0\.1"):
        write_while_it_dies()
    monkeypatch.setattr(connection, "RETRY_SECONDS", 0.5)
    with pytest.raises(UnreachableError):
        store.stats()
    monkeypatch.setattr(connection, "RETRY_SECONDS", 120)
    restart = Thread(target=struck_neo4j.restart)
    restart.start()
    assert store.stats()["activities"] == 1  # asked again until the server is back
    put(store, document(2))
    assert store.stats()["activities"] == 2
    restart.join()
    store.close()


def test_the_newest_turn_of_another_process_is_looked_at_again(
    neo4j_server: Neo4jServer, store: Neo4jStore
) -> None:
    """Neo4j makes a commit visible bit by bit; what may be seen in part must count as not seen."""
    put(store, Document(run=Run("a", {})))
    with store.viewing() as view:
        own = view.turn
        assert view.settled == own
    with closing(open_neo4j(neo4j_server.url)) as other:
        with other.viewing() as view:
            assert (view.turn, view.settled) == (own, own - 1)
        put(other, Document(run=Run("b", {})))
        with other.viewing() as view, store.viewing() as view_of_store:
            assert (view.settled, view_of_store.settled) == (own + 1, own)
    with store.viewing(settled=True) as view:
        assert view.settled == own + 1


def test_a_look_up_by_keys_uses_indexes(night: Neo4jStore, driver: Driver) -> None:
    found = operators(driver, f"{cypher.BY_KEY} RETURN n", keys=["x"])
    assert not [each for each in found if "Scan" in each]


def test_relations_that_no_source_states_are_not_counted(night: Neo4jStore) -> None:
    counts = night.stats()
    assert {name: counts[name] for name in ("activities", "entities", "agents", "settings")} == {
        "activities": 2,
        "entities": 3,
        "agents": 1,
        "settings": 2,
    }
    assert "hadMember" not in counts
    assert "wasConfiguredBy" not in counts


def test_no_relation_leads_nowhere_without_a_question() -> None:
    store = open_neo4j("bolt://127.0.0.1:1")
    assert store.edges_of([b"x" * 16], []) == []
    store.close()
