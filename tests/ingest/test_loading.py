"""What ``load`` makes of files, folders and streams, and what it reports.

docs/contract.md, Commands and Bad input.
"""

import gc
import gzip
import hashlib
import io
import json
import os
import shutil
import sys
import tracemalloc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from provgraph.errors import NotFoundError, SettingsError, UnreachableError
from provgraph.ingest import loading
from provgraph.ingest.loading import load
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.questions.tracing import find
from provgraph.store import waiting
from provgraph.store.digest import digest
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import Changes, LoadRecord, StoreLimits
from provgraph.store.relational.store import open_sqlite
from tests.batches import limit_batches
from tests.loaders.examples import LOGS, PRODUCTS, record

FAILED = LOGS / "edge_failed.provlog"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_sqlite("sqlite://")
    yield opened
    opened.close()


def loaded(store: Store, *names: Path | str, **options: Any) -> list[Report]:
    return list(load(store, [str(name) for name in names], **options))


def only(reports: Sequence[Report]) -> Report:
    (report,) = reports
    return report


def digest_of(*names: Path | str, **options: Any) -> str:
    store = open_sqlite("sqlite://")
    loaded(store, *names, **options)
    found = digest(store.scan())
    store.close()
    return found


def log(folder: Path, name: str, *runs: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text(json.dumps(runs))
    return path


def entry(url: str) -> dict[str, Any]:
    return {"url": url, "role": None, "reference_meta": None}


# --- reports
# ------------------------------------------------------------------------------------------


def test_the_report_has_the_keys_of_the_contract() -> None:
    names = [field.name for field in fields(Report)]
    assert names[:-1] == [
        "source",
        "format",
        "status",
        "load",
        "sha256",
        "activities",
        "entities",
        "agents",
        "relations",
        "problems",
    ]


def test_a_whole_log(store: Store) -> None:
    report = only(loaded(store, FAILED))
    assert (report.source, report.format, report.status) == (str(FAILED), "ctapipe", "loaded")
    assert report.sha256 == hashlib.sha256(FAILED.read_bytes()).hexdigest()
    assert (report.activities, report.entities, report.agents, report.relations) == (5, 6, 0, 6)
    assert (report.problems, report.disagreements, report.is_clean) == ((), (), True)
    (kept,) = store.loads()
    assert (kept.id, kept.source, kept.format, kept.sha256) == (
        report.load,
        str(FAILED),
        "ctapipe",
        report.sha256,
    )
    assert (kept.status, kept.counts["activities"], kept.namespace) == ("loaded", 5, "default")


def test_a_damaged_log_is_partial(store: Store) -> None:
    report = only(loaded(store, LOGS / "edge_truncated.provlog"))
    assert (report.status, report.activities, report.is_clean) == ("partial", 1, False)
    (problem,) = report.problems
    assert problem.where == "byte 18654"
    (kept,) = store.loads()
    assert kept.problems == ((problem.where, problem.what),)
    again = only(loaded(store, LOGS / "edge_truncated.provlog"))
    assert again.status == "partial"
    assert store.stats()["activities"] == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n \n",
        b"\xef\xbb\xbf",
        b"text",
        b"\x89HDF\r\n\x1a\n",
        b"{}",
        b"[1]",
        b"\x00" * 99,
        b'[{"activity_name": "x',
    ],
)
def test_what_can_not_be_read_is_refused(data: bytes, tmp_path: Path, store: Store) -> None:
    (tmp_path / "x").write_bytes(data)
    report = only(loaded(store, tmp_path / "x"))
    assert (report.status, report.load, report.activities, report.is_clean) == (
        "refused",
        None,
        0,
        False,
    )
    # Of a data product, which this HDF5 file would be, only the header counts.
    is_product = data.startswith(b"\x89HDF")
    assert report.sha256 == (None if is_product else hashlib.sha256(data).hexdigest())
    assert len(report.problems) == 1
    assert list(store.loads()) == []


def test_an_unknown_format_says_what_was_looked_for(store: Store) -> None:
    (problem,) = only(loaded(store, PRODUCTS / "irf.fits")).problems
    assert "provenance logs of ctapipe" in problem.what


def test_an_empty_list_is_loaded(tmp_path: Path, store: Store) -> None:
    (tmp_path / "x").write_text("[]")
    report = only(loaded(store, tmp_path / "x"))
    assert (report.status, report.activities, report.problems) == ("loaded", 0, ())
    assert report.load is not None


def test_one_bad_record_is_one_problem(tmp_path: Path, store: Store) -> None:
    path = log(tmp_path, "x", record("A"), record("B", start=None), record("C"))
    report = only(loaded(store, path))
    assert (report.status, report.activities, len(report.problems)) == ("partial", 2, 1)
    assert (
        report.problems[0].where
        == f"byte {path.read_text().index(json.dumps(record('B', start=None)))}"
    )


def test_many_problems_are_listed_and_counted(tmp_path: Path, store: Store) -> None:
    report = only(loaded(store, log(tmp_path, "x", record("A"), *[record("B", start=None)] * 1500)))
    assert len(report.problems) == 1001
    assert "500 more" in report.problems[-1].what


def test_sources_that_disagree_are_reported(tmp_path: Path, store: Store) -> None:
    loaded(store, log(tmp_path, "a", record("A", exit_code=0)))
    report = only(loaded(store, log(tmp_path, "b", record("A", exit_code=1))))
    assert [(each.run, each.fact, each.values) for each in report.disagreements] == [
        ("A", "exit_code", (0, 1))
    ]
    assert report.status == "loaded"


def test_zero_and_false_are_both_kept_in_any_order(tmp_path: Path) -> None:
    paths = [log(tmp_path, f"{value}", record("A", exit_code=value)) for value in (0, False)]
    assert digest_of(*paths) == digest_of(*paths[::-1])


# --- sources
# ------------------------------------------------------------------------------------------


def test_missing_files(tmp_path: Path, store: Store) -> None:
    reports = loaded(store, tmp_path / "missing", FAILED)
    assert [report.status for report in reports] == ["refused", "loaded"]
    assert "No such file" in reports[0].problems[0].what


def test_a_gzipped_log(tmp_path: Path, store: Store) -> None:
    packed = tmp_path / "x.provlog.gz"
    packed.write_bytes(gzip.compress(FAILED.read_bytes()))
    report = only(loaded(store, packed))
    assert (report.status, report.activities) == ("loaded", 5)
    assert report.sha256 == hashlib.sha256(packed.read_bytes()).hexdigest()
    assert digest(store.scan()) == digest_of(FAILED)


def test_several_gzip_members(tmp_path: Path) -> None:
    packed = tmp_path / "x.gz"
    logs = [
        FAILED,
        LOGS / "edge_nested.provlog",
        LOGS / "edge_empty.provlog",
        LOGS / "edge_moved.provlog",
    ]
    packed.write_bytes(
        b"".join(gzip.compress(each.read_bytes()) for each in [*logs[2:], *logs[:2]])
    )
    assert digest_of(packed) == digest_of(*logs)


@pytest.mark.parametrize("damage", ["cut", "flipped", "garbage behind it"])
def test_a_damaged_gzip_file_never_crashes(damage: str, tmp_path: Path, store: Store) -> None:
    whole = gzip.compress(b"".join([FAILED.read_bytes()] * 40), mtime=0)
    middle = len(whole) // 2
    data = {
        "cut": whole[:middle],
        "flipped": whole[:middle]
        + bytes(255 - byte for byte in whole[middle : middle + 99])
        + whole[middle + 99 :],
        "garbage behind it": whole + b"garbage",
    }[damage]
    (tmp_path / "x.gz").write_bytes(data)
    report = only(loaded(store, tmp_path / "x.gz"))
    assert report.status in ("partial", "refused")
    assert len(report.problems) == 1


@pytest.mark.parametrize("damage", ["cut", "garbage behind it"])
def test_of_a_cut_gzip_file_all_whole_records_load(
    damage: str, tmp_path: Path, store: Store
) -> None:
    whole = gzip.compress(FAILED.read_bytes(), mtime=0)
    (tmp_path / "x.gz").write_bytes(
        whole[: len(whole) * 9 // 10] if damage == "cut" else whole + b"garbage"
    )
    report = only(loaded(store, tmp_path / "x.gz"))
    assert report.status == "partial"
    assert report.activities >= 3
    assert report.problems[0].where.startswith("byte ")


@pytest.mark.slow
@pytest.mark.parametrize("filling", [b" ", b"\n\n", b'"', b"x"])
def test_a_gzip_bomb_needs_little_memory(filling: bytes, tmp_path: Path, store: Store) -> None:
    with gzip.open(tmp_path / "x.gz", "wb") as packed:
        packed.write(json.dumps([record("A")]).encode())
        for _ in range(48):
            packed.write(filling * ((1 << 20) // len(filling)))
        packed.write(json.dumps([record("B")]).encode())
    tracemalloc.start()
    report = only(loaded(store, tmp_path / "x.gz"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.activities, report.status) == (2, "loaded" if filling.isspace() else "partial")
    assert peak < 24 << 20


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "sub" / "deep").mkdir(parents=True)
    shutil.copy(FAILED, folder / "z.provlog")
    shutil.copy(LOGS / "edge_nested.provlog", folder / "sub" / "deep" / "a.log")
    shutil.copy(PRODUCTS / "irf.fits", folder / "sub")
    (folder / "notes.txt").write_text("notes")
    (folder / "blank").write_text("")
    return folder


def test_a_folder_with_strangers(tmp_path: Path, store: Store) -> None:
    folder, strangers = folder_of(tmp_path), []
    observer = SimpleNamespace(pass_over=lambda source: strangers.append(source.path.name))
    reports = loaded(store, folder, observer=observer)
    assert [(report.source, report.status) for report in reports] == [
        (str(folder / "sub" / "deep" / "a.log"), "loaded"),
        (str(folder / "z.provlog"), "loaded"),
    ]
    assert sorted(strangers) == ["blank", "irf.fits", "notes.txt"]
    again = loaded(store, folder)
    assert [report.status for report in again] == ["unchanged", "unchanged"]


def test_a_folder_with_none_of_ours(tmp_path: Path, store: Store) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    report = only(loaded(store, tmp_path))
    assert (report.source, report.status, report.load) == (str(tmp_path), "refused", None)
    assert "2 files" in report.problems[0].what
    assert "ctapipe" in report.problems[0].what


def test_an_empty_folder(tmp_path: Path, store: Store) -> None:
    report = only(loaded(store, tmp_path))
    assert (report.source, report.status) == (str(tmp_path), "refused")


def test_a_damaged_log_in_a_folder_is_partial(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path)
    shutil.copy(LOGS / "edge_truncated.provlog", folder)
    assert sorted(report.status for report in loaded(store, folder)) == [
        "loaded",
        "loaded",
        "partial",
    ]


def test_a_folder_named_twice_is_the_same_graph(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    assert (
        digest_of(folder, folder)
        == digest_of(folder)
        == digest_of(folder, f"{folder}/", folder / "sub")
    )


def test_standard_input(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(FAILED.read_bytes())))
    report = only(loaded(store, "-"))
    assert (report.source, report.status, report.activities) == ("-", "loaded", 5)
    assert report.sha256 == hashlib.sha256(FAILED.read_bytes()).hexdigest()
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(FAILED.read_bytes())))
    )
    assert only(loaded(store, "-")).status == "loaded"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    assert only(loaded(store, "-")).status == "refused"


@pytest.mark.parametrize("as_descriptor", [True, False])
def test_a_pipe_that_is_named(as_descriptor: bool, tmp_path: Path, store: Store) -> None:
    """As ``mkfifo`` makes one, and as a shell gives it for ``<(command)``."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.write_bytes(FAILED.read_bytes()))
    writer.start()
    with ExitStack() as stack:
        name = (
            f"/dev/fd/{stack.enter_context(pipe.open('rb')).fileno()}"
            if as_descriptor
            else str(pipe)
        )
        assert only(loaded(store, name)).status == "loaded"
    writer.join()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_never_waited_for(
    make: Callable[[Path], None], tmp_path: Path, store: Store
) -> None:
    make(tmp_path / "odd")
    report = only(list(load(store, [Source("odd", tmp_path / "odd")])))
    assert (report.status, report.problems[0].what) == (
        "refused",
        "is a device or a pipe, not a file",
    )


def test_a_log_whose_first_key_is_long_is_recognised(tmp_path: Path, store: Store) -> None:
    assert (
        only(loaded(store, log(tmp_path, "x", {"note": "x" * 20_000, **record("A")}))).status
        == "loaded"
    )


# --- again, elsewhere, otherwise
# --------------------------------------------------------------------------------------


def test_a_second_load_is_unchanged(tmp_path: Path, store: Store) -> None:
    first = only(loaded(store, FAILED))
    before = digest(store.scan())
    shutil.copy(FAILED, tmp_path / "copy")
    for name in (FAILED, tmp_path / "copy"):
        report = only(loaded(store, name))
        assert (report.source, report.status, report.load) == (str(name), "unchanged", first.load)
        assert (report.activities, report.relations, report.is_clean) == (5, 6, True)
    assert digest(store.scan()) == before
    assert len(list(store.loads())) == 1


def test_another_namespace_is_another_file(tmp_path: Path, store: Store) -> None:
    path = log(tmp_path, "x", record("A", output=[entry("/data/x")]))
    loaded(store, path)
    report = only(loaded(store, path, namespace="wn"))
    assert report.status == "loaded"
    assert [kept.namespace for kept in store.loads()] == ["default", "wn"]
    # The run is one, and its file of that base name is one (rule 9).
    assert store.stats()["activities"] == 1
    assert find(store, "/data/x").id == find(store, "file://wn/data/x").id


@pytest.mark.parametrize("namespace", ["", "a/b", "a b", "a@b", "a\nb", "\udcff", "a\0b"])
def test_a_namespace_must_be_a_word(namespace: str, store: Store) -> None:
    with pytest.raises(SettingsError):
        loaded(store, FAILED, namespace=namespace)


def test_the_format_may_be_said(store: Store) -> None:
    assert only(loaded(store, FAILED, format_name="ctapipe")).status == "loaded"
    assert only(loaded(store, PRODUCTS / "irf.fits", format_name="ctapipe")).status == "refused"
    with pytest.raises(SettingsError, match="ctapipe"):
        loaded(store, FAILED, format_name="nonsense")


@pytest.mark.slow
def test_two_processes_give_the_same_graph(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    shutil.copy(LOGS / "edge_truncated.provlog", folder)
    alone, together = open_sqlite("sqlite://"), open_sqlite("sqlite://")
    names = (
        folder,
        tmp_path / "missing",
        LOGS / "edge_overwrite.provlog",
        LOGS / "run00001.provlog",
    )
    one, two = loaded(alone, *names), loaded(together, *names, jobs=2)
    assert digest(alone.scan()) == digest(together.scan())
    assert [(r.source, r.status, r.problems, r.activities) for r in one] == [
        (r.source, r.status, r.problems, r.activities) for r in two
    ]


@pytest.mark.parametrize("batch", [1, 3])
def test_the_size_of_transactions_never_matters(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        LOGS / f"{name}.provlog"
        for name in ("edge_overwrite", "edge_nested", "edge_context", "edge_failed")
    ]
    expected = digest_of(*names)
    limit_batches(batch, monkeypatch)
    assert digest_of(*names) == digest_of(*reversed(names)) == expected


# --- a store that fails
# ------------------------------------------------------------------------------------------


class _FailingStore:
    """A store that goes away when the n-th changes are written, and stays away."""

    def __init__(self, store: Store, fails_at: int) -> None:
        self._store = store
        self._left = fails_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        with self._store.writing() as transaction:
            yield _FailingTransaction(transaction, self)

    def written(self) -> None:
        self._left -= 1
        if self._left <= 0:
            raise UnreachableError("gone")


class _FailingTransaction:
    def __init__(self, transaction: Transaction, store: _FailingStore) -> None:
        self._transaction = transaction
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        self._transaction.apply(changes, touched)
        self._store.written()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.0)


@pytest.mark.usefixtures("impatient")
def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    before = digest(store.scan())
    with pytest.raises(UnreachableError):
        loaded(cast("Store", _FailingStore(store, 1)), FAILED)
    assert digest(store.scan()) == before
    assert not any(store.stats().values())
    with pytest.raises(NotFoundError):
        find(store, "620db51e-60aa-4e38-ba0c-565ce10111f2")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fails_at", [1, 2, 3, 4, 5])
def test_a_load_that_broke_off_is_there_as_a_whole_or_not_at_all(
    fails_at: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (FAILED, LOGS / "edge_overwrite.provlog")
    expected = digest_of(*names)
    limit_batches(2, monkeypatch)
    reports = load(cast("Store", _FailingStore(store, fails_at)), map(str, names))
    done: list[Report] = []
    with pytest.raises(UnreachableError):
        done.extend(reports)
    complete = [kept.source for kept in store.loads()]
    assert [report.source for report in done] == complete
    assert digest(store.scan()) == digest_of(*map(Path, complete))
    again = loaded(store, *names)
    assert [report.status for report in again] == [
        "unchanged" if str(name) in complete else "loaded" for name in names
    ]
    assert digest(store.scan()) == expected


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fails_at", [4, 6], ids=["much is left", "little is left"])
def test_a_load_that_goes_on_loses_no_record_and_no_problem(
    fails_at: int, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.provlog"
    path.write_text(
        '{"activity_name": "without id"}\n' + FAILED.read_text(encoding="utf-8"), encoding="utf-8"
    )
    limit_batches(2, monkeypatch)
    monkeypatch.setattr(store, "limits", StoreLimits(documents=2))
    with pytest.raises(UnreachableError):
        loaded(cast("Store", _FailingStore(store, fails_at)), path)
    [begun] = store.loads()
    assert begun.status == "unfinished"
    report = only(loaded(store, path))
    [record] = store.loads()
    assert (record.id, record.status) == (begun.id, "partial")
    assert report.status == "partial"
    assert [(each.where, each.what) for each in report.problems] == list(record.problems)
    assert len(record.problems) == 1
    assert digest(store.scan()) == digest_of(path)


def test_the_store_is_waited_for_when_sources_are_looked_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is done now and then in a long load, not at its beginning only."""

    class AwayForAMoment(_FailingStore):
        def writing(self) -> Any:
            return self._store.writing()

        def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
            self._left -= 1
            if self._left == 0:
                raise UnreachableError("gone")
            return self._store.loads_of(sha256s, namespace)

    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.0)
    monkeypatch.setattr(loading, "AT_ONCE", 1)
    names = (FAILED, LOGS / "edge_overwrite.provlog")
    assert [
        report.status for report in loaded(cast("Store", AwayForAMoment(store, 2)), *names)
    ] == ["loaded"] * 2


def test_a_store_that_comes_back_is_waited_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the answer to a commit was lost: the load is one, and all of it is there once."""

    class LostAnswer(_FailingStore):
        @contextmanager
        def writing(self) -> Iterator[Any]:
            with self._store.writing() as transaction:
                yield transaction
            self._left -= 1
            if self._left >= 0:
                raise UnreachableError("the answer was lost")

    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.0)
    [report] = loaded(cast("Store", LostAnswer(store, 2)), FAILED)
    assert report.status == "loaded"
    assert [kept.id for kept in store.loads()] == [report.load]
    assert digest(store.scan()) == digest_of(FAILED)


@pytest.mark.parametrize("depth", [90, 400, 600, 900, 5000])
@pytest.mark.parametrize("text", ["", "\\ud800"])
def test_deep_nesting_never_crashes(depth: int, text: str, tmp_path: Path, store: Store) -> None:
    deep = json.dumps(record("A"))[:-1] + ', "x": ' + "[" * depth + f'"{text}"' + "]" * depth + "}"
    (tmp_path / "x").write_text(f"[{deep}, {json.dumps(record('B'))}]")
    report = only(loaded(store, tmp_path / "x"))
    assert report.activities + len(report.problems) == 2
    if report.status == "loaded":
        json.dumps(find(store, "A").shown_attributes)


def test_a_load_leaves_the_garbage_collector_as_it_was(
    store: Store, thresholds: tuple[int, int, int]
) -> None:
    reports = load(store, [str(FAILED), str(FAILED)])
    next(reports)
    assert gc.get_threshold()[0] > thresholds[0]
    reports.close()  # type: ignore[attr-defined]
    assert gc.get_threshold() == thresholds
