"""The journal, and what a mirror reads: alike in every store; and the marks of facts."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.forgetting import forget
from provgraph.ingest.loading import load
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import DescriptionType, EntityType, Kind, RelationType
from provgraph.store.journal import (
    Journaled,
    ReadRecorder,
    Subject,
    Subjects,
    TouchedMarks,
    mark,
    marks_in,
    marks_of_changes,
    new_mark,
    subjects_in,
)
from provgraph.store.protocol import Store
from provgraph.store.records import (
    Changes,
    EntityRecord,
    JournalEntry,
    LoadRecord,
    Removals,
    StoredMention,
)
from provgraph.store.registry import open_store
from provgraph.store.views import Facts
from tests.conftest import LOGS

MADE = RelationType.WAS_GENERATED_BY
SETTINGS = Settings("Tool", {"Tool.cut": 1.5, "Tool.none": None})


def since(store: Store, turn: int) -> Subjects:
    with store.viewing() as view:
        entries = list(view.journal_from(turn + 1))
        assert [entry.turn for entry in entries] == list(range(turn + 1, view.turn + 1))
    assert len({entry.mark for entry in entries}) == len(entries)
    return {kind: ids for kind, ids in subjects_in(entries).items() if ids}


def turn_of(store: Store) -> int:
    with store.viewing() as view:
        return view.turn


def put(store: Store, *documents: Document) -> Subjects:
    before = turn_of(store)
    with store.writing() as transaction:
        integrate(transaction, documents)
    return since(store, before)


def made(run: str, place: str, identifier: str | None = None, source: str = "log") -> Document:
    facts = {"name": ("tool",), "startTime": ("2026-01-01T00:00:00.000",)}
    return Document(Run(run, facts), (Mention(run, MADE, "data", place, identifier, source),))


def file_record(name: str) -> EntityRecord:
    return EntityRecord(name, EntityType.DATASET, (name,), (), None, None, None, {})


def test_a_transaction_leaves_the_subjects_that_it_may_have_changed(store: Store) -> None:
    document = Document(
        run=Run("a", {"name": ("tool",)}),
        mentions=(Mention("a", MADE, "data", "file:/x", "product:P"),),
        entities=(StatedEntity("product:P", {"header": (1,)}),),
        settings=(SETTINGS,),
        config_files=("file:/c.yaml",),
    )
    assert put(store, document) == {
        Subject.ACTIVITY: {"a"},
        Subject.ENTITY: {"product:P"},
        Subject.STATED: {"product:P"},
        Subject.SETTINGS: {SETTINGS.key.hex()},
    }


def test_a_relation_counts_for_both_its_ends_by_the_names_that_it_gives_them(store: Store) -> None:
    attributed = StatedRelation(
        RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "guid:G"), End(Kind.AGENT, "CTAO")
    )
    found = put(
        store, Document(agents=(Agent("CTAO", "CTA Observatory"),), relations=(attributed,))
    )
    assert found[Subject.AGENT] == {"CTAO"}
    assert found[Subject.NAME] == found[Subject.ENTITY] == {"guid:G"}


def test_an_entity_that_becomes_another_one_counts_with_its_runs(store: Store) -> None:
    put(store, made("a", "file:/x"))
    found = put(store, made("a", "lfn:/cta/x", "guid:G", "catalogue"))
    assert found[Subject.ENTITY] == {"file:/x@a", "guid:G"}
    assert found[Subject.ACTIVITY] == {"a"}


def test_what_is_forgotten_counts(store: Store) -> None:
    (report,) = load(store, [str(LOGS / "train_energy.provlog")])
    assert report.load
    before = turn_of(store)
    with store.viewing() as view:
        known = {kind: set(view.subjects(kind, "", 1000).ids) for kind in list(Subject)[:-1]}
    forget(store, report.load)
    found = since(store, before)
    assert {kind: ids - found.get(kind, set()) for kind, ids in known.items()} == {
        kind: set() for kind in known
    }


def test_each_part_of_a_change_counts_by_itself() -> None:
    """Both what comes and what goes: a mirror reads no record that is not named."""
    related = StatedRelation(
        RelationType.IS_DESCRIBED_BY, End(Kind.ACTIVITY, "run 5"), End(Kind.AGENT, "agent 2")
    )
    between = StatedRelation(
        RelationType.WAS_DERIVED_FROM, End(Kind.ENTITY, "name 1"), End(Kind.ENTITY, "name 2")
    )
    comes = Changes(
        runs=[Run("run 1", {})],
        mentions=[StoredMention(Mention("run 2", MADE))],
        entities=[file_record("entity 1")],
        stated=[StatedEntity("stated 1")],
        agents=[Agent("agent 1")],
        descriptions=[Description("description 1", DescriptionType.ENTITY)],
        relations=[related, between],
        settings_of=[("run 3", b"1")],
        config_files_of=[("run 4", "file:/c")],
    )
    goes = Changes(
        removals=Removals(
            runs=["run 1"],
            mentions=[Mention("run 2", MADE)],
            entities=["entity 1"],
            stated=["stated 1"],
            agents=["agent 1"],
            descriptions=[End(Kind.ENTITY_DESCRIPTION, "description 1")],
            relations=[related, between],
            settings_of=[("run 3", b"1")],
            config_files_of=[("run 4", "file:/c")],
        )
    )
    for changes in (comes, goes):
        journaled = Journaled()
        journaled.note(changes)
        assert subjects_in([JournalEntry(1, b"", journaled.packed())]) == {
            Subject.ACTIVITY: {f"run {number}" for number in range(1, 6)},
            Subject.ENTITY: {"entity 1"},
            Subject.STATED: {"stated 1"},
            Subject.AGENT: {"agent 1", "agent 2"},
            Subject.ENTITY_DESCRIPTION: {"description 1"},
            Subject.SETTINGS: {b"1".hex()},
            Subject.NAME: {"name 1", "name 2"},
        }


def test_bookkeeping_alone_is_no_turn(store: Store) -> None:
    counts = dict.fromkeys(("activities", "entities", "agents", "relations"), 0)
    with store.writing() as transaction:
        done = LoadRecord(
            "1", "x", "ctapipe", "default", "00", "2026-01-01T00:00:00.000", "0", "loaded", counts
        )
        transaction.apply(Changes(loads=[done]), ())
    assert turn_of(store) == 0


def test_a_transaction_that_fails_leaves_no_entry(store: Store) -> None:
    def fail() -> Iterator[None]:
        with store.writing() as transaction:
            integrate(transaction, [made("a", "file:/x")])
            raise RuntimeError
        yield

    with pytest.raises(RuntimeError):
        list(fail())
    assert since(store, 0) == {}


def test_what_a_view_shows_of_subjects(store: Store) -> None:
    derived = StatedRelation(
        RelationType.WAS_DERIVED_FROM,
        End(Kind.ENTITY, "guid:G"),
        End(Kind.ENTITY, "guid:H"),
        attributes={"a": (1,)},
    )
    document = made("a", "file:/x=", "product:P")
    put(
        store,
        Document(
            document.run, document.mentions, settings=(SETTINGS,), config_files=("file:/c.yaml",)
        ),
    )
    put(store, Document(relations=(derived,)), made("a", "lfn:/cta/x=", "guid:G", "catalogue"))
    with store.viewing() as view:
        assert view.settings_of(["a", "unknown"]) == {"a": [SETTINGS.key.hex()]}
        assert view.settings([SETTINGS.key.hex(), "00" * 16]) == {SETTINGS.key.hex(): SETTINGS}
        assert view.config_files_of(["a"]) == {"a": ["file:/c.yaml"]}
        assert view.bearers(["guid:G"]) == {"product:P"}
        for entity in ("product:P", "guid:H"):
            (found,) = view.relations_of(Kind.ENTITY, [entity])
            assert (found.relation, found.source, found.target) == (derived, "product:P", "guid:H")


def test_subjects_come_in_pages(store: Store) -> None:
    put(store, *(made(f"run {n}", f"file:/{n}") for n in range(7)))
    with store.viewing() as view:
        found, after = [], ""
        while True:
            page = view.subjects(Subject.ENTITY, after, 3)
            assert len(page.ids) <= 3
            found += page.ids
            if page.after is None:
                break
            after = page.after
    assert sorted(found) == [f"file:/{n}@run {n}" for n in range(7)]


def test_descriptions_count(store: Store) -> None:
    description = Description("tool_1", DescriptionType.ACTIVITY, {"version": ("1",)})
    related = StatedRelation(
        RelationType.IS_DESCRIBED_BY, End(Kind.ACTIVITY, "a"), description.as_end
    )
    found = put(store, Document(descriptions=(description,), relations=(related,)))
    assert found == {Subject.ACTIVITY: {"a"}, Subject.ACTIVITY_DESCRIPTION: {"tool_1"}}
    with store.viewing() as view:
        assert view.subjects(Subject.ACTIVITY_DESCRIPTION, "", 9).ids == ["tool_1"]
        assert view.subjects(Subject.ENTITY_DESCRIPTION, "", 9).ids == []
        (relation,) = view.relations_of(Kind.ACTIVITY, ["a"])
        assert (relation.source, relation.target) == ("a", "tool_1")


def test_the_mark_of_a_turn_is_too_long_to_be_drawn_twice() -> None:
    assert len({new_mark() for _ in range(100)}) == 100
    assert len(new_mark()) == 16


READ = Mention("R", RelationType.USED, "in", "file:/data/a", None, "log")
DESCRIPTION = End(Kind.ENTITY_DESCRIPTION, "D")


@pytest.fixture
def one_run() -> Iterator[Store]:
    """A store that knows one run, what it read, an agent and a description."""
    document = Document(
        run=Run("R", {"name": ("tool",)}),
        mentions=(READ,),
        agents=(Agent("A"),),
        descriptions=(Description("D", DescriptionType.ENTITY),),
    )
    with closing(open_store("sqlite://")) as opened:
        with opened.writing() as transaction:
            integrate(transaction, [document])
        yield opened


#: A question each, and the mark of what it looks at.
QUESTIONS: dict[str, tuple[Callable[[Facts], Any], bytes]] = {
    "runs": (lambda facts: facts.runs(["R"]), mark("run", "R")),
    "mentions of runs": (lambda facts: facts.mentions_of(["R"]), mark("mentions", "R")),
    "mentions beside new ones": (
        lambda facts: facts.mentions_beside({"R": [READ]}),
        mark("mentions", "R"),
    ),
    "mentions by name": (
        lambda facts: facts.structural_mentions(["file:/data/a"], ()),
        mark("name", "file:/data/a"),
    ),
    "plain reads": (
        lambda facts: facts.plain_reads(["file:/data/a"]),
        mark("plain", "file:/data/a"),
    ),
    "times": (lambda facts: facts.times(["R"]), mark("run", "R")),
    "what is stated": (lambda facts: facts.stated(["x"]), mark("stated", "x")),
    "agents": (lambda facts: facts.agents(["A"]), mark("agent", "A")),
    "descriptions": (
        lambda facts: facts.descriptions([DESCRIPTION]),
        mark(DESCRIPTION.kind, "D"),
    ),
    "entities": (lambda facts: facts.entities(["file:/data/a"]), mark("entity", "file:/data/a")),
}


@pytest.mark.parametrize(("ask", "expected"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered_and_marked(
    ask: Callable[[Facts], Any], expected: bytes, one_run: Store
) -> None:
    with one_run.viewing() as view:
        recorder = ReadRecorder(view)
        assert ask(recorder) == ask(view)
        assert recorder.marks == {expected}


def test_a_question_that_finds_nothing_is_marked_too(one_run: Store) -> None:
    with one_run.viewing() as view:
        recorder = ReadRecorder(view)
        assert recorder.runs(["new"]) == {}
        assert recorder.marks == {mark("run", "new")}


def test_facts_of_other_kinds_or_names_have_other_marks() -> None:
    assert len({mark("run", "x"), mark("agent", "x"), mark("run", "y")}) == 3


def test_the_marks_of_turns_come_back() -> None:
    first, second = TouchedMarks(), TouchedMarks()
    first.update({mark("run", name) for name in "AB"})
    first.update({mark("run", "C")})
    marks = marks_in([first.packed(), second.packed()])
    assert marks == frozenset(mark("run", name) for name in "ABC")
    assert (bool(first), bool(second)) == (True, False)


def test_of_too_many_marks_it_is_known_that_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provgraph.store.journal.MOST_MARKS", 2)
    turn = TouchedMarks()
    turn.update({mark("run", "A"), mark("run", "B")})
    assert turn.packed() is not None
    for name in "CD":
        turn.update({mark("run", name)})
        assert (turn.packed(), bool(turn)) == (None, True)
    assert marks_in([b"", turn.packed()]) is None


def test_a_change_of_a_mention_concerns_who_asked_for_its_run_or_its_names() -> None:
    """A read by path alone changes no other file: it concerns those that look at the place."""
    read = StoredMention(Mention("R", RelationType.USED, "in", "file:/data/a", None, "log"))
    assert marks_of_changes(Changes(mentions=[read]), ()) == {
        mark("mentions", "R"),
        mark("plain", "file:/data/a"),
    }
    wrote = StoredMention(
        Mention("R", RelationType.WAS_GENERATED_BY, "out", "file:/data/a", None, "log")
    )
    assert mark("name", "file:/data/a") in marks_of_changes(Changes(mentions=[wrote]), ())


def test_whatever_comes_or_goes_is_marked() -> None:
    read = Mention("R", RelationType.USED, None, "file:/read")
    named = Mention("W", MADE, None, "file:/made", "product:P")
    described = Description("D", DescriptionType.ENTITY)
    comes = Changes(
        runs=[Run("run", {})],
        mentions=[StoredMention(read)],
        entities=[file_record("entity")],
        stated=[StatedEntity("stated")],
        agents=[Agent("agent")],
        descriptions=[described],
    )
    goes = Changes(
        removals=Removals(
            runs=["run"],
            mentions=[read],
            entities=["entity"],
            stated=["stated"],
            agents=["agent"],
            descriptions=[described.as_end],
        )
    )
    marks = {mark(kind, kind) for kind in ("run", "entity", "stated", "agent")}
    marks |= {mark(Kind.ENTITY_DESCRIPTION, "D")}
    marks |= {mark("mentions", "R"), mark("plain", "file:/read")}
    assert marks_of_changes(comes, ()) == marks
    # A read that goes may leave its entity without a mention.
    assert marks_of_changes(goes, ()) == marks | {mark("name", "file:/read")}
    # So does a read that another source tells of, too.
    twin = Changes(mentions=[StoredMention(read, b"twin")])
    assert mark("name", "file:/read") in marks_of_changes(twin, ())
    decided = [(StoredMention(named), True), (StoredMention(read), False)]
    assert marks_of_changes(Changes(), decided) == {
        mark("mentions", "W"),
        mark("name", "file:/made"),
        mark("name", "product:P"),
        mark("mentions", "R"),
        mark("plain", "file:/read"),
    }


def test_what_goes_is_marked_as_what_comes() -> None:
    gone = Changes()
    gone.removals.runs, gone.removals.agents = ["R"], ["A"]
    assert marks_of_changes(gone, ()) == {mark("run", "R"), mark("agent", "A")}
