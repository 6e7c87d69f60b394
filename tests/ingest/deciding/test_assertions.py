"""What one load says of each subject, and how what several loads say is joined."""

import zlib

import pytest

from provgraph.ingest.deciding.assertions import (
    AssertedFacts,
    join_agents,
    join_descriptions,
    join_entities,
    make_assertions,
    read_assertion,
)
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.store.records import Assertion
from provgraph.store.typical import TYPICAL_ASSERTION


def test_what_is_asserted_of_a_run_comes_back_with_its_files() -> None:
    run = Run("R", {"name": ("tool",), "exit": (0,)})
    read = Mention("R", RelationType.USED, "input", "file:/data/a", "product:1", "log")
    named, other = StatedEntity("product:1", {"size": (1, 2)}), StatedEntity("prov:x")
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
        RelationType.WAS_ATTRIBUTED_TO, End(Kind.ENTITY, "prov:x"), End(Kind.AGENT, "CTAO"), "owner"
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


def test_of_two_kinds_the_finer_counts() -> None:
    plain, value = StatedEntity("x", {"a": (1,)}), StatedEntity("x", {"a": (2,)}, EntityType.VALUE)
    joined = join_entities(plain, value)
    assert joined == join_entities(value, plain)
    assert (joined.type, joined.attributes) == (EntityType.VALUE, {"a": (1, 2)})
    coarse = Description("d", DescriptionType.ENTITY)
    fine = Description("d", DescriptionType.VALUE, {"unit": ("TeV",)})
    assert join_descriptions(coarse, fine) == join_descriptions(fine, coarse) == fine
