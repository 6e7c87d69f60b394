"""Relations of a store as statements."""

from typing import Any

import pytest

from provgraph.interchange import stored_relations
from provgraph.model.records import End, Mention, StatedRelation
from provgraph.model.values import Values
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.prov import names
from provgraph.prov.statements import PROV, Literal, ProvStatement, ProvType
from provgraph.store.records import StoredMention, StoredRelation

_EX = "http://example.org/"
#: A time as a store keeps it.
_TIME = "2026-11-21T08:00:00.000"


def _stored(relation: StatedRelation) -> StoredRelation:
    return StoredRelation(relation, relation.source.id, relation.target.id)


def test_an_input_of_a_document_comes_out_as_it_was_said() -> None:
    attributes = {names.ID: (_EX + "u",), names.TIME: ("2026-11-21T09:00:00+01:00",)}
    mention = Mention(
        _EX + "a",
        RelationType.USED,
        "in",
        identifier=f"prov:{_EX}e",
        source="prov",
        time=_TIME,
        attributes=attributes,
    )
    found = stored_relations.of_mention(StoredMention(mention, entity="product:7"))
    slots = (_EX + "a", _EX + "e", "2026-11-21T09:00:00+01:00")
    role = ((PROV + "role", Literal("in")),)
    assert found == ProvStatement(ProvType.USAGE, _EX + "u", slots, role)


def test_an_output_of_a_log_is_marked_with_what_the_log_names() -> None:
    mention = Mention("run", RelationType.WAS_GENERATED_BY, place="default:/x", source="ctapipe")
    found = stored_relations.of_mention(StoredMention(mention, entity="default:/x@run"))
    assert found.slots == (names.ENTITY + "default:/x@run", names.ACTIVITY + "run", None)
    marks = {uri.removeprefix(names.ATTRIBUTE): each.text for uri, each in found.attributes}
    assert marks == {"provgraph.source": "ctapipe", "provgraph.place": "default:/x"}


def test_a_relation_that_prov_has_not_is_an_influence_with_marks() -> None:
    relation = StatedRelation(
        RelationType.IS_DESCRIBED_BY,
        End(Kind.ACTIVITY, _EX + "a"),
        End(Kind.ACTIVITY_DESCRIPTION, "tool_1"),
        time=_TIME,
    )
    found = stored_relations.of_relation(_stored(relation))
    described = names.DESCRIPTION + "activityDescription/tool_1"
    assert (found.type, found.slots) == (ProvType.INFLUENCE, (_EX + "a", described))
    marks = {uri.removeprefix(names.ATTRIBUTE): each.text for uri, each in found.attributes}
    assert marks == {
        "provgraph.relation": "isDescribedBy",
        "provgraph.effect": "activity",
        "provgraph.cause": "activityDescription",
        "provgraph.time": _TIME,
    }


@pytest.mark.parametrize(
    ("cause", "slots"),
    [
        (End(Kind.ENTITY, f"prov:{_EX}c"), (_EX + "a", _EX + "c", None, _TIME + "Z")),
        (End(Kind.ACTIVITY, _EX + "c"), (_EX + "a", None, _EX + "c", _TIME + "Z")),
    ],
)
def test_the_cause_of_a_start_is_a_trigger_or_a_starter(
    cause: End, slots: tuple[str | None, ...]
) -> None:
    """PROV-DM, section 5.1.6."""
    start = StatedRelation(
        RelationType.WAS_STARTED_BY, End(Kind.ACTIVITY, _EX + "a"), cause, time=_TIME
    )
    assert stored_relations.of_relation(_stored(start)).slots == slots


def test_further_slots_are_kept_in_attributes() -> None:
    attributes = {names.SLOT + "plan": (_EX + "p",), names.BUNDLE: (_EX + "b",)}
    relation = StatedRelation(
        RelationType.WAS_ASSOCIATED_WITH,
        End(Kind.ACTIVITY, _EX + "a"),
        End(Kind.AGENT, _EX + "g"),
        attributes=attributes,
    )
    slots = (_EX + "a", _EX + "g", _EX + "p")
    assert stored_relations.of_relation(_stored(relation)) == ProvStatement(
        ProvType.ASSOCIATION, None, slots, (), _EX + "b"
    )


def test_open_relations_tell_whether_people_see_them() -> None:
    value: dict[str, Any] = {"open": "source", "prov": {"places": {"plan": _EX + "p"}, "says": {}}}
    attributes: dict[str, Values] = {"prov.open.wasAssociatedWith": (value,), "name": ("x",)}
    slots = (None, None, _EX + "p")
    assert list(stored_relations.open_relations(attributes)) == [
        ("prov.open.wasAssociatedWith", ProvStatement(ProvType.ASSOCIATION, None, slots))
    ]


def test_a_run_is_configured_by_its_settings() -> None:
    found = stored_relations.of_configuration("run", "ab")
    assert found.slots == (names.ACTIVITY + "run", names.SETTINGS + "ab")
    assert Literal("wasConfiguredBy") in [each for _, each in found.attributes]
