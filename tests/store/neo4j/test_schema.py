"""Constraints and indexes: made by the first writer, never by a reader."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from neo4j import Driver

from provgraph.errors import NewerStoreError, NoStoreError
from provgraph.ingest.invalidation import invalidate
from provgraph.model.filters import Filter, Search, SortOrder
from provgraph.model.records import (
    Document,
    Mention,
    Run,
    Settings,
)
from provgraph.model.vocabulary import NODE_LABEL
from provgraph.questions.tracing import find, lineage
from provgraph.store.digest import digest
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.facts import REVISION
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from provgraph.store.registry import open_store
from tests.conftest import empty_neo4j
from tests.services import Neo4jServer
from tests.store.neo4j.graphs import MADE, USED, ask, at_base_name, named, put
from tests.store.test_copying import copied
from tests.store.test_copying import put as put_alike


def drop_schema(driver: Driver) -> None:
    for name, constraint in ask(
        driver, "SHOW INDEXES YIELD name, owningConstraint RETURN name, owningConstraint"
    ):
        if name.startswith("provgraph_"):
            driver.execute_query(f"DROP {'CONSTRAINT' if constraint else 'INDEX'} {name}")


def test_reading_makes_nothing(
    neo4j_server: Neo4jServer, store: Neo4jStore, driver: Driver
) -> None:
    drop_schema(driver)
    reader = open_neo4j(neo4j_server.url)
    for question in (
        lambda: named(reader, "product:1"),
        lambda: at_base_name(reader, "x"),
        reader.loads,
        lambda: list(reader.scan()),
        reader.stats,
        lambda: reader.loads_of(["00ff"], "default"),
        lambda: reader.viewing().__enter__(),
        lambda: reader.viewing(settled=True).__enter__(),
    ):
        with pytest.raises(
            NoStoreError, match=r"there is no store at bolt://.* not provgraph's yet"
        ):
            question()
    reader.close()
    assert not [
        name for (name,) in ask(driver, "SHOW INDEXES YIELD name") if name.startswith("provgraph_")
    ]


def test_eight_writers_at_once_on_a_new_database(
    neo4j_server: Neo4jServer, store: Neo4jStore, driver: Driver
) -> None:
    drop_schema(driver)

    def document(n: int) -> Document:
        mentions = (
            Mention(f"r{n}", USED, None, "file:/shared"),
            Mention(f"r{n}", MADE, None, "file:/shared"),
        )
        facts = {
            "startTime": (f"2026-01-01T00:00:{n:02}.000",),
            "endTime": (f"2026-01-01T00:00:{n:02}.500",),
        }
        return Document(
            run=Run(f"r{n}", facts), mentions=mentions, settings=(Settings("s", {"x": n % 2}),)
        )

    def write(worker: int) -> None:
        mine = open_neo4j(neo4j_server.url)
        for n in range(worker, 32, 8):
            put(mine, document(n))
        mine.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    together = digest(store.scan())
    empty_neo4j(neo4j_server.url)
    put(store, *map(document, range(32)))
    assert digest(store.scan()) == together


def test_every_label_has_unique_ids_and_every_index_a_name_of_ours() -> None:
    definitions = schema.definitions()
    for label in {*NODE_LABEL.values(), schema.BOOKKEEPING}:
        assert f"FOR (n:{label}) REQUIRE n.id IS UNIQUE" in definitions[f"provgraph_{label}_id"]
    for name, query in definitions.items():
        assert name.startswith("provgraph_")
        assert f" {name} IF NOT EXISTS " in query


def test_what_is_missing_is_made_again(store: Neo4jStore, driver: Driver) -> None:
    drop_schema(driver)
    assert not schema.exists(store._connection)
    for _ in range(2):
        schema.create_missing(store._connection)
        names = {name for (name,) in ask(driver, "SHOW INDEXES YIELD name")}
        assert schema.definitions().keys() <= names
    assert schema.exists(store._connection)


def test_an_older_database_learns_what_its_records_are_called(
    store: Neo4jStore, driver: Driver
) -> None:
    facts = {"name": ("Tool",), "startTime": ("2026-01-01T00:00:00.000",)}
    plot = "prov:http://example.org/run#plot"
    mentions = (
        Mention("r1", MADE, None, "file:/data/X.fits", None, "t"),
        Mention("r1", MADE, None, None, plot, "t"),
    )
    put(store, Document(run=Run("r1", facts), mentions=mentions))
    due = store.names_near("", 10)
    driver.execute_query("MATCH (n) REMOVE n.calledAs, n.localName")
    for label in ("Entity", "Activity", "Agent"):
        driver.execute_query(f"DROP INDEX provgraph_{label}_calledAs")
    assert store.names_near("", 10) == []
    schema.create_missing(store._connection)
    assert store.names_near("", 10) == due == ["plot", "tool", "x.fits"]
    assert [node.id for node in store.called(["PLOT"], (), 5)] == [plot]


def test_an_older_database_learns_what_is_marked_as_invalid(
    store: Neo4jStore, driver: Driver
) -> None:
    """There a mark stood in the place of the time of the loss; another source's word is no mark."""
    for number in (1, 2):
        facts = {"startTime": (f"2026-01-0{number}T00:00:00.000",)}
        put(
            store,
            Document(Run(f"r{number}", facts), (Mention(f"r{number}", MADE, None, "file:/x"),)),
        )
    for name, since in (("/x", "2026-02-02"), ("/x", "2026-02-01"), ("/x@r1", "2026-02-03")):
        invalidate(store, find(store, name), since, "bad")
    invalidate(store, find(store, "r1"), "2026-02-04", "bad")
    put(store, Document(Run("r3", {"invalidated": ("no", 5)})))
    due = digest(store.scan())
    marked = [("r1", None), ("file:/x@r1", "2026-01-02T00:00:00.000Z"), ("file:/x@r2", None)]
    driver.execute_query(
        "MATCH (n) WHERE n.invalidSince IS NOT NULL AND n:Entity "
        "SET n.invalidatedAtTime = datetime(n.invalidSince)"
    )
    driver.execute_query("MATCH (n) REMOVE n.invalidSince")
    for label in ("Entity", "Activity"):
        driver.execute_query(f"DROP INDEX provgraph_{label}_invalidSince")
    schema.create_missing(store._connection)
    marked_now = Filter(search=Search(invalid=True))
    found = [each.node for each in store.find(marked_now, SortOrder.TIME).found]
    assert {(node.id, node.invalidated_at) for node in found} == set(marked)
    assert {node.invalidation.time for node in found if node.invalidation} == {
        "2026-02-01T00:00:00.000Z",
        "2026-02-03T00:00:00.000Z",
        "2026-02-04T00:00:00.000Z",
    }
    assert lineage(store, find(store, "/x@r1")).root.tainted == ("r1",)
    assert digest(store.scan()) == due


def test_a_database_of_an_older_provgraph_is_not_current(store: Neo4jStore, driver: Driver) -> None:
    put(store, Document(run=Run("r1", {"name": ("Tool",)})))
    assert store.is_current()
    driver.execute_query("DROP INDEX provgraph_Entity_invalidSince")
    assert not store.is_current()
    assert store.stats()["activities"] == 1


def test_a_database_of_a_newer_provgraph_is_refused(
    neo4j_server: Neo4jServer, store: Neo4jStore, driver: Driver
) -> None:
    """The revision is written by every writer; who knows a smaller one neither reads nor writes."""
    put(store, Document(run=Run("r1", {"name": ("Tool",)})))
    (revision,), *_ = ask(driver, "MATCH (l {id: 'writer-lock'}) RETURN l.revision")
    assert revision == REVISION
    driver.execute_query("MATCH (l {id: 'writer-lock'}) SET l.revision = $new", new=REVISION + 1)
    older = open_neo4j(neo4j_server.url)
    for refused in (older.stats, older.make, older.is_current):
        with pytest.raises(NewerStoreError, match="newer provgraph"):
            refused()
    older.close()
    with pytest.raises(NewerStoreError):  # who has it open notices it, too
        put(store, Document(run=Run("r2", {"name": ("Tool",)})))
    (revision,), *_ = ask(driver, "MATCH (l {id: 'writer-lock'}) RETURN l.revision")
    assert revision == REVISION + 1


def test_a_copy_bears_the_revision_of_who_wrote_it(store: Neo4jStore, driver: Driver) -> None:
    """Nobody has to write there once more before an older provgraph refuses it."""
    with closing(open_store("sqlite://")) as original:
        put_alike(original, Document(run=Run("r1", {"name": ("Tool",)})))
        copied(original, store)
    assert ask(driver, "MATCH (l {id: 'writer-lock'}) RETURN l.revision") == [[REVISION]]
