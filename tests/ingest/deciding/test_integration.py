"""Plans: what documents change, and whether what was planned may still be written."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from provgraph.ingest.deciding.integration import current_plan, integrate, plan_changes
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import AgentType, DescriptionType, Kind, RelationType
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store


def run(identifier: str, **facts: str) -> Document:
    return Document(run=Run(identifier, {key: (value,) for key, value in facts.items()}))


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(open_store("sqlite://")) as opened:
        yield opened


def write(store: Store, *documents: Document) -> None:
    with store.writing() as transaction:
        integrate(transaction, documents)


def test_what_is_known_already_changes_nothing(store: Store) -> None:
    write(store, run("A", name="tool"))
    with store.viewing() as view:
        assert not plan_changes(view, [run("A", name="tool")]).changes.runs
        assert plan_changes(view, [run("A", host="wn1")]).changes.runs == [
            Run("A", {"name": ("tool",), "host": ("wn1",)})
        ]


def test_values_that_differ_are_all_kept_and_told(store: Store) -> None:
    write(store, run("A", name="tool"))
    with store.viewing() as view:
        (found,) = plan_changes(view, [run("A", name="other")]).disagreements
    assert (found.run, found.fact, found.values) == ("A", "name", ("other", "tool"))


@pytest.mark.parametrize(("meanwhile", "is_kept"), [("A", False), ("B", True)])
def test_a_plan_is_kept_unless_somebody_wrote_what_it_was_decided_from(
    store: Store, meanwhile: str, is_kept: bool
) -> None:
    mine = [run("A", name="tool")]
    with store.viewing() as view:
        turn, early = view.settled, plan_changes(view, mine)
    write(store, run(meanwhile, name="other"))
    with store.writing() as transaction:
        planned = current_plan(transaction, early, turn, mine)
    assert (planned is early) is is_kept


def test_without_an_early_plan_one_is_made(store: Store) -> None:
    with store.writing() as transaction:
        planned = current_plan(transaction, None, transaction.turn, [run("A", name="tool")])
    assert [each.id for each in planned.changes.runs] == ["A"]
    assert not planned.reads.marks  # nobody can overtake it


def test_a_plan_that_is_written_at_once_notes_no_reads(store: Store) -> None:
    with store.writing() as transaction:
        planned = plan_changes(transaction, [run("A", name="tool")], is_written_at_once=True)
        assert planned.changes == plan_changes(transaction, [run("A", name="tool")]).changes
    assert not planned.reads.marks
    assert planned.touched


def test_only_what_a_run_has_one_of_can_disagree(store: Store) -> None:
    several: Attributes = {
        "prov.timeOfStart": ("1", "2"),
        "open.used": ("1", "2"),
        "http://example.org/n": (1, 2),
        "parameters": ({"a": 1}, {"a": 2}),
        "host": ("wn1", "wn2"),
        "version": ("1",),
    }
    with store.viewing() as view:
        found = plan_changes(view, [Document(run=Run("A", several))]).disagreements
    assert [each.fact for each in found] == ["host"]


def everything(number: int, name: str | None, kind: DescriptionType) -> Document:
    said: Attributes = {"n": (number,)}
    return Document(
        run=Run("A", said),
        agents=(Agent("me", name, AgentType.PERSON if name is None else None, said),),
        descriptions=(Description("d", kind, said),),
        entities=(StatedEntity("prov:x", said),),
    )


def test_what_is_said_again_is_joined_with_what_is_known(store: Store) -> None:
    write(store, everything(1, "I", DescriptionType.ENTITY))
    more = [
        everything(2, None, DescriptionType.ENTITY),
        everything(3, None, DescriptionType.DATASET),
    ]
    with store.viewing() as view:
        changes = plan_changes(view, more).changes
        again = plan_changes(view, [everything(1, "I", DescriptionType.ENTITY)]).changes
    said: Attributes = {"n": (1, 2, 3)}
    assert changes.runs == [Run("A", said)]
    assert changes.agents == [Agent("me", "I", AgentType.PERSON, said)]
    assert changes.descriptions == [Description("d", DescriptionType.DATASET, said)]
    assert changes.stated == [StatedEntity("prov:x", said)]
    assert [each.attributes for each in changes.entities] == [said]
    assert [again.runs, again.agents, again.descriptions, again.stated, again.entities] == [[]] * 5


def test_what_a_relation_alone_names_exists_and_what_is_known_of_it_stays(store: Store) -> None:
    entity, maker, agent = (
        End(kind, name)
        for kind, name in ((Kind.ENTITY, "prov:x"), (Kind.ACTIVITY, "A"), (Kind.AGENT, "me"))
    )
    described = End(Kind.ENTITY_DESCRIPTION, "d")
    related = Document(
        relations=(
            StatedRelation(RelationType.WAS_ATTRIBUTED_TO, entity, agent),
            StatedRelation(RelationType.WAS_ASSOCIATED_WITH, maker, agent),
            StatedRelation(RelationType.IS_DESCRIBED_BY, entity, described),
        )
    )
    with store.viewing() as view:
        changes = plan_changes(view, [related]).changes
    assert changes.relations == list(related.relations)
    assert changes.runs == [Run("A", {})]
    assert changes.agents == [Agent("me")]
    assert changes.descriptions == [Description("d", DescriptionType.ENTITY)]
    assert changes.stated == [StatedEntity("prov:x")]
    assert [each.id for each in changes.entities] == ["prov:x"]
    write(store, everything(1, "I", DescriptionType.DATASET))
    with store.viewing() as view:
        changes = plan_changes(view, [related]).changes
    assert [changes.runs, changes.agents, changes.descriptions, changes.stated] == [[]] * 4


def test_a_run_has_its_settings_and_those_of_other_documents(store: Store) -> None:
    own, other = Settings("Tool", {"a": 1}), b"k" * 16
    document = Document(
        run=Run("A", {}), settings=(own,), settings_keys=(other,), config_files=("file:/c",)
    )
    with store.viewing() as view:
        changes = plan_changes(view, [document, Document(settings=(own,))]).changes
    assert changes.settings == [own]
    assert changes.settings_of == [("A", own.key), ("A", other)]
    assert changes.config_files_of == [("A", "file:/c")]
