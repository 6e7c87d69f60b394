"""Marks tell whether what a plan was decided from has been written meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from provgraph.ingest.deciding.fact_marks import ReadRecorder, mark, marks_of_changes
from provgraph.ingest.deciding.integration import integrate
from provgraph.model.records import Agent, Description, Document, End, Mention, Run
from provgraph.model.vocabulary import DescriptionType, Kind, RelationType
from provgraph.store.protocol import Store
from provgraph.store.records import Changes, StoredMention
from provgraph.store.registry import open_store
from provgraph.store.views import Facts

READ = Mention("R", RelationType.USED, "in", "file:/data/a", None, "log")
DESCRIPTION = End(Kind.ENTITY_DESCRIPTION, "D")


@pytest.fixture
def store() -> Iterator[Store]:
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
    ask: Callable[[Facts], Any], expected: bytes, store: Store
) -> None:
    with store.viewing() as view:
        recorder = ReadRecorder(view)
        assert ask(recorder) == ask(view)
        assert recorder.marks == {expected}


def test_a_question_that_finds_nothing_is_marked_too(store: Store) -> None:
    with store.viewing() as view:
        recorder = ReadRecorder(view)
        assert recorder.runs(["new"]) == {}
        assert recorder.marks == {mark("run", "new")}


def test_facts_of_other_kinds_or_names_have_other_marks() -> None:
    assert len({mark("run", "x"), mark("agent", "x"), mark("run", "y")}) == 3


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


def test_what_goes_is_marked_as_what_comes() -> None:
    gone = Changes()
    gone.removals.runs, gone.removals.agents = ["R"], ["A"]
    assert marks_of_changes(gone, ()) == {mark("run", "R"), mark("agent", "A")}
