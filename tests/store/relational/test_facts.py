"""What a view shows, and loads as rows; the contract suite and the journal's tests say more."""

from dataclasses import replace
from types import SimpleNamespace

from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import Document, Mention, Run
from provgraph.model.vocabulary import RelationType
from provgraph.store.records import Assertion, Changes, LoadRecord
from provgraph.store.relational.facts import assertion_of, assertion_row
from provgraph.store.relational.store import RelationalStore

MADE, USED = RelationType.WAS_GENERATED_BY, RelationType.USED


def put(store: RelationalStore, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def test_plain_reads_and_structural_mentions_share_nothing(store: RelationalStore) -> None:
    names = (
        Mention("r", USED, None, "file:/x", None, "log"),
        Mention("r", MADE, None, "file:/x", None, "log"),
    )
    put(store, Document(run=Run("r", {}), mentions=names))
    with store.viewing() as view:
        plain = [each.mention for each in view.plain_reads(["file:/x"])]
        structural = [each.mention for each in view.structural_mentions(["file:/x"], [])]
        assert (plain, structural) == ([names[0]], [names[1]])
        assert len(view.mentions_of(["r"])) == 2


def test_a_view_of_an_empty_store(store: RelationalStore) -> None:
    with store.viewing() as view:
        assert (view.turn, view.settled, view.is_snapshot) == (0, 0, True)
        assert view.runs(["r"]) == {}
        assert list(view.journal_from(0)) == []


def test_more_keys_than_one_statement_takes(store: RelationalStore) -> None:
    put(store, *(Document(run=Run(f"r{n}", {})) for n in range(1_500)))
    with store.viewing() as view:
        assert len(view.runs([f"r{n}" for n in range(3_000)])) == 1_500


def test_times_are_those_of_the_facts(store: RelationalStore) -> None:
    put(store, Document(run=Run("r", {"startTime": ("2026-01-01T00:00:00.000",)})))
    with store.viewing() as view:
        times = view.times(["r", "unknown"])
    assert list(times) == ["r"]
    assert (times["r"].start, times["r"].end) == ("2026-01-01T00:00:00.000", None)


LOAD = LoadRecord(
    id="l",
    source="/x.log",
    format="ctapipe",
    namespace="default",
    sha256="ab",
    time="2026-01-01T00:00:00.000",
    version="1",
    status="partial",
    counts={"activities": 2},
    problems=(("line 1", "no JSON"),),
    size=1 << 40,
    read_to=1 << 33,
    continues="k",
    agent="token night",
)


def test_a_load_comes_back_the_same(store: RelationalStore) -> None:
    other = replace(LOAD, id="m", read_to=None, continues=None, agent=None, problems=(), counts={})
    with store.writing() as transaction:
        transaction.apply(Changes(loads=[LOAD, other]), ())
    assert store.loads() == [LOAD, other]


def test_an_assertion_comes_back_the_same() -> None:
    assertion = Assertion(b"s" * 16, b"l" * 16, 3, b"content")
    assert assertion_of(SimpleNamespace(**assertion_row(assertion))) == assertion  # type: ignore[arg-type]
