"""What a transaction leaves in the tables, and what it takes out."""

import pytest
from sqlalchemy import Engine, text

from provgraph.model.records import Agent, Run, Settings
from provgraph.store.journal import KEPT_TURNS
from provgraph.store.records import Changes, Removals
from provgraph.store.relational.store import RelationalStore

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
