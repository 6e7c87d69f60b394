"""Settings as rows; those that runs share are linked as a group, and each run has just its own.

`test_records.py` has the way back.
"""

import random
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from provgraph.model.records import Run, Settings, key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.records import Changes, Removals
from provgraph.store.relational import configuration, tables
from provgraph.store.relational.configuration import grouped
from provgraph.store.relational.store import RelationalStore
from tests.store.relational.test_transaction import apply, count

SHARED = [Settings(f"shared{number}", {"a": number}) for number in range(5)]
RUNS = ("a", "b", "c")
OWN = {run: Settings("own", {"paths": f"/data/{run}"}) for run in RUNS}


def links_of(*runs: str) -> list[tuple[str, bytes]]:
    return [(run, each.key) for run in runs for each in (*SHARED, OWN[run])]


def add(store: RelationalStore, *runs: str) -> None:
    settings = [*SHARED, *(OWN[run] for run in runs)]
    found = [Run(run, {}) for run in runs]
    apply(store, Changes(runs=found, settings=settings, settings_of=links_of(*runs)))


def take_away(store: RelationalStore, links: list[tuple[str, bytes]]) -> None:
    apply(store, Changes(removals=Removals(settings_of=links)))


def settings_of(store: RelationalStore, run: str) -> set[str]:
    with store.viewing() as view:
        found = view.settings_of([run]).get(run, [])
    assert len(found) == len(set(found))
    return set(found)


def keys_of(*settings: Settings) -> set[str]:
    return {each.key.hex() for each in settings}


def test_what_runs_share_is_one_row_of_each(store: RelationalStore, engine: Engine) -> None:
    add(store, *RUNS)
    assert count(engine, "settings_of") == 2 * len(RUNS)
    assert count(engine, "settings_group") == len(SHARED)
    for run in RUNS:
        assert settings_of(store, run) == keys_of(*SHARED, OWN[run])


def test_a_run_that_comes_alone_joins_the_group(store: RelationalStore, engine: Engine) -> None:
    add(store, "a", "b")
    add(store, "c")
    assert count(engine, "settings_of") == 2 * len(RUNS)
    assert count(engine, "settings_group") == len(SHARED)
    assert settings_of(store, "c") == keys_of(*SHARED, OWN["c"])


def test_what_is_said_again_changes_no_row(store: RelationalStore, engine: Engine) -> None:
    add(store, *RUNS)
    for runs in (RUNS, ("b",)):
        add(store, *runs)
    assert count(engine, "settings_of") == 2 * len(RUNS)
    assert count(engine, "settings_group") == len(SHARED)


def test_few_shared_settings_are_no_group(store: RelationalStore, engine: Engine) -> None:
    links = [(run, each.key) for run in RUNS for each in SHARED[:2]]
    apply(store, Changes(runs=[Run("a", {})], settings=SHARED[:2], settings_of=links))
    assert (count(engine, "settings_of"), count(engine, "settings_group")) == (6, 0)


def test_a_run_loses_one_of_a_group(store: RelationalStore, engine: Engine) -> None:
    add(store, *RUNS)
    take_away(store, [("a", SHARED[0].key)])
    assert settings_of(store, "a") == keys_of(*SHARED[1:], OWN["a"])
    assert settings_of(store, "b") == keys_of(*SHARED, OWN["b"])
    assert count(engine, "settings") == len(SHARED) + len(RUNS)


def test_groups_and_settings_go_with_their_last_run(store: RelationalStore, engine: Engine) -> None:
    add(store, *RUNS)
    for run in RUNS:
        assert count(engine, "settings_group") == len(SHARED)
        take_away(store, links_of(run))
        assert settings_of(store, run) == set()
    for table in ("settings_of", "settings_group", "settings"):
        assert count(engine, table) == 0


def test_other_settings_become_another_group(store: RelationalStore) -> None:
    add(store, "a", "b")
    take_away(store, links_of("a", "b"))
    others = [Settings(f"other{number}", {"b": number}) for number in range(6)]
    links = [(run, each.key) for run in ("a", "b") for each in others]
    apply(store, Changes(runs=[Run("a", {}), Run("b", {})], settings=others, settings_of=links))
    add(store, "c")
    assert settings_of(store, "a") == keys_of(*others)
    assert settings_of(store, "c") == keys_of(*SHARED, OWN["c"])


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_adding_and_taking_away(
    store: RelationalStore, engine: Engine, seed: int
) -> None:
    """Against sets in memory; in the end nothing is left."""
    chosen = random.Random(seed)
    due: dict[str, set[bytes]] = {run: set() for run in RUNS}
    pool = {each.key: each for each in (*SHARED, *OWN.values())}
    for _ in range(12):
        many = range(chosen.randrange(1, 15))
        links = sorted({(chosen.choice(RUNS), chosen.choice(list(pool))) for _ in many})
        if chosen.random() < 0.6:
            apply(store, Changes(settings=[pool[key] for _, key in links], settings_of=links))
            for run, key in links:
                due[run].add(key)
        else:
            links = [(run, key) for run, key in links if key in due[run]]
            take_away(store, links)
            for run, key in links:
                due[run].remove(key)
        with engine.connect() as connection:
            keys = connection.execute(select(tables.settings.c.key)).scalars()
            assert set(keys) == set().union(*due.values())
        for run in RUNS:
            assert linked(engine, run) == due[run]
    take_away(store, [(run, key) for run in RUNS for key in due[run]])
    assert count(engine, "settings_group") == 0


def linked(engine: Engine, run: str) -> set[bytes]:
    """The settings of a run, whether the run itself is there or not."""
    query = select(tables.SETTINGS_KEY).select_from(tables.SETTINGS_PARTS)
    query = query.where(tables.settings_of.c.activity == key_of(Kind.ACTIVITY, run))
    with engine.connect() as connection:
        found = list(connection.execute(query).scalars())
    assert len(found) == len(set(found))
    return set(found)


def test_settings_that_one_run_has_alone_are_no_part_of_a_group() -> None:
    links = {b"r": (b"1", b"2", b"3", b"4"), b"s": (b"1", b"2", b"3")}
    parts, members = grouped(links, {b"4"})
    group = {each["part"] for each in parts if each["activity"] == b"s"}
    assert len(group) == 1
    assert {each["part"] for each in parts if each["activity"] == b"r"} == {*group, b"4"}
    assert sorted(each["settings"] for each in members) == [b"1", b"2", b"3"]


def test_settings_may_come_after_their_runs(store: RelationalStore, engine: Engine) -> None:
    apply(store, Changes(runs=[Run("a", {})], settings_of=links_of("a")))
    assert settings_of(store, "a") == keys_of(*SHARED, OWN["a"])
    apply(store, Changes(settings=[*SHARED, OWN["a"]]))
    take_away(store, links_of("a"))
    assert count(engine, "settings") == 0


def test_settings_of_before_say_the_same() -> None:
    row: Any = SimpleNamespace(name="s", parameters='{"a":1.5}')
    assert configuration.settings_of(row) == Settings("s", {"a": 1.5})
