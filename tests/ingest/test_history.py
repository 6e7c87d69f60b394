"""Load history.

What was loaded, grown and interrupted sources.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from provgraph import __version__
from provgraph.errors import StoreError, UnreachableError
from provgraph.ingest import forgetting
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load, look_up
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading import sources
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.ingest.writing import PendingSource, write_together
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.store.digest import digest
from provgraph.store.neo4j.store import Neo4jStore, open_neo4j
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import LoadRecord, StoreLimits
from provgraph.store.registry import open_store
from provgraph.store.relational.store import RelationalStore
from tests.batches import limit_batches
from tests.conftest import empty_neo4j
from tests.loaders.examples import record
from tests.services import Neo4jServer


def only(store: Store, path: Path, **options: Any) -> Report:
    (report,) = load(store, [str(path)], **options)
    return report


def newest(store: Store) -> LoadRecord:
    return list(store.loads())[-1]


def digest_of(path: Path) -> str:
    with closing(open_store("sqlite://")) as store:
        only(store, path)
        return digest(store.scan())


def runs(*names: str) -> str:
    return json.dumps([record(name) for name in names], indent=3)


def ids_of(count: int) -> list[str]:
    return [f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa" for number in range(count)]


# --- what is on record
# ------------------------------------------------------------------------------------------


def test_a_load_is_recorded(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.provlog"
    path.write_text(runs("A", "B"))
    report = only(store, path, namespace="scratch")
    kept = newest(store)
    assert (kept.id, kept.source, kept.format, kept.namespace) == (
        report.load,
        str(path),
        "ctapipe",
        "scratch",
    )
    assert (kept.sha256, kept.size, kept.version, kept.status) == (
        report.sha256,
        path.stat().st_size,
        __version__,
        "loaded",
    )
    assert kept.counts["activities"] == 2


def test_a_partial_source_is_read_once_and_its_problems_are_told_again(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "x.provlog"
    path.write_text(runs("A", "B")[:-40])
    first, again = only(store, path), only(store, path)
    assert (first.status, again.status) == ("partial", "partial")
    assert again.problems == first.problems
    assert again.load == first.load
    assert store.stats()["loads"] == 1


def test_the_same_bytes_under_two_names_are_one_load(tmp_path: Path, store: Store) -> None:
    for name in ("x", "y"):
        (tmp_path / name).write_text(runs("A"))
    reports = list(load(store, [str(tmp_path / "x"), str(tmp_path / "y")]))
    assert [report.status for report in reports] == ["loaded", "unchanged"]
    assert reports[0].load == reports[1].load


def test_a_name_that_is_no_text_is_kept_escaped(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "\udcff.provlog"
    path.write_text(runs("A"))
    assert only(store, path).source.endswith(r"\udcff.provlog")
    assert newest(store).source.endswith(r"\udcff.provlog")


# --- sources that grow
# ------------------------------------------------------------------------------------------


@pytest.fixture
def read_from(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where each reading of a log began."""
    starts: list[int] = []
    whole = CtapipeLoader.documents

    def documents(self: CtapipeLoader, stream: Any, namespace: str, start: int = 0) -> Any:
        starts.append(start)
        return whole(self, stream, namespace, start)

    monkeypatch.setattr(CtapipeLoader, "documents", documents)
    return starts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (runs("A"), runs("A") + "\n" + runs("B", "C")),
        (runs("A", "B")[:-1], runs("A", "B")),
        (runs("A", "B")[:-200], runs("A", "B") + runs("C")),
        (runs("A", "B")[:-2], runs("A", "B")[:-2] + ",\n" + runs("C")[1:]),
    ],
    ids=["another array", "only its end", "cut in a record", "one more in the array"],
)
def test_of_a_log_that_grew_only_the_end_is_read(
    before: str, after: str, tmp_path: Path, store: Store, read_from: list[int]
) -> None:
    path = tmp_path / "growing.provlog"
    path.write_text(before)
    begun = only(store, path)
    path.write_text(after)
    grown = only(store, path)
    assert grown.status == "loaded", grown.problems
    assert 0 < read_from[1] <= len(before)
    assert newest(store).continues == begun.load
    assert only(store, path).status == "unchanged"
    assert digest(store.scan()) == digest_of(path)


def test_the_end_of_an_array_is_missed_also_behind_a_beginning(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "growing.provlog"
    path.write_text(runs("A")[:-1])
    assert only(store, path).status == "partial"
    path.write_text(runs("A")[:-1] + ", " + runs("B")[1:-1])
    assert only(store, path).status == "partial"
    assert store.stats()["activities"] == 2


@pytest.mark.parametrize("after", [runs("B", "A"), runs("B")], ids=["other bytes", "shorter"])
def test_a_log_that_became_another_is_read_from_its_start(
    after: str, tmp_path: Path, store: Store, read_from: list[int]
) -> None:
    path = tmp_path / "x.provlog"
    path.write_text(runs("A"))
    only(store, path)
    path.write_text(after)
    assert only(store, path).status == "loaded"
    assert read_from == [0, 0]


# --- sources that are too large for one transaction
# ------------------------------------------------------------------


@pytest.mark.neo4j
def test_a_load_in_several_transactions_goes_on_where_it_stopped(
    neo4j_server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_from: list[int]
) -> None:
    """Neo4j keeps a transaction in memory, so a very large source takes several."""
    empty_neo4j(neo4j_server.url)
    limit_batches(2, monkeypatch)
    monkeypatch.setattr(Neo4jStore, "limits", StoreLimits(documents=4))
    path = tmp_path / "large.provlog"
    path.write_text(runs(*ids_of(11)))
    with closing(open_neo4j(neo4j_server.url)) as store:
        with pytest.raises(StoreError, match="on purpose"):
            only(store, path, observer=_StopsAfter(6))
        kept = newest(store)
        assert (kept.status, kept.counts["activities"], store.stats()["activities"]) == (
            "unfinished",
            4,
            4,
        )
        report = only(store, path)
        assert (report.status, report.load) == ("loaded", kept.id)
        assert read_from == [0, kept.read_to]
        assert [(each.status, each.counts["activities"]) for each in store.loads()] == [
            ("loaded", 11)
        ]
        assert digest(store.scan()) == digest_of(path)
        forget(store, kept.id)
        assert not any(store.stats().values())


@pytest.fixture
def in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded stores take no more than four documents at once."""
    limit_batches(2, monkeypatch)
    monkeypatch.setattr(RelationalStore, "limits", StoreLimits(documents=4))
    monkeypatch.setattr("provgraph.ingest.forgetting.BATCH", 2)


@pytest.fixture
def large(tmp_path: Path, in_steps: None) -> Path:
    """A source of three transactions."""
    path = tmp_path / "large.provlog"
    path.write_text(runs(*ids_of(11)))
    return path


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        yield store


def begun_load(store: Store, path: Path, documents: int = 6) -> LoadRecord:
    """A load that was interrupted behind so many documents."""
    with pytest.raises(StoreError, match="on purpose"):
        only(store, path, observer=_StopsAfter(documents))
    assert newest(store).status == "unfinished"
    return newest(store)


@pytest.mark.parametrize("documents", [5, 9])
def test_a_short_rest_is_the_same_load(documents: int, large: Path, sqlite: Store) -> None:
    begun = begun_load(sqlite, large, documents)
    report = only(sqlite, large)
    assert (report.status, report.load, report.activities) == ("loaded", begun.id, 11)
    assert [load.status for load in sqlite.loads()] == ["loaded"]
    assert digest(sqlite.scan()) == digest_of(large)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_two_loaders_of_one_large_source_make_one_load(
    number: int, large: Path, sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = before_transaction(number, sqlite, lambda: only(sqlite, large), monkeypatch)
    report = only(sqlite, large)
    assert {report.status, done[0].status} <= {"loaded", "unchanged"}
    assert report.load == done[0].load
    assert [load.status for load in sqlite.loads()] == ["loaded"]
    assert digest(sqlite.scan()) == digest_of(large)
    forget(sqlite, newest(sqlite).id)
    assert not any(sqlite.stats().values())


def test_a_load_that_is_forgotten_while_it_is_made_begins_anew(
    large: Path, sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = before_transaction(2, sqlite, lambda: forget(sqlite, newest(sqlite).id), monkeypatch)
    report = only(sqlite, large)
    assert done
    assert (report.status, report.activities) == ("loaded", 11)
    assert digest(sqlite.scan()) == digest_of(large)


def test_a_large_load_is_forgotten_in_steps(
    large: Path, sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_id = only(sqlite, large).load or ""
    steps: list[str] = []
    forget_on = forgetting._forget_on

    def interrupted(store: Store, load: LoadRecord) -> bool:
        if len(steps) == 2:
            raise StoreError("stopped on purpose")
        steps.append(load.id)
        return forget_on(store, load)

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "_forget_on", interrupted)
        with pytest.raises(StoreError, match="on purpose"):
            forget(sqlite, load_id)
    assert (newest(sqlite).status, sqlite.stats()["activities"]) == ("remainder", 3)
    forget(sqlite, load_id)
    assert not any(sqlite.stats().values())


def test_a_commit_whose_answer_is_lost_is_no_second_load(
    large: Path, tmp_path: Path, sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small.provlog"
    small.write_text(runs("A"))
    writing_of = sqlite.writing
    lost: list[bool] = []

    @contextmanager
    def writing_once() -> Iterator[Transaction]:
        with writing_of() as transaction:
            yield transaction
        if any(load.status == "loaded" for load in sqlite.loads()) and not lost:
            lost.append(True)
            raise UnreachableError("the answer is lost")

    monkeypatch.setattr(sqlite, "writing", writing_once)
    monkeypatch.setattr("provgraph.store.waiting.time.sleep", lambda _seconds: None)
    for path in (large, small):
        lost.clear()
        assert only(sqlite, path).status == "loaded"
        assert lost
    assert len(list(sqlite.loads())) == 2


# --- sources that change under our hands
# ------------------------------------------------------------


@pytest.fixture
def nothing_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each log is opened again to be read, as large ones are."""
    monkeypatch.setattr(sources, "SMALL", 0)


@pytest.mark.usefixtures("nothing_is_at_hand")
def test_two_logs_that_grow_while_they_are_read_are_both_loaded(
    tmp_path: Path, store: Store
) -> None:
    """Nobody knows which bytes were read, so they are no known source, and no other one is taken
    for them.
    """
    first, second = tmp_path / "a.provlog", tmp_path / "b.provlog"
    for path, name in ((first, "A"), (second, "B")):
        path.write_text(runs(name))
    found = list(
        look_up([Source(str(path), path) for path in (first, second)], store, None, "default")
    )
    first.write_text(runs("A", "AA"))
    second.write_text(runs("B", "BB"))
    reports = []
    for each in found:
        reading = Reading(each.source, each.checksum)
        reports += write_together(
            store, [PendingSource(reading, list(reading.read("default")))], "default"
        )
    assert [report.status for report in reports] == ["loaded", "loaded"]
    assert store.stats()["activities"] == 4
    assert [report.status for report in load(store, [str(first), str(second)])] == [
        "loaded",
        "loaded",
    ]
    assert [report.status for report in load(store, [str(first), str(second)])] == [
        "unchanged",
        "unchanged",
    ]


@pytest.mark.usefixtures("nothing_is_at_hand")
def test_a_log_that_is_replaced_before_it_is_read_is_not_taken_for_the_first(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "a.provlog"
    path.write_text(runs("A"))
    (each,) = look_up([Source(str(path), path)], store, None, "default")
    path.with_name("new").write_text(runs("B"))
    path.with_name("new").rename(path)
    reading = Reading(each.source, each.checksum)
    write_together(store, [PendingSource(reading, list(reading.read("default")))], "default")
    path.write_text(runs("A"))
    assert only(store, path).status == "loaded"
    assert store.stats()["activities"] == 2


def test_the_beginning_is_forgotten_while_the_end_is_read(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.provlog"
    path.write_text(runs("A"))
    begun = only(store, path)
    path.write_text(runs("A") + runs("B"))
    (each,) = look_up([Source(str(path), path)], store, None, "default")
    reading = Reading(each.source, each.checksum, each.begun)
    pending = PendingSource(reading, list(reading.read("default")))
    forget(store, begun.load or "")
    with pytest.raises(StoreError, match="load the source again"):
        write_together(store, [pending], "default")
    assert not any(store.stats().values())
    assert only(store, path).status == "loaded"
    assert digest(store.scan()) == digest_of(path)


def test_damage_in_the_beginning_is_told_again_when_the_log_grows(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "a.provlog"
    path.write_text(runs("A")[:-1] + ', {"activity_uuid": "damaged"}, ' + runs("B")[1:])
    damaged = only(store, path)
    path.write_text(path.read_text() + runs("C"))
    grown = only(store, path)
    assert (grown.status, grown.problems) == ("partial", damaged.problems)
    assert newest(store).continues == damaged.load
    assert only(store, path).problems == damaged.problems


class _Follower(Observer):
    def pass_over(self, source: object) -> None:
        raise AssertionError(source)


class _StopsAfter(_Follower):
    def __init__(self, documents: int) -> None:
        self._left = documents

    def wrote(self, documents: int) -> None:
        self._left -= documents
        if self._left <= 0:
            raise StoreError("stopped on purpose")


def before_transaction(
    number: int, store: Store, work: Callable[[], Any], patch: pytest.MonkeyPatch
) -> list[Any]:
    """Do something before the store's next transaction of this number.

    Returns where its result will stand.
    """
    writing_of = store.writing
    begun: list[int] = []
    done: list[Any] = []

    @contextmanager
    def writing_after_work() -> Iterator[Transaction]:
        begun.append(number)
        if len(begun) == number:
            done.append(work())
        with writing_of() as transaction:
            yield transaction

    patch.setattr(store, "writing", writing_after_work)
    return done
