"""Copies: each store as the copy and as the original, stopped copies, and what is refused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, select

from provgraph.errors import StoreError, UnfinishedCopyError
from provgraph.ingest.copying import copy
from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.filters import Filter, ParameterValue, Search, SortOrder
from provgraph.model.lineage import Direction
from provgraph.model.records import Document, End, StatedEntity, StatedRelation
from provgraph.model.vocabulary import DescriptionType, EntityType, Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.copying import CopyState, StorePart
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.store.relational import tables
from tests.conftest import CORPUS, LOGS
from tests.loaders.examples import record
from tests.store.test_contract import run

#: What a copy has of its own; and names, of which a store keeps some that nobody bears any more.
OWN = {"turn", "journal", "store", "name"}
#: How a store numbers and groups settings is its own, too.
NUMBERS = [tables.settings.c.number]
GROUPED = {tables.settings_of.name, tables.settings_group.name}


#: The logs behind one product, and of another one that is as far.
NIGHT = ("apply_run02001", "dl3_run02001", "run02001", "run02002", "dl3_run02002")


class StoppedError(Exception):
    """The process that copies is stopped."""


def copied(original: Store, target: Store, told: Callable[[int], object] = lambda _: None) -> int:
    with original.original() as reading, target.filling() as filling:
        return copy(reading, original.address, filling, told)


def rows(store: Store) -> dict[str, list[str]]:
    """All that a relational store holds."""
    queries = {
        table.name: select(*columns_of(table))
        for table in tables.metadata.sorted_tables
        if table.name not in OWN | GROUPED
    }
    queries["settings of runs"] = tables.SETTINGS_LINKS
    with store._database.writer().connect() as connection:  # type: ignore[attr-defined]
        return {
            name: sorted(map(repr, connection.execute(query))) for name, query in queries.items()
        }


def columns_of(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if each not in NUMBERS]


def stop_after(records: int) -> Callable[[int], object]:
    left = records

    def tell(written: int) -> None:
        nonlocal left
        left -= written
        if left < 0:
            raise StoppedError

    return tell


def state_of(store: Store) -> CopyState | None:
    with store.filling() as filling:
        return filling.state()


@pytest.fixture(scope="module")
def rich() -> Iterator[Store]:
    """A store that has records of all kinds, and names that moved from one record to another."""
    opened = open_store("sqlite://")
    list(
        load(
            opened,
            [
                str(CORPUS / each)
                for each in (
                    "ctapipe/logs",
                    "opus",
                    "documents/07-derivation-names-run",
                    "documents/08-started-ended-by",
                )
            ],
        )
    )
    put(opened, *weakly_named())
    invalidate(opened, find(opened, "run02001.dl3.fits"), None, "bad night", "me")
    yield opened
    opened.close()


def put(store: Store, *documents: Document) -> None:
    for each in documents:
        with store.writing() as transaction:
            integrate(transaction, [each])


def weakly_named() -> list[Document]:
    """What is stated of two paths, before it is learnt which products these are."""
    version, place = (
        StatedEntity("file:/w/x@a", {"n": (1,)}),
        StatedEntity("file:/w/y", {"m": (2,)}),
    )
    described = StatedRelation(
        RelationType.WAS_INFLUENCED_BY,
        End(DescriptionType.ACTIVITY.kind, "a job"),
        End(Kind.AGENT, "somebody"),
    )
    return [
        Document(entities=(version, place), relations=(described,)),
        Document(entities=(StatedEntity("prov:http://x/c", {}, EntityType.COLLECTION),)),
        run("a", 0, 1, ("/w/y",), ("/w/x",)),
        run("b", 2, 3, ("/w/x=X", "/w/y=Y")),
    ]


def test_a_relation_of_names_that_moved_is_of_the_records_that_they_mean(store: Store) -> None:
    original = open_store("sqlite://")
    ends = End(Kind.ENTITY, "file:/w/x@a"), End(Kind.ENTITY, "file:/w/y")
    derived = StatedRelation(RelationType.WAS_DERIVED_FROM, *ends)
    put(original, Document(relations=(derived,)), *weakly_named())
    copied(original, store)
    answer = lineage(
        store, find(store, "product:X"), Direction.UPSTREAM, 1, [RelationType.WAS_DERIVED_FROM]
    )
    assert [node.id for node in answer.nodes] == ["product:X", "product:Y"]
    original.close()


def test_a_copy_of_a_copy_has_all_that_the_original_has(rich: Store, store: Store) -> None:
    records = copied(rich, store)
    assert digest(store.scan()) == digest(rich.scan())
    assert store.stats() == rich.stats()
    again = open_store("sqlite://")
    assert copied(store, again) >= records
    assert rows(again) == rows(rich)
    again.close()


def test_a_copy_goes_on_as_a_store(store: Store, tmp_path: Path) -> None:
    original = open_store("sqlite://")
    list(load(original, [str(LOGS / f"{each}.provlog") for each in NIGHT]))
    copied(original, store)
    first = next(each.id for each in original.loads() if "run02001" in each.source)
    log = tmp_path / "more.provlog"
    log.write_text(json.dumps([record("more", input=[{"url": "/w/x", "role": "r"}])]))
    for each in (original, store):
        forget(each, first)
        invalidate(each, find(each, "run02002.dl3.fits"), "2026-11-21", "bad", "me")
        (report,) = load(each, [str(log)])
        assert report.status == "loaded"
    assert digest(store.scan()) == digest(original.scan())
    with store.viewing(settled=True) as copy_view, original.viewing(settled=True) as view:
        assert copy_view.store_id() not in (None, view.store_id())
        assert [each.turn for each in copy_view.journal_from(0)] == list(
            range(1, copy_view.turn + 1)
        )
    original.close()


def test_a_stopped_copy_is_no_store_and_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader's pieces are small, so the copy stops within a part, too."""
    original = open_store("sqlite://")
    list(load(original, [str(LOGS / "irf.provlog"), str(LOGS / "run02001.provlog")]))
    monkeypatch.setattr("provgraph.store.relational.originals.PIECE", 7)
    for records in (0, 20, 60):
        with pytest.raises(StoppedError):
            copied(original, store, stop_after(records))
        for use in (list_all, load_one, ask):
            with pytest.raises(UnfinishedCopyError, match="unfinished copy of sqlite"):
                use(store)
    known = state_of(store)
    assert known is not None
    assert known.records > 40
    copied(original, store)
    assert state_of(store) is None
    fresh = open_store("sqlite://")
    copied(store, fresh)
    assert rows(fresh) == rows(original)
    fresh.close()
    original.close()


def list_all(store: Store) -> object:
    """Ask as a process does that has just opened the store."""
    with store.viewing() as view:
        return view.runs(["a"])


def load_one(store: Store) -> object:
    with store.writing() as transaction:
        return transaction.turn


def ask(store: Store) -> object:
    with store.original() as original:
        return original.turn()


def test_an_unfinished_copy_is_of_one_original(store: Store) -> None:
    original, other = open_store("sqlite://"), open_store("sqlite://")
    list(load(original, [str(LOGS / "irf.provlog")]))
    list(load(other, [str(LOGS / "irf.provlog")]))
    with pytest.raises(StoppedError):
        copied(original, store, stop_after(10))
    with pytest.raises(StoreError, match="is an unfinished copy of sqlite"):
        copied(other, store)
    copied(original, store)
    with pytest.raises(StoreError, match="is not empty, and no unfinished copy of sqlite"):
        copied(original, store)
    assert digest(store.scan()) == digest(original.scan())
    for each in (original, other):
        each.close()


def test_who_goes_on_when_the_original_has_changed_begins_anew(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    original = open_store("sqlite://")
    list(load(original, [str(LOGS / "irf.provlog")]))
    with pytest.raises(StoppedError):
        copied(original, store, stop_after(30))
    first = original.loads()[0].id
    forget(original, first)
    list(load(original, [str(LOGS / "run02001.provlog")]))
    copied(original, store)
    assert "the copy begins anew" in caplog.text
    assert digest(store.scan()) == digest(original.scan())
    assert [each.id for each in store.loads()] == [each.id for each in original.loads()]
    of_what_was_there_first = Search(parameters=(ParameterValue("chunk_size", "100000"),))
    assert store.find(Filter(search=of_what_was_there_first), SortOrder.TIME).found == ()
    original.close()


def test_two_processes_do_not_write_one_copy(store: Store) -> None:
    original = open_store("sqlite://")
    list(load(original, [str(LOGS / "irf.provlog")]))
    with pytest.raises(StoppedError):
        copied(original, store, stop_after(0))
    with store.filling() as one, store.filling() as other, original.original() as reading:
        begun = one.state()
        assert begun is not None
        assert other.state() == begun
        piece = next(reading.pieces(StorePart.AGENTS, ""), None)
        records: list[Any] = [] if piece is None else list(piece.records)
        later = CopyState(**{**_fields(begun), "records": begun.records + 1})
        one.add(StorePart.AGENTS, records, later)
        with pytest.raises(StoreError, match="another process writes to the copy"):
            other.add(StorePart.AGENTS, records, later)
    original.close()


def _fields(state: CopyState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in CopyState.__dataclass_fields__}


def test_a_store_that_was_emptied_becomes_another_store(store: Store) -> None:
    original = open_store("sqlite://")
    for each in (original, store):
        list(load(each, [str(LOGS / "irf.provlog")]))
    with store.viewing(settled=True) as view:
        before, turn = view.store_id(), view.turn
    forget(store, store.loads()[0].id)
    copied(original, store)
    with store.viewing(settled=True) as view:
        assert view.store_id() != before
        assert view.turn > turn
        assert [each.turn for each in view.journal_from(0)] == [view.turn]
    assert digest(store.scan()) == digest(original.scan())
    original.close()


def test_a_store_that_is_written_meanwhile_is_of_one_moment_or_refused(store: Store) -> None:
    if store.address == "sqlite://":  # in memory, with a single connection
        return
    list(load(store, [str(LOGS / "irf.provlog")]))
    before = digest(store.scan())
    target = open_store("sqlite://")
    loads = iter([str(LOGS / "run02001.provlog")])

    def load_more(_: int) -> None:
        for each in loads:
            list(load(store, [each]))

    with store.original() as reading:
        is_snapshot = reading.is_snapshot
    if is_snapshot:
        copied(store, target, load_more)
        assert digest(target.scan()) == before
    else:
        with pytest.raises(StoreError, match="copy again when nobody loads"):
            copied(store, target, load_more)
        copied(store, target)
        assert digest(target.scan()) == digest(store.scan())
    target.close()


def test_a_copy_of_a_store_that_nobody_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'night.db'}"
    original = open_store(url)
    list(load(original, [str(LOGS / "irf.provlog")]))
    expected = digest(original.scan())
    original.close()
    monkeypatch.setattr("provgraph.store.relational.connection._may_write", lambda _: False)
    read_only, target = open_store(url), open_store("sqlite://")
    copied(read_only, target)
    assert digest(target.scan()) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["night.db"]
    read_only.close()
    target.close()


@pytest.mark.parametrize("direction", Direction)
def test_a_copy_answers_as_its_original(rich: Store, direction: Direction) -> None:
    target = open_store("sqlite://")
    copied(rich, target)
    for name in ("run02001.dl3.fits", "file:/w/x@a", "prov:http://x/c"):
        original, copy_ = (
            lineage(each, find(each, name), direction, None) for each in (rich, target)
        )
        assert copy_ == original
    target.close()
