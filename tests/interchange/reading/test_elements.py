"""What a document says of one element."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.attributes import AttributeReader
from provgraph.interchange.reading.context import StatementContext
from provgraph.interchange.reading.elements import bundle_document, element_document
from provgraph.model.records import Document
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType
from provgraph.prov import names
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
)

_EX = "http://example.org/"
E1 = _EX + "e1"


def _type(name: str) -> Pair:
    return PROV + "type", Literal(PROV + name, QUALIFIED_NAME)


def _mark(name: str, text: str, kind: str | None = None) -> Pair:
    return names.own_attribute_uri("provgraph." + name), Literal(text, kind)


def _read(*statements: ProvStatement, context: StatementContext | None = None) -> Document:
    return element_document(statements, AttributeReader(), context or StatementContext())


def _entity(uri: str, *pairs: Pair, bundle: str | None = None) -> ProvStatement:
    return ProvStatement(ProvType.ENTITY, uri, (), pairs, bundle)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((), EntityType.DATASET),
        (("Plan",), EntityType.PLAN),
        (("EmptyCollection",), EntityType.COLLECTION),
        (("Bundle",), EntityType.BUNDLE),
        (("Nonsense",), EntityType.DATASET),
    ],
)
def test_the_type_of_an_entity_follows_from_what_is_said(
    types: tuple[str, ...], expected: EntityType
) -> None:
    (entity,) = _read(_entity(E1, *map(_type, types))).entities
    assert (entity.identifier, entity.type) == (f"prov:{E1}", expected)


def test_the_type_of_an_agent_follows_from_what_is_said_or_marked() -> None:
    said = ProvStatement(ProvType.AGENT, _EX + "g", (), (_type("Organization"),))
    (agent,) = _read(said).agents
    assert (agent.type, agent.name) == (AgentType.ORGANIZATION, None)
    marked = (_mark("type", "Person"), _mark("name", "Ada"), _type("Person"))
    (agent,) = _read(ProvStatement(ProvType.AGENT, _EX + "g", (), marked)).agents
    assert (agent.type, agent.name, agent.attributes) == (AgentType.PERSON, "Ada", {})


def test_an_activity_is_a_run_with_its_configuration_files() -> None:
    statement = ProvStatement(
        ProvType.ACTIVITY, _EX + "a", (None, None), (_mark("configFile", "default:/c.yml"),)
    )
    document = _read(statement)
    assert document.run is not None
    assert (document.run.id, document.config_files) == (_EX + "a", ("default:/c.yml",))


def test_several_records_of_one_id_are_kept_apart() -> None:
    one, two = (_entity(E1, (PROV + "label", Literal(text))) for text in ("one", "two"))
    (entity,) = _read(one, two).entities
    assert entity.attributes["prov:label"] == ("one", "two")
    assert entity.attributes[names.RECORDS] == (
        {"says": {"prov:label": ["one"]}},
        {"says": {"prov:label": ["two"]}},
    )
    (same,) = _read(one, one).entities
    assert names.RECORDS not in same.attributes


def test_what_a_bundle_says_is_kept_with_its_name() -> None:
    (entity,) = _read(_entity(E1, bundle=_EX + "b")).entities
    assert entity.attributes == {names.RECORDS: ({"says": {}, "bundle": _EX + "b"},)}


def test_what_a_bundle_says_too_is_kept_apart() -> None:
    label = (PROV + "label", Literal("x"))
    inside, outside = _entity(E1, label, bundle=_EX + "b"), _entity(E1, label)
    context = StatementContext.of(lambda: [inside, outside])
    (entity,) = _read(outside, context=context).entities
    assert entity.attributes[names.RECORDS] == ({"says": {"prov:label": ["x"]}},)


@pytest.mark.parametrize("identifier", [None, "_:blank"])
def test_an_element_needs_an_identifier(identifier: str | None) -> None:
    with pytest.raises(LoadError, match="no identifier"):
        _read(ProvStatement(ProvType.ENTITY, identifier, ()))


def test_entities_of_our_own_documents_are_what_they_were() -> None:
    values = _mark("values", '{"a":1}', "urn:provgraph:type:json")
    (settings,) = _read(_entity(names.SETTINGS + "ab", _mark("name", "n"), values)).settings
    assert (settings.name, settings.values) == ("n", {"a": 1})
    described = _entity(names.DESCRIPTION + "activityDescription/tool_1")
    (description,) = _read(described).descriptions
    assert (description.id, description.type) == ("tool_1", DescriptionType.ACTIVITY)
    concluded = _entity(names.ENTITY + "product:7", _mark("resolved", "true"))
    assert _read(concluded) == Document()
    with pytest.raises(LoadError, match="no JSON object"):
        _read(_entity(names.SETTINGS + "ab", _mark("values", "[1]", "urn:provgraph:type:json")))


def test_a_bundle_is_an_entity() -> None:
    (entity,) = bundle_document(BundleNamed(_EX + "b")).entities
    assert (entity.identifier, entity.type) == (f"prov:{_EX}b", EntityType.BUNDLE)
