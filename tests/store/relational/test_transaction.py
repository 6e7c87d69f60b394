"""What a transaction leaves in the tables, and what it takes out."""

import math

import pytest
from sqlalchemy import Engine, text

from provgraph.model.records import Agent, Run, Settings
from provgraph.model.values import Value
from provgraph.store.journal import KEPT_TURNS, Subject, subjects_in
from provgraph.store.records import Changes, Removals
from provgraph.store.relational.store import RelationalStore
from tests.store.relational.conftest import indexed_terms

SETTINGS = Settings("component", {"a": 1})


def apply(store: RelationalStore, changes: Changes, *touched: bytes) -> None:
    with store.writing() as transaction:
        transaction.apply(changes, touched)


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found


def test_a_record_that_is_there_is_replaced(store: RelationalStore, engine: Engine) -> None:
    apply(store, Changes(agents=[Agent("a", "one")]))
    apply(store, Changes(agents=[Agent("a", "two"), Agent("a", "three")]))
    assert count(engine, "agent") == 1
    with store.viewing() as view:
        assert view.agents(["a"])["a"].name == "three"


def test_settings_go_with_the_last_run_that_has_them(
    store: RelationalStore, engine: Engine
) -> None:
    links = [("r", SETTINGS.key), ("s", SETTINGS.key)]
    runs = [Run("r", {}), Run("s", {})]
    apply(store, Changes(runs=runs, settings=[SETTINGS], settings_of=links))
    apply(store, Changes(removals=Removals(settings_of=links[:1])))
    assert count(engine, "settings") == 1
    apply(store, Changes(removals=Removals(settings_of=links[1:])))
    assert count(engine, "settings") == 0


def test_any_number_of_settings_is_written_some_of_them_known(
    store: RelationalStore, engine: Engine
) -> None:
    many = [Settings("T", {"T.a": number}) for number in range(2_500)]
    for some in (many[:1_500], many):
        with store.writing() as transaction:
            transaction.apply(Changes(settings=some), ())
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT count(DISTINCT number) FROM settings"))
        assert rows.scalar() == len(many)
    assert indexed_terms(engine) == 2 * len(many)  # T.a and a


def test_settings_lose_just_the_terms_that_they_had(store: RelationalStore, engine: Engine) -> None:
    odd: dict[str, Value] = {
        "a.b": [1.0, -0.0, 1e300, True, None, {"C": "Ä\u2028"}],
        "n": math.nan,
        "i": -math.inf,
    }
    settings = [Settings("s", odd), Settings("t", {"a": 1})]
    links = [("r", each.key) for each in settings]
    apply(store, Changes(runs=[Run("r", {})], settings=settings, settings_of=links))
    apply(store, Changes(removals=Removals(settings_of=links[:1])))
    assert indexed_terms(engine) == 1
    apply(store, Changes(removals=Removals(settings_of=links[1:])))
    assert indexed_terms(engine) == 0


def test_marks_are_known_for_so_many_turns(store: RelationalStore) -> None:
    for n in range(KEPT_TURNS + 1):
        apply(store, Changes(runs=[Run(f"r{n}", {})]), n.to_bytes(8, "big"))
    with store.writing() as transaction:
        assert transaction.touched_since(KEPT_TURNS + 1) == frozenset()
        assert transaction.touched_since(KEPT_TURNS) == frozenset({KEPT_TURNS.to_bytes(8, "big")})
        known = transaction.touched_since(1)
        assert known is not None
        assert len(known) == KEPT_TURNS
        assert transaction.touched_since(0) is None


def test_a_block_that_raises_leaves_nothing(store: RelationalStore, engine: Engine) -> None:
    def fail() -> None:
        with store.writing() as transaction:
            transaction.apply(Changes(runs=[Run("r", {})]), [b"12345678"])
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    assert [count(engine, table) for table in ("activity", "turn", "journal")] == [0, 0, 0]


def test_a_transaction_that_touches_very_much_takes_several_turns(
    store: RelationalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its ids need not be in memory until its end; together the turns say what one would."""
    monkeypatch.setattr("provgraph.store.relational.transaction.MOST_SUBJECTS", 2)
    apply(store, Changes(runs=[Run("before", {})]))
    with store.writing() as transaction:
        for number in range(3):
            runs = [Run(f"{number}{letter}", {}) for letter in "abc"]
            transaction.apply(Changes(runs=runs), [number.to_bytes(8, "big")])
        transaction.apply(Changes(runs=[Run("last", {})]), [b"last mark"[:8]])
    with store.viewing() as view:
        entries = list(view.journal_from(2))
        assert [each.turn for each in entries] == [2, 3, 4, 5]
        assert view.turn == 5
        ids = {f"{number}{letter}" for number in range(3) for letter in "abc"}
        assert subjects_in(entries) == {Subject.ACTIVITY: {*ids, "last"}}
    with store.writing() as transaction:
        marks = {number.to_bytes(8, "big") for number in range(3)}
        assert set(transaction.touched_since(1) or ()) == {*marks, b"last mar"}


def test_a_turn_that_ends_with_its_transaction_is_followed_by_no_empty_one(
    store: RelationalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.store.relational.transaction.MOST_SUBJECTS", 0)
    apply(store, Changes(runs=[Run("r", {})]), b"one mark")
    with store.viewing() as view:
        assert [each.turn for each in view.journal_from(0)] == [1]
