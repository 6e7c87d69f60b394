"""What a view shows; the contract suite and the tests of the journal say more."""

from neo4j import Driver

from provgraph.identity.files import times_of
from provgraph.model.records import Document, Run, StatedEntity
from provgraph.model.vocabulary import Kind
from provgraph.store.neo4j import cypher, facts
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.records import Changes, LoadRecord
from tests.store.neo4j.graphs import operators, put


def test_facts_come_back_within_the_transaction(night: Neo4jStore) -> None:
    with night.writing() as transaction:
        run = transaction.runs(["reader", "unknown"])["reader"]
        assert run.facts["odd"] == ({"a": [1, None]},)
        assert transaction.times(["reader"]) == {"reader": times_of(run)}
        assert transaction.stated(["product:1", "product:2"]) == {
            "product:1": StatedEntity(
                "product:1", {"CTA PRODUCT FORMAT": ("hdf5",), "type": ("Event",)}
            )
        }
        assert set(transaction.agents(["CTAO", "reader"])) == {"CTAO"}
        places = {stored.mention.place for stored in transaction.mentions_of(["reader"])}
        assert places == {"file:/data/calibrated.h5", "file:/data/base.yaml", "file:/data/table.h5"}
        structural = transaction.structural_mentions(
            ["file:/data/calibrated.h5", "file:/data/base.yaml"], []
        )
        assert {stored.mention.place for stored in structural} == {"file:/data/calibrated.h5"}
        [plain] = transaction.plain_reads(["file:/data/calibrated.h5", "file:/data/base.yaml"])
        assert plain.mention.place == "file:/data/base.yaml"


def test_a_look_up_of_structural_mentions_uses_indexes(night: Neo4jStore, driver: Driver) -> None:
    query = f"CALL () {{ {facts._STRUCTURAL} }} RETURN {cypher.MENTION}"
    found = operators(driver, query, names=["x"], twins=["y"])
    assert not [each for each in found if "Scan" in each]


def test_a_view_of_an_empty_store(store: Neo4jStore) -> None:
    with store.viewing() as view:
        assert (view.turn, view.is_snapshot) == (0, False)
        assert view.runs(["r"]) == {}
        assert list(view.journal_from(0)) == []


def test_a_page_of_subjects_says_where_the_next_one_begins(store: Neo4jStore) -> None:
    put(store, *(Document(run=Run(f"r{n}", {})) for n in range(5)))
    found: list[str] = []
    after: str | None = ""
    with store.viewing() as view:
        while after is not None:
            page = view.subjects(Kind.ACTIVITY, after, 2)
            found += page.ids
            after = page.after
    assert sorted(found) == [f"r{n}" for n in range(5)]


def load(number: int, sha256: str) -> LoadRecord:
    return LoadRecord(
        id=f"l{number}",
        source="x",
        format="ctapipe",
        namespace="default",
        sha256=sha256,
        time=f"2026-01-0{number}T00:00:00.000",
        version="1",
        status="loaded",
        counts={},
    )


def test_the_newest_load_of_each_checksum_counts(store: Neo4jStore) -> None:
    loads = [load(1, "aa"), load(3, "aa"), load(2, "aa"), load(4, "bb")]
    with store.writing() as transaction:
        transaction.apply(Changes(loads=loads), ())
        assert {key: each.id for key, each in transaction.loads_of(["aa"], "default").items()} == {
            "aa": "l3"
        }
    assert store.loads_of(["aa", "bb"], "other") == {}
    assert store.loads_of(["aa", "bb"], "default") == {"aa": loads[1], "bb": loads[3]}
    assert facts.loads_of(lambda *_, **__: [], ["aa"], "default") == {}


def test_the_entries_of_the_journal_have_nodes_of_their_own() -> None:
    assert facts.journal_id(7) != facts.journal_id(70)
