"""What one load says of each subject, and how what several loads say is joined."""

import zlib
from collections.abc import Collection
from contextlib import closing

import pytest

from provgraph.ingest.deciding.assertions import (
    AssertedFacts,
    join_agents,
    join_descriptions,
    join_entities,
    make_assertions,
    read_assertion,
    subject_of_entity,
    unasserted_documents,
)
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
    key_of,
)
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.store.records import Assertion, Changes
from provgraph.store.registry import open_store
from provgraph.store.typical import TYPICAL_ASSERTION


def test_what_is_asserted_of_a_run_comes_back_with_its_files() -> None:
    run = Run("R", {"name": ("tool",), "exit": (0,)})
    used = RelationType.USED
    read = Mention("R", used, "input", "file:/data/a", "product:1", "log", "2026", {"n": (1,)})
    named = StatedEntity("product:1", {"size": (1, 2)}, EntityType.PLAN)
    other = StatedEntity("prov:x")
    document = Document(
        run=run, mentions=(read,), config_files=("file:/c.yml",), entities=(named, other)
    )
    of_run, of_other = map(read_assertion, make_assertions("load", 7, [document]))
    assert (of_run.run, of_run.mentions, of_run.entities) == (run, (read,), (named,))
    assert of_run.config_files == ("file:/c.yml",)
    assert (of_other.run, of_other.entities) == (None, (other,))


@pytest.mark.parametrize("dictionary", [b"", TYPICAL_ASSERTION])
def test_assertions_of_before_are_read(dictionary: bytes) -> None:
    compressor = zlib.compressobj(zdict=dictionary) if dictionary else zlib.compressobj()
    said = compressor.compress(b'{"agents":[["A","x",null,{}]]}') + compressor.flush()
    stored = Assertion(b"A", b"L", 0, said)
    assert read_assertion(stored) == AssertedFacts(agents=(Agent("A", "x"),))


def test_parts_count_on_and_the_same_words_are_one_assertion() -> None:
    agent = Document(agents=(Agent("CTAO", "Observatory", AgentType.ORGANIZATION),))
    made = make_assertions("load", 7, [agent, Document(agents=(Agent("me"),)), agent])
    assert [each.part for each in made] == [7, 8]
    assert len({each.load for each in made}) == 1
    assert read_assertion(made[0]).agents == agent.agents


def test_a_relation_asserts_that_its_ends_exist() -> None:
    relation = StatedRelation(
        RelationType.WAS_ATTRIBUTED_TO,
        End(Kind.ENTITY, "prov:x"),
        End(Kind.AGENT, "CTAO"),
        "owner",
        "2026-01-01T00:00:00.000",
        {"n": (1,)},
    )
    found = [
        read_assertion(each)
        for each in make_assertions("load", 0, [Document(relations=(relation,))])
    ]
    assert [each.relations for each in found if each.relations] == [(relation,)]
    assert [each.agents for each in found if each.agents] == [(Agent("CTAO"),)]
    assert [each.entities for each in found if each.entities] == [(StatedEntity("prov:x"),)]


def test_what_several_relations_name_is_asserted_once() -> None:
    ends = [End(Kind.ENTITY, f"prov:{name}") for name in "xyz"]
    documents = [
        Document(relations=(StatedRelation(RelationType.WAS_DERIVED_FROM, ends[0], cause),))
        for cause in ends[1:]
    ]
    found = [read_assertion(each) for each in make_assertions("load", 0, documents)]
    assert sorted(entity.identifier for facts in found for entity in facts.entities) == [
        "prov:x",
        "prov:y",
        "prov:z",
    ]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 40_000, 1_000_000])
def test_assertions_of_any_length_come_back(size: int) -> None:
    agent = Agent("A", attributes={"text": ("ab" * size,)})
    (made,) = make_assertions("load", 0, [Document(agents=(agent,))])
    assert read_assertion(made).agents == (agent,)


def test_of_two_names_of_an_agent_the_smaller_is_shown_and_both_are_kept() -> None:
    one, other = Agent("x", "CTAO", AgentType.ORGANIZATION), Agent("x", "CTA Observatory")
    joined = join_agents(one, other)
    assert joined == join_agents(other, one)
    assert (joined.name, joined.type) == ("CTA Observatory", AgentType.ORGANIZATION)
    assert joined.attributes == {"name": ("CTA Observatory", "CTAO")}
    assert join_agents(None, one) == one
    assert join_agents(Agent("x"), Agent("x")) == Agent("x")


def test_of_two_kinds_the_finer_counts() -> None:
    plain, value = StatedEntity("x", {"a": (1,)}), StatedEntity("x", {"a": (2,)}, EntityType.VALUE)
    joined = join_entities(plain, value)
    assert joined == join_entities(value, plain)
    assert joined == StatedEntity("x", {"a": (1, 2)}, EntityType.VALUE)
    assert join_entities(value, StatedEntity("x", {}, EntityType.PLAN)).type is EntityType.PLAN
    coarse = Description("d", DescriptionType.ENTITY)
    dataset = Description("d", DescriptionType.DATASET)
    assert join_descriptions(dataset, coarse) == dataset
    fine = Description("d", DescriptionType.VALUE, {"unit": ("TeV",)})
    assert join_descriptions(coarse, fine) == join_descriptions(fine, coarse) == fine


def test_all_that_a_document_says_is_asserted_of_its_subjects() -> None:
    names = [f"product:{number}" for number in range(2)]
    own, other = Settings("Tool", {"a": 1}), b"k" * 16
    document = Document(
        run=Run("R", {}),
        mentions=tuple(Mention("R", RelationType.USED, None, None, name) for name in names),
        entities=tuple(map(StatedEntity, names)),
        descriptions=(TOOL,),
        settings=(own,),
        settings_keys=(other,),
    )
    of_run, of_tool = make_assertions("load", 0, [document])
    assert (of_run.subject, of_tool.subject) == (key_of(Kind.ACTIVITY, "R"), TOOL.as_end.key)
    assert read_assertion(of_run) == AssertedFacts(
        run=document.run,
        mentions=document.mentions,
        settings=(own.key, other),
        entities=document.entities,
    )
    assert read_assertion(of_tool) == AssertedFacts(descriptions=(TOOL,))


def test_a_relation_and_a_statement_speak_of_one_subject() -> None:
    (made,) = make_assertions("load", 0, [Document(entities=(StatedEntity("prov:x"),))])
    assert made.subject == subject_of_entity("prov:x") == End(Kind.ENTITY, "prov:x").key


TOOL = Description("d", DescriptionType.ACTIVITY)
MERGED = Document(run=Run("R", {"name": ("merge",)}))
STATED = Document(
    entities=(StatedEntity("prov:x"),),
    agents=(Agent("me", "I"),),
    descriptions=(TOOL,),
    relations=(
        StatedRelation(
            RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "prov:x"), End(Kind.AGENT, "CTAO")
        ),
        StatedRelation(
            RelationType.IS_DESCRIBED_BY, End(Kind.ACTIVITY, "R"), End(TOOL.type.kind, "d2")
        ),
    ),
)
#: What is said of these is no news.
SHARED = {
    TOOL.as_end.key,
    End(TOOL.type.kind, "d2").key,
    *(key_of(Kind.AGENT, name) for name in ("me", "CTAO")),
}


def unasserted(
    documents: Collection[Document], asserted: Collection[Document], loads: Collection[str]
) -> list[Document]:
    """Those that are new to some loads, where one load has asserted others, all but `SHARED`."""
    made = make_assertions("early", 0, asserted)
    with closing(open_store("sqlite://")) as store, store.writing() as transaction:
        known = [each for each in made if each.subject not in SHARED]
        transaction.apply(Changes(assertions=known), ())
        keys = {key_of(Kind.LOAD, load) for load in loads}
        return unasserted_documents(transaction, documents, keys)


def test_documents_are_new_when_they_say_what_no_earlier_load_does() -> None:
    more = Document(run=Run("R", {"name": ("merge",), "exit": (0,)}))
    other = Document(run=Run("S", {"name": ("merge",)}))
    documents = [more, MERGED, other, STATED]
    assert unasserted(documents, [MERGED, STATED], ["early"]) == [more, other]
    assert unasserted(documents, [MERGED], ["early"]) == [more, other, STATED]
    assert unasserted([MERGED], [MERGED], ["early"]) == []
    assert unasserted([MERGED], [MERGED], ["another"]) == [MERGED]


@pytest.mark.parametrize("document", [MERGED, STATED, Document(entities=STATED.entities)])
def test_what_was_asserted_is_not_new(document: Document) -> None:
    assert unasserted([document], [document], ["early"]) == []


def test_agents_and_descriptions_alone_are_always_new() -> None:
    alone = Document(agents=STATED.agents, descriptions=STATED.descriptions)
    assert unasserted([alone], [alone], ["early"]) == [alone]
