"""What goes when no load says it any more, and what stays because something else needs it."""

import pytest
from neo4j import Driver

from provgraph.errors import StoreError
from provgraph.model.records import Agent, Mention, Run, Settings
from provgraph.model.vocabulary import EntityType
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.records import Changes, EntityRecord, LoadRecord, Removals, StoredMention
from tests.store.neo4j.graphs import MADE, ask

RUNS = [Run("r", {}), Run("s", {})]
ENTITY = EntityRecord("file:/x", EntityType.DATASET, ("file:/x",), (), None, None, None, {})
MENTION = Mention("r", MADE, None, "file:/x", None, "log")


def apply(store: Neo4jStore, changes: Changes) -> None:
    with store.writing() as transaction:
        transaction.apply(changes, ())


def count(driver: Driver, label: str) -> int:
    found: int = ask(driver, f"MATCH (n:{label}) RETURN count(n)")[0][0]
    return found


def test_settings_and_files_go_with_the_last_run_that_has_them(
    store: Neo4jStore, driver: Driver
) -> None:
    shared = Settings("component", {"a": 1})
    settings = [("r", shared.key), ("s", shared.key)]
    files = [("r", "file:/base.yaml"), ("s", "file:/base.yaml")]
    links = Changes(runs=RUNS, settings=[shared], settings_of=settings, config_files_of=files)
    apply(store, links)
    for kept in (1, 0):
        gone = Removals(settings_of=settings[kept:][:1], config_files_of=files[kept:][:1])
        apply(store, Changes(removals=gone))
        labels = ("Collection", "Parameter", "ConfigFile")
        assert [count(driver, label) for label in labels] == [kept] * 3


def test_a_parameter_stays_that_other_settings_have(store: Neo4jStore, driver: Driver) -> None:
    one, other = Settings("c", {"a": 1, "b": 1}), Settings("c", {"a": 1, "b": 2})
    links = [("r", one.key), ("s", other.key)]
    apply(store, Changes(runs=RUNS, settings=[one, other], settings_of=links))
    assert count(driver, "Parameter") == 3
    apply(store, Changes(removals=Removals(settings_of=links[:1])))
    assert sorted(ask(driver, "MATCH (p:Parameter) RETURN p.name, p.value")) == [["a", 1], ["b", 2]]


def test_a_mention_goes_without_its_run(store: Neo4jStore, driver: Driver) -> None:
    mentions = [StoredMention(MENTION, None, ENTITY.id, "named")]
    apply(store, Changes(runs=RUNS, entities=[ENTITY], mentions=mentions))
    apply(store, Changes(removals=Removals(mentions=[MENTION])))
    assert ask(driver, "MATCH ()-[r]->() RETURN count(r)") == [[0]]
    assert (count(driver, "Activity"), count(driver, "Entity")) == (2, 1)


def test_an_entity_that_something_is_of_is_not_deleted(store: Neo4jStore, driver: Driver) -> None:
    mentions = [StoredMention(MENTION, None, ENTITY.id, "named")]
    apply(store, Changes(runs=RUNS, entities=[ENTITY], mentions=mentions))
    with pytest.raises(StoreError):
        apply(store, Changes(removals=Removals(entities=[ENTITY.id])))
    assert count(driver, "Entity") == 1
    apply(store, Changes(removals=Removals(mentions=[MENTION], entities=[ENTITY.id])))
    assert count(driver, "Entity") == 0


def test_runs_and_agents_go(store: Neo4jStore, driver: Driver) -> None:
    apply(store, Changes(runs=RUNS, agents=[Agent("r")]))
    apply(store, Changes(removals=Removals(runs=["r"], agents=["r"])))
    assert ask(driver, "MATCH (n:Activity|Agent) RETURN n.id") == [["s"]]


def load(identifier: str, continues: str | None) -> LoadRecord:
    return LoadRecord(
        id=identifier,
        source="x",
        format="ctapipe",
        namespace="default",
        sha256="aa",
        time="2026-01-01T00:00:00.000",
        version="1",
        status="loaded",
        counts={},
        continues=continues,
    )


def test_loads_that_went_on_from_a_load_become_remainders(store: Neo4jStore) -> None:
    loads = [load("a", None), load("b", "a"), load("c", "b"), load("other", None)]
    apply(store, Changes(loads=loads))
    apply(store, Changes(removals=Removals(load="a")))
    found = {each.id: (each.status, each.continues) for each in store.loads()}
    assert found == {
        "b": ("remainder", None),
        "c": ("remainder", None),
        "other": ("loaded", None),
    }
