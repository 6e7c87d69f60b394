"""Writing loads: what was planned on a view is planned anew when another load overtook it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provgraph import __version__
from provgraph.ingest import writing
from provgraph.ingest.deciding import integration
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.model.records import Agent, Document, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.questions.tracing import find
from provgraph.store import journal
from provgraph.store.digest import digest
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import Changes
from provgraph.store.registry import open_store
from tests.loaders.examples import record


def log(path: Path, name: str, hour: int, **files: Sequence[str]) -> Path:
    """A log with one run, which took a second, and the files that it read and wrote."""
    listed = {side: [{"url": url, "role": "file"} for url in urls] for side, urls in files.items()}
    times = {
        "start": {"time_utc": f"2026-11-21T{hour:02}:00:00.000"},
        "stop": {"time_utc": f"2026-11-21T{hour:02}:00:01.000"},
    }
    path.write_text(json.dumps([record(name, **listed, **times)]))
    return path


def only(store: Store, path: Path) -> Report:
    (report,) = load(store, [str(path)])
    return report


def one_after_the_other(paths: Sequence[Path]) -> str:
    """The digest of a store that has loaded the logs one by one."""
    with closing(open_store("sqlite://")) as store:
        for path in paths:
            only(store, path)
        return digest(store.scan())


def between_plan_and_commit(
    store: Store, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[object]:
    """Have something done after the store's next plan is made and before its transaction begins."""
    begin = store.writing
    done: list[object] = []

    @contextmanager
    def overtaken() -> Iterator[Transaction]:
        if not done:
            done.append("begun")
            done.append(work())
        with begin() as transaction:
            yield transaction

    monkeypatch.setattr(store, "writing", overtaken)
    return done


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The turns of the stores on which plans were made, by all writers of this process."""
    made: list[int] = []
    whole = integration.plan_changes

    def noted(facts: Any, documents: Any, **options: Any) -> Any:
        made.append(facts.turn)
        return whole(facts, documents, **options)

    monkeypatch.setattr(writing, "plan_changes", noted)
    monkeypatch.setattr(integration, "plan_changes", noted)
    return made


@pytest.fixture
def other(store: Store, store_url: str) -> Iterator[Store]:
    """A second writer to the same store; a store in memory has one connection for both."""
    if store_url == "sqlite://":
        yield store
    else:
        with closing(open_store(store_url)) as opened:
            yield opened


def test_an_overtaken_plan_is_made_anew(
    tmp_path: Path, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader's plan says: an external file, for no run has written there.

    Then another writer commits the run that wrote the file.
    """
    reader = log(tmp_path / "reader.provlog", "R", 9, input=["/data/x.h5"], output=["/data/y.h5"])
    maker = log(tmp_path / "maker.provlog", "M", 8, output=["/data/x.h5"])
    done = between_plan_and_commit(store, lambda: only(other, maker), monkeypatch)
    assert only(store, reader).status == "loaded"
    assert done
    assert find(store, "/data/x.h5").id == "file:/data/x.h5@M"
    assert digest(store.scan()) == one_after_the_other([maker, reader])


def test_an_overtaken_plan_about_the_same_run_is_made_anew(
    tmp_path: Path, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sources say different things of one run: both are kept."""
    paths = [tmp_path / "first.provlog", tmp_path / "second.provlog"]
    for path, version in zip(paths, ("1.0", "2.0"), strict=True):
        path.write_text(json.dumps([record("A", status=version)]))
    between_plan_and_commit(store, lambda: only(other, paths[1]), monkeypatch)
    only(store, paths[0])
    assert digest(store.scan()) == one_after_the_other(paths)


def test_a_plan_that_nothing_concerns_is_written_as_it_is(
    tmp_path: Path,
    store: Store,
    other: Store,
    plans: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = log(tmp_path / "mine.provlog", "R", 9, output=["/data/mine.h5"])
    theirs = log(tmp_path / "theirs.provlog", "M", 8, output=["/data/theirs.h5"])
    between_plan_and_commit(store, lambda: only(other, theirs), monkeypatch)
    only(store, mine)
    assert len(plans) == 2
    assert digest(store.scan()) == one_after_the_other([theirs, mine])


def hurry(store: Store, turns: int) -> None:
    """Commit so many transactions that concern nobody."""
    for number in range(turns):
        with store.writing() as transaction:
            transaction.apply(Changes(), [number.to_bytes(8, "big")])


@pytest.mark.parametrize(("turns", "makes_plans"), [(0, 0), (1, 1)])
def test_a_plan_older_than_the_kept_turns_is_made_anew(
    tmp_path: Path,
    store: Store,
    plans: list[int],
    turns: int,
    makes_plans: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody knows any more what the transactions wrote that came right after the plan."""
    mine = log(tmp_path / "mine.provlog", "R", 9, output=["/data/mine.h5"])
    before = log(tmp_path / "before.provlog", "B", 8, output=["/data/before.h5"])
    only(store, before)
    plans.clear()
    kept = journal.KEPT_TURNS
    between_plan_and_commit(store, lambda: hurry(store, kept + turns), monkeypatch)
    only(store, mine)
    assert len(plans) == 1 + makes_plans
    assert find(store, "/data/mine.h5").id == "file:/data/mine.h5@R"


@pytest.mark.parametrize(("most", "makes_plans"), [(100, 0), (1, 1)])
def test_a_plan_is_made_anew_when_another_transaction_wrote_too_much_to_be_marked(
    tmp_path: Path,
    store: Store,
    plans: list[int],
    most: int,
    makes_plans: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = log(tmp_path / "mine.provlog", "R", 9, output=["/data/mine.h5"])

    def write_two_marks() -> None:
        with monkeypatch.context() as patch, store.writing() as transaction:
            patch.setattr(journal, "MOST_MARKS", most)
            transaction.apply(Changes(), [b"mark %3d" % number for number in range(2)])

    between_plan_and_commit(store, write_two_marks, monkeypatch)
    only(store, mine)
    assert len(plans) == 1 + makes_plans


# Which loads leave nothing to do.


def rewrite_load(store: Store, **changed: Any) -> None:
    """Change what the store's only load record says."""
    (kept,) = store.loads()
    with store.writing() as transaction:
        transaction.apply(Changes(loads=[replace(kept, **changed)]), ())


def test_what_an_older_version_could_not_read_is_read_again(tmp_path: Path, store: Store) -> None:
    """The newer version may be able to read it."""
    path = tmp_path / "cut.provlog"
    path.write_text(json.dumps([record("A"), record("B")], indent=3)[:-40])
    first = only(store, path)
    assert first.status == "partial"
    rewrite_load(store, version="0.0.1")
    again = only(store, path)
    assert (again.status, again.load == first.load) == ("partial", False)
    assert [each.version for each in store.loads()] == ["0.0.1", __version__]


def test_what_an_older_version_loaded_whole_is_not_read_again(tmp_path: Path, store: Store) -> None:
    path = log(tmp_path / "whole.provlog", "A", 8)
    only(store, path)
    rewrite_load(store, version="0.0.1")
    assert only(store, path).status == "unchanged"
    assert store.stats()["loads"] == 1


# --- batches


def read_of(run: str, number: int) -> Mention:
    return Mention(run, RelationType.USED, identifier=f"prov:{number}", source="prov")


def test_what_documents_say_of_the_files_of_one_run_becomes_one_document() -> None:
    reads = [read_of(run, number) for number in range(2) for run in "AB"]
    named = Document(Run("A", {"name": ("tool",)}))
    documents = [*(Document(Run(each.run, {}), (each,)) for each in reads), named]
    assert writing.by_run(documents) == [
        named,
        Document(Run("A", {}), (reads[0], reads[2])),
        Document(Run("B", {}), (reads[1], reads[3])),
    ]


def test_a_record_with_very_many_files_is_taken_in_portions() -> None:
    reads = tuple(read_of("A", number) for number in range(2_500))
    document = Document(Run("A", {"name": ("tool",)}), reads, config_files=("file:/c",), end=7)
    first, *more = portions = list(writing.in_portions([document]))
    assert (first.run, first.config_files) == (document.run, document.config_files)
    assert all(each.run == Run("A", {}) and not each.config_files for each in more)
    assert [mention for each in portions for mention in each.mentions] == list(reads)
    assert max(len(each.mentions) for each in portions) <= 1_000
    assert [each.end for each in portions if each.end is not None] == [7] == [portions[-1].end]


@pytest.mark.parametrize("length", [10, 1_000_000])
def test_a_batch_takes_as_much_as_memory_allows(length: int) -> None:
    agent = Agent("A", attributes={"text": ("x" * length,)})
    documents = iter([Document(agents=(agent,))] * 100)
    first, size = writing.next_batch(documents, 32 << 20)
    assert len(first) == (100 if length == 10 else 34)
    assert (size >= 32 << 20) is (length > 10)
    rest, _ = writing.next_batch(documents, 32 << 20)
    assert len(rest) == min(34, 100 - len(first))
