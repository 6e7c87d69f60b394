"""What every store must do alike: answer as of an earlier time, as if it knew no more."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from random import Random

import pytest

from provgraph.errors import NotFoundError, SettingsError, StoreError
from provgraph.ingest import invalidation
from provgraph.ingest.deciding.assertions import make_assertions
from provgraph.ingest.deciding.integration import plan_changes
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.model.filters import Filter, PageRequest, ParameterValue, Search, SortOrder
from provgraph.model.lineage import Direction
from provgraph.model.records import Document
from provgraph.questions.details import details_of
from provgraph.questions.moments import EarlierStates
from provgraph.questions.searching import moment
from provgraph.questions.tracing import find, lineage
from provgraph.questions.versions import versions
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.records import UNKNOWN_SIZE, LoadRecord
from provgraph.store.registry import open_store
from tests.store.test_contract import run
from tests.store.test_contract_search import documents

#: When each of the loads was made; the second and the third at once.
TIMES = tuple(f"2026-03-0{day}T00:00:00.000" for day in (1, 2, 2, 5))
HOLDS_ALL = "2026-03-05T00:00:00.000"


def load_at(store: Store, name: str, time: str, said: Sequence[Document], size: int = 0) -> None:
    """Load documents as one source, at a time."""
    counts = {"activities": len(said), "entities": 0, "agents": 0, "relations": 0}
    load = LoadRecord(name, name, "test", "default", name, time, "1", "loaded", counts, (), size)
    with store.writing() as transaction:
        planned = plan_changes(transaction, said)
        planned.changes.loads = [load]
        planned.changes.assertions = make_assertions(load.id, 0, said)
        transaction.apply(planned.changes, planned.touched)


@pytest.fixture
def parts() -> list[list[Document]]:
    """What each load says; runs read and overwrite the same files again and again."""
    found = documents(Random(11))
    return [found[:4], found[3:6], found[6:9], [*found[9:], found[1]]]


@pytest.fixture
def grown(store: Store, parts: list[list[Document]]) -> Store:
    """A store that was loaded in an order of its own."""
    for number in (3, 0, 2, 1):
        load_at(store, f"load {number}", TIMES[number], parts[number])
    return store


@pytest.fixture
def states(grown: Store) -> Iterator[EarlierStates]:
    with closing(EarlierStates(grown)) as made:
        yield made


def only(parts: Sequence[Sequence[Document]], which: Sequence[int]) -> Store:
    """A new store with some of the loads alone."""
    fresh = open_store("sqlite://")
    for number in which:
        load_at(fresh, f"load {number}", TIMES[number], parts[number])
    return fresh


@pytest.mark.parametrize(
    ("time", "known"),
    [
        ("2026-03-01", [0]),
        ("2026-03-01T23:59:59.999Z", [0]),
        ("2026-03-02T01:00:00+01:00", [0, 1, 2]),
        ("2026-03-04", [0, 1, 2]),
    ],
)
def test_an_earlier_state_is_that_of_a_store_with_the_earlier_loads(
    parts: list[list[Document]], states: EarlierStates, time: str, known: list[int]
) -> None:
    before = states.as_of(moment(time))
    with closing(only(parts, known)) as due:
        assert digest(before.scan()) == digest(due.scan())
        assert before.loads() == due.loads()
        assert before.stats() == due.stats()
        everything = Filter(search=Search())
        found = due.find(everything, SortOrder.TIME, PageRequest(1_000))
        assert before.find(everything, SortOrder.TIME, PageRequest(1_000)) == found
        for search in (
            Search("run1"),
            Search(parameters=(ParameterValue("limit", "5"),)),
            Search(agents=("ada",)),
        ):
            wanted = Filter(search=search)
            assert before.find(wanted, SortOrder.NAME) == due.find(wanted, SortOrder.NAME)
        for each in found.found:
            here, there = (find(store, each.node.id) for store in (before, due))
            assert lineage(before, here, Direction.BOTH) == lineage(due, there, Direction.BOTH)
            assert details_of(before, here) == details_of(due, there)


def test_the_present_is_the_store_itself(grown: Store, states: EarlierStates) -> None:
    assert states.as_of(None) is grown
    assert states.as_of(HOLDS_ALL) is grown
    assert states.as_of("2026-03-02T00:00:00.000") is states.as_of("2026-03-03T00:00:00.000")


def test_before_the_first_load_nothing_is_known(states: EarlierStates) -> None:
    before = states.as_of("2026-02-28T23:59:59.000")
    assert before.loads() == []
    with pytest.raises(NotFoundError, match="the store is empty"):
        find(before, "r1")


def test_a_mark_counts_from_when_it_was_made(
    grown: Store, states: EarlierStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invalidation, "current_time", lambda: "2026-03-09T00:00:00.000")
    invalidate(grown, find(grown, "r0"), "2026-01-01", "bad")
    assert find(grown, "r0").invalidation is not None
    assert find(states.as_of(HOLDS_ALL), "r0").invalidation is None


def test_what_was_forgotten_was_never_known(
    grown: Store, states: EarlierStates, parts: list[list[Document]]
) -> None:
    assert find(states.as_of(TIMES[1]), "r8")
    forget(grown, "load 2")
    with closing(only(parts, [0, 1])) as due:
        assert digest(states.as_of(TIMES[1]).scan()) == digest(due.scan())


def test_what_nobody_can_make_again_is_refused(grown: Store) -> None:
    with (
        closing(EarlierStates(grown, most=3)) as few,
        pytest.raises(SettingsError, match="knew 4 records, and at most 3 are made again"),
    ):
        few.as_of(TIMES[0])
    load_at(grown, "old", TIMES[0], [run("old", 1, 2)], size=UNKNOWN_SIZE)
    with (
        closing(EarlierStates(grown)) as states,
        pytest.raises(StoreError, match=r"before provgraph 0\.2"),
    ):
        states.as_of(TIMES[0])


def test_a_path_means_what_stood_there_then(store: Store) -> None:
    load_at(
        store,
        "one",
        TIMES[0],
        [
            run("a", 0, 1, ("/old/x",), ("/data/x",)),
            run("b", 10, 11, ("/old/x",), ("/data/x",)),
            run("c", 20, 21, ("/data/x",), ("/data/y=Y",)),
        ],
    )

    def found(name: str, second: int) -> str:
        return find(store, name, at=f"2026-01-01T00:00:{second:02}.000").id

    for name in ("/data/x", "x@a", "data/x"):
        due = "file:/data/x@a"
        assert found(name, 5) == due
    assert found("/data/x", 12) == found("/data/x", 59) == "file:/data/x@b"
    assert found("/data/y", 30) == found("Y", 0) == found("product:Y", 0) == "product:Y"
    assert found("/old/x", 5) == find(store, "/old/x").id
    with pytest.raises(NotFoundError, match=r"nothing known stood there at 2026-01-01T00:00:00"):
        found("/data/x", 0)
    with pytest.raises(NotFoundError, match="nothing here is called"):
        found("/nowhere", 5)
    _, (only_one,) = versions(store, "/data/x", at="2026-01-01T00:00:05.000")
    assert only_one.node.id == "file:/data/x@a"
    assert only_one.until is not None
    with pytest.raises(NotFoundError, match="nothing known stood there"):
        versions(store, "/data/x", at="2026-01-01T00:00:00.000")
