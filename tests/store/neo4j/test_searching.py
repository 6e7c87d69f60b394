"""Search in Neo4j: what is of it alone; the contract suite says what is found."""

from contextlib import closing
from typing import Any

import pytest
from neo4j import Driver

from provgraph.errors import StoreError
from provgraph.model.filters import Filter, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.records import SOFTWARE, Agent, Document, Mention, Run, Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.digest import digest
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.opening import complete
from provgraph.store.neo4j.schema import EARLY, EXTERNAL, PARAMETER_TERMS, TERMS
from provgraph.store.neo4j.store import Neo4jStore
from provgraph.store.registry import open_store
from tests.graphs import assert_external_is_known
from tests.store.neo4j.graphs import operators
from tests.store.test_contract import put
from tests.store.test_copying import copied

USED, MADE = RelationType.USED, RelationType.WAS_GENERATED_BY


def make_older(driver: Driver, index: str, nodes: str, *properties: str) -> None:
    """Take away what an older provgraph did not make: an index, and properties of nodes ``n``."""
    driver.execute_query(f"DROP INDEX {index}")
    for name in properties:
        driver.execute_query(f"MATCH ({nodes}) REMOVE n.{name}")


def assert_waits_for_a_load(store: Neo4jStore, wanted: Filter) -> None:
    with pytest.raises(StoreError, match="the next `provgraph load` brings it up to date"):
        store.find(wanted, SortOrder.TIME)


def test_an_older_database_is_searched_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    facts = {"name": ("Tool",), "startTime": ("2026-01-01T00:00:00.000",), "searchTerms": ("x",)}
    mentions = (Mention("r1", MADE, None, "file:/data/X.fits", None, "t"),)
    put(store, Document(run=Run("r1", facts), mentions=mentions, agents=(Agent("a", "Ada"),)))
    everything, words = Filter(search=Search()), Filter(search=Search("tool"))
    due, same = store.find(everything, SortOrder.TIME), digest(store.scan())
    assert len(due.found) == 3
    make_older(driver, TERMS, "n", "searchTerms", "searchTime", "searchName")
    assert_waits_for_a_load(store, everything)
    complete(store._connection)
    assert store.find(everything, SortOrder.TIME) == due
    assert len(store.find(words, SortOrder.TIME).found) == 1
    assert digest(store.scan()) == same


def test_parameters_of_an_older_database_are_searched_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    settings = (Settings("Tool", {"Tool.limit": [5, None]}), Settings(SOFTWARE, {"limit": "5"}))
    put(store, Document(run=Run("r1", {"name": ("Tool",)}), settings=settings))
    wanted = Filter(search=Search(parameters=(ParameterValue("limit", "5"),)))
    due, same = store.find(wanted, SortOrder.TIME), digest(store.scan())
    assert len(due.found) == 1
    make_older(driver, PARAMETER_TERMS, "n:Parameter", "searchTerms")
    assert_waits_for_a_load(store, wanted)
    complete(store._connection)
    assert store.find(wanted, SortOrder.TIME) == due
    assert digest(store.scan()) == same


def test_files_of_no_known_run_of_an_older_database_are_found_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    """They are copied as what they are before that, too."""
    mentions = (
        Mention("r1", USED, None, "file:/raw", None, "t"),
        Mention("r1", MADE, None, "file:/made", None, "t"),
    )
    put(store, Document(run=Run("r1", {"name": ("Tool",)}), mentions=mentions))
    wanted = Filter(search=Search(external=True))
    due = store.find(wanted, SortOrder.TIME)
    assert [each.node.id for each in due.found] == ["file:/raw"]
    make_older(driver, EXTERNAL, "n", "searchExternal")
    assert_waits_for_a_load(store, wanted)
    assert len(store.find(Filter(search=Search("file")), SortOrder.TIME).found) == 2
    with closing(open_store("sqlite://")) as other:
        copied(store, other)
        assert other.find(wanted, SortOrder.TIME).found == due.found
    complete(store._connection)
    assert store.find(wanted, SortOrder.TIME) == due
    assert_external_is_known(store)


def test_what_stood_before_it_was_made_in_an_older_database_is_found_when_it_is_up_to_date(
    store: Neo4jStore, driver: Driver
) -> None:
    for name, kind, start, end in (("maker", MADE, 5, 20), ("reader", USED, 10, 30)):
        times = (f"2026-01-01T00:00:{second:02}.000" for second in (start, end))
        facts = {fact: (time,) for fact, time in zip(("startTime", "endTime"), times, strict=True)}
        mention = Mention(name, kind, None, f"file:/{name}", "product:P", "t")
        put(store, Document(run=Run(name, facts), mentions=(mention,)))
    wanted = Filter(search=Search(at="2026-01-01T00:00:15.000"))
    due = store.find(wanted, SortOrder.TIME)
    assert [each.node.id for each in due.found] == ["product:P"]
    make_older(driver, EARLY, "n", "searchEarly")
    assert_waits_for_a_load(store, wanted)
    complete(store._connection)
    assert store.find(wanted, SortOrder.TIME) == due


@pytest.mark.parametrize("order", [SortOrder.TIME, SortOrder.NAME])
@pytest.mark.parametrize("wanted", [Search(), Search(external=True), Search("x", external=True)])
def test_a_page_is_read_along_the_index_of_its_order(
    store: Neo4jStore,
    driver: Driver,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Search,
    order: SortOrder,
) -> None:
    """The first page, and the one behind it."""
    mentions = tuple(
        Mention("r", kind, None, f"file:/{kind}/{n}/x", None, "t")
        for n in range(400)
        for kind in (USED, MADE)
    )
    put(store, Document(run=Run("r", {}), mentions=mentions))
    asked: list[tuple[str, dict[str, Any]]] = []

    def noted(connection: Connection, query: str, **parameters: Any) -> list[Any]:
        asked.append((query, parameters))
        return read(connection, query, **parameters)

    read = Connection.read
    monkeypatch.setattr(Connection, "read", noted)
    asking = Filter(search=wanted, kinds=(Kind.ENTITY,))
    after = store.find(asking, order, PageRequest(3)).after
    assert len(store.find(asking, order, PageRequest(3, after)).found) == 3
    pages = [each for each in asked if "LIMIT $size" in each[0]]
    assert len(pages) == 2
    for query, parameters in pages:
        found = operators(driver, query, **parameters)
        [entered] = [each for each in found if each.startswith("NodeIndexSeek")]
        assert ("searchExternal, " in entered) == wanted.external
        assert not [each for each in found if each.startswith(("NodeByLabelScan", "Sort", "Top"))]
