"""The tables of kinds and relations (docs/contract.md, Vocabulary)."""

import pytest

from provgraph.model.vocabulary import (
    AGENT_RELATIONS,
    DESCRIPTIONS,
    NODE_LABEL,
    ORIGIN_RELATIONS,
    RELATIONS,
    DescriptionType,
    Kind,
    RelationType,
)


def test_every_relation_has_a_row_and_a_name_in_neo4j() -> None:
    assert set(RELATIONS) == set(RelationType)
    assert RELATIONS[RelationType.WAS_GENERATED_BY].neo4j_type == "WAS_GENERATED_BY"


def test_every_kind_has_a_label() -> None:
    assert set(NODE_LABEL) == set(Kind)


def test_what_a_walk_follows() -> None:
    assert set(ORIGIN_RELATIONS) == {
        "used",
        "wasGeneratedBy",
        "wasDerivedFrom",
        "wasInformedBy",
        "wasStartedBy",
        "wasInfluencedBy",
        "specializationOf",
        "hadMember",
    }
    assert set(AGENT_RELATIONS) == {"wasAssociatedWith", "wasAttributedTo"}
    assert {each for each, row in RELATIONS.items() if row.has_role} == {
        "used",
        "wasGeneratedBy",
        "wasAssociatedWith",
        "wasAttributedTo",
        "wasConfiguredBy",
    }


@pytest.mark.parametrize("kind", sorted(DESCRIPTIONS))
def test_a_kind_of_description_has_a_type_of_its_own(kind: Kind) -> None:
    assert DescriptionType.of(kind).kind is kind


def test_descriptions_of_datasets_and_values_are_ones_of_entities() -> None:
    assert DescriptionType.DATASET.kind is DescriptionType.VALUE.kind is Kind.ENTITY_DESCRIPTION
