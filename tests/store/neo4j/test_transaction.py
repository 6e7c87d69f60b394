"""What a transaction leaves in the graph: turns, marks and the journal, or nothing at all."""

import pytest
from neo4j import Driver

from provgraph.model.records import Run
from provgraph.store.journal import KEPT_TURNS
from provgraph.store.neo4j import transaction
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.records import Assertion, Changes
from tests.store.neo4j.graphs import ask, operators


def apply(store: Neo4jStore, changes: Changes, *touched: bytes) -> None:
    with store.writing() as begun:
        begun.apply(changes, touched)


def test_the_lock_is_found_by_an_index(night: Neo4jStore, driver: Driver) -> None:
    assert not [each for each in operators(driver, transaction.TAKE_TURN) if "Scan" in each]


def test_a_turn_is_taken_only_when_provenance_is_touched(store: Neo4jStore) -> None:
    with store.writing():
        pass
    with store.viewing() as view:
        assert view.turn == 0
    apply(store, Changes(runs=[Run("r", {})]), b"12345678")
    with store.viewing() as view:
        assert view.turn == 1
        assert [entry.turn for entry in view.journal_from(0)] == [1]


def test_marks_are_known_for_so_many_turns(store: Neo4jStore) -> None:
    for n in range(KEPT_TURNS + 1):
        apply(store, Changes(runs=[Run(f"r{n}", {})]), n.to_bytes(8, "big"))
    with store.writing() as begun:
        assert begun.touched_since(KEPT_TURNS + 1) == frozenset()
        assert begun.touched_since(KEPT_TURNS) == frozenset({KEPT_TURNS.to_bytes(8, "big")})
        known = begun.touched_since(1)
        assert known is not None
        assert len(known) == KEPT_TURNS
        assert begun.touched_since(0) is None


def test_a_block_that_raises_leaves_nothing(store: Neo4jStore, driver: Driver) -> None:
    def fail() -> None:
        with store.writing() as begun:
            begun.apply(Changes(runs=[Run("r", {})]), [b"12345678"])
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    assert ask(driver, "MATCH (n) RETURN count(n)") == [[0]]


def test_assertions_are_given_subject_by_subject(store: Neo4jStore) -> None:
    loads, subjects = (b"l" * 16, b"m" * 16), (b"s" * 16, b"t" * 16)
    assertions = [
        Assertion(subject, load, part, b"content")
        for subject in subjects
        for load in loads
        for part in range(2)
    ]
    apply(store, Changes(assertions=assertions))
    with store.writing() as begun:
        [subject] = {each.subject for each in begun.assertions_of(loads[0], 1)}
        some = begun.assertions_of(loads[0], 1)
        assert {(each.load, each.part) for each in some} == {(loads[0], 0), (loads[0], 1)}
        assert len(begun.assertions_of(loads[0], 5)) == 4
        about = begun.assertions_about([subject], without=loads[0])
        others = [each for each in assertions if each.load != loads[0]]
        assert set(about) == {each for each in others if each.subject == subject}
