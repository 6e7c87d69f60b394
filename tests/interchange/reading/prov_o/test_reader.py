"""PROV-O in full: each form of each relation, and nothing is lost silently."""

import pytest

from provgraph.interchange.reading.prov_o.parsing import parse_text
from provgraph.interchange.reading.prov_o.reader import statements
from provgraph.interchange.reading.prov_o.terms import INVERSES, PROPERTIES, QUALIFYING, readable
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    XSD,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)

_HEAD = (
    "@prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://example.org/> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    f"@prefix xsd: <{XSD}> . "
)
_EX = "http://example.org/"
_TIME, _OTHER = "2026-01-01T10:00:00+00:00", "2026-01-01T11:00:00+00:00"
#: Property of a qualified relation → the type of the relation that it gives the cause of.
_CAUSES = {
    "entity": ("Usage", "Start", "End", "Derivation", "Revision", "Quotation", "PrimarySource"),
    "activity": ("Generation", "Invalidation", "Communication"),
    "agent": ("Association", "Attribution", "Delegation"),
    "influencer": ("Influence", "Usage", "Attribution", "Generation"),
}


def _read(turtle: str) -> list[ProvStatement | BundleNamed | Problem]:
    return list(statements(parse_text((_HEAD + turtle).encode(), "file:///x/prov.ttl").triples))


def _relations(turtle: str) -> list[ProvStatement]:
    found = _read(turtle)
    assert not [each for each in found if isinstance(each, Problem)]
    return [each for each in found if isinstance(each, ProvStatement) and len(each.slots) > 1]


def _problems(turtle: str) -> list[Problem]:
    return [each for each in _read(turtle) if isinstance(each, Problem)]


def _ends(turtle: str) -> list[tuple[ProvType, str | None, str | None]]:
    return [
        (each.type, each.slots[0], each.slots[1])
        for each in _relations(turtle)
        if each.type is not ProvType.ACTIVITY
    ]


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_a_relation_is_read_in_both_directions(name: str) -> None:
    expected = [(PROPERTIES[name].type, _EX + "effect", _EX + "cause")]
    assert _ends(f"ex:effect {readable(name)} ex:cause .") == expected
    inverse = {one: other for other, one in INVERSES.items()}.get(name)
    if inverse is not None:
        assert _ends(f"ex:cause {readable(inverse)} ex:effect .") == expected


@pytest.mark.parametrize(
    ("influencer", "name"), [(one, name) for one, names in _CAUSES.items() for name in names]
)
def test_a_qualified_relation_is_read_in_all_its_forms(influencer: str, name: str) -> None:
    term = QUALIFYING[f"{PROV}qualified{name}"]
    inverse = {one: other for other, one in INVERSES.items()}
    expected = [(term.type, _EX + "effect", _EX + "cause")]
    qualified = f"prov:qualified{name}"
    turned = readable(inverse[PROV + f"qualified{name}"])
    of_cause = readable(inverse[PROV + influencer])
    for form in (
        f"ex:effect {qualified} [ a prov:{name} ; prov:{influencer} ex:cause ] .",
        f"ex:effect {qualified} [ prov:{influencer} ex:cause ] .",
        f"[] a prov:{name} ; {turned} ex:effect ; prov:{influencer} ex:cause .",
        f"ex:effect {qualified} _:b . ex:cause {of_cause} _:b .",
        f"ex:effect prov:qualifiedInfluence [ a prov:{name} ; prov:{influencer} ex:cause ] .",
    ):
        assert _ends(form) == expected
        (found,) = _relations(form)
        assert found.id is None
        types = [value.text for attribute, value in found.attributes if attribute == PROV + "type"]
        assert types == ([] if term.subtype is None else [term.subtype])


def test_a_qualified_relation_keeps_all_that_is_said_of_it() -> None:
    (association,) = _relations(
        "ex:run prov:qualifiedAssociation ex:a . ex:a prov:agent ex:alice ; prov:hadPlan ex:plan ;"
        ' prov:hadRole ex:operator ; rdfs:label "night shift" ; ex:shift 2 .'
    )
    assert association == ProvStatement(
        ProvType.ASSOCIATION,
        _EX + "a",
        (_EX + "run", _EX + "alice", _EX + "plan"),
        (
            (PROV + "role", Literal(_EX + "operator", QUALIFIED_NAME)),
            (PROV + "label", Literal("night shift")),
            (_EX + "shift", Literal("2", XSD + "integer")),
        ),
    )


def test_starts_ends_and_derivations_fill_all_slots() -> None:
    start, derivation, generation, usage = _relations(
        "ex:run prov:qualifiedStart [ prov:entity ex:e ; prov:hadActivity ex:other ;"
        f' prov:atTime "{_TIME}"^^xsd:dateTime ] .'
        "ex:b prov:qualifiedDerivation [ prov:entity ex:a ; prov:hadActivity ex:run ;"
        " prov:hadGeneration _:g ; prov:hadUsage ex:u ] ."
        "ex:b prov:qualifiedGeneration _:g . _:g prov:activity ex:run ."
        "ex:run prov:qualifiedUsage ex:u . ex:u prov:entity ex:a ."
    )
    assert start.slots == (_EX + "run", _EX + "e", _EX + "other", _TIME)
    assert derivation.slots[:3] == (_EX + "b", _EX + "a", _EX + "run")
    assert derivation.slots[3:] == (generation.id, usage.id)
    assert usage.id == _EX + "u"


def test_what_a_property_and_a_qualified_relation_say_is_one_relation() -> None:
    turtle = (
        "ex:run prov:used ex:in ; prov:qualifiedUsage [ prov:entity ex:in ; prov:hadRole ex:raw ] ."
    )
    (usage,) = _relations(turtle)
    assert usage.attributes == ((PROV + "role", Literal(_EX + "raw", QUALIFIED_NAME)),)
    (revision,) = _relations(
        "ex:v2 prov:wasRevisionOf ex:v1 ; prov:wasDerivedFrom ex:v1 ;"
        " prov:qualifiedDerivation [ prov:entity ex:v1 ] ."
    )
    assert revision.attributes == ((PROV + "type", Literal(PROV + "Revision", QUALIFIED_NAME)),)


def test_a_relation_that_must_have_a_cause_takes_the_only_one_there_is() -> None:
    attribution = "ex:e prov:qualifiedAttribution [ prov:hadRole ex:author ] ; prov:wasAttributedTo"
    (one,) = _relations(f"{attribution} ex:alice .")
    assert one.slots == (_EX + "e", _EX + "alice")
    assert len(_relations(f"{attribution} ex:alice, ex:bob .")) == 3


def test_a_plan_is_given_to_no_agent_that_the_document_does_not_name() -> None:
    found = _relations(
        "ex:run prov:wasAssociatedWith ex:engine ;"
        " prov:qualifiedAssociation [ prov:hadPlan ex:recipe ] ."
    )
    assert {each.slots for each in found} == {
        (_EX + "run", None, _EX + "recipe"),
        (_EX + "run", _EX + "engine", None),
    }


def test_times_of_events_belong_to_the_events() -> None:
    time, other = (f'"{each}"^^xsd:dateTime' for each in (_TIME, _OTHER))
    (known,) = _relations(f"ex:out prov:wasGeneratedBy ex:run ; prov:generatedAtTime {time} .")
    assert known.slots == (_EX + "out", _EX + "run", _TIME)
    (alone,) = _relations(f"ex:out prov:invalidatedAtTime {time} .")
    assert alone.slots == (_EX + "out", None, _TIME)
    (said,) = _relations(
        f"ex:out prov:generatedAtTime {time} ; prov:qualifiedGeneration [ prov:atTime {time} ] ."
    )
    assert said.slots == (_EX + "out", None, _TIME)
    both = _relations(
        f"ex:out prov:generatedAtTime {other} ; prov:qualifiedGeneration [ prov:atTime {time} ] ."
    )
    assert {each.slots[2] for each in both} == {_TIME, _OTHER}


def test_what_is_not_declared_is_inferred_with_its_attributes() -> None:
    run, *_ = _read(
        f'ex:run prov:startedAtTime "{_TIME}"^^xsd:dateTime ; rdfs:label "the run" ;'
        " prov:used ex:in ."
    )
    assert run == ProvStatement(
        ProvType.ACTIVITY, _EX + "run", (_TIME, None), ((PROV + "label", Literal("the run")),)
    )


def test_a_resource_may_be_several_records_with_the_classes_of_each() -> None:
    entity, agent = _read("ex:x a prov:Collection, prov:SoftwareAgent, ex:Thing .")
    assert isinstance(entity, ProvStatement)
    assert isinstance(agent, ProvStatement)
    assert [value.text for _, value in entity.attributes] == [PROV + "Collection", _EX + "Thing"]
    assert [value.text for _, value in agent.attributes] == [PROV + "SoftwareAgent", _EX + "Thing"]


def test_a_record_without_a_name_gets_one() -> None:
    turtle = 'ex:run prov:used [ a prov:Entity ; rdfs:label "raw" ] .'
    entity, usage = _read(turtle)
    assert isinstance(entity, ProvStatement)
    assert isinstance(usage, ProvStatement)
    assert usage.slots[1] == entity.id
    assert _read(f"# a comment\n{turtle}") == [entity, usage]


def test_a_named_graph_is_a_bundle() -> None:
    found = _read("ex:b a prov:Bundle . ex:b { ex:e a prov:Entity . }")
    assert found[1:] == [
        BundleNamed(_EX + "b"),
        ProvStatement(ProvType.ENTITY, _EX + "e", (), (), _EX + "b"),
    ]


@pytest.mark.parametrize(
    ("turtle", "where", "what"),
    [
        ('ex:e prov:wasAttributedTo "x" .', "prov:wasAttributedTo", "is a text"),
        ('ex:run prov:generated "x" .', "prov:generated", "is a text"),
        ('ex:run prov:qualifiedUsage [ prov:entity "x" ] .', "prov:entity", "is a text"),
        ('ex:run prov:startedAtTime "noon" .', "prov:startedAtTime", "noon"),
        ('ex:e prov:generatedAtTime "noon" .', "prov:generatedAtTime", "noon"),
        ("ex:run a prov:Activity ; prov:hadPlan ex:p .", "prov:hadPlan", "qualified relations"),
        ("ex:e prov:qualifiedUsage [ prov:hadPlan ex:p ] .", "prov:hadPlan", "no such part"),
        ("ex:e a prov:Entity ; prov:asInBundle ex:b .", "prov:asInBundle", "qualified relations"),
        ('ex:bob a ex:Person ; rdfs:label "Bob" .', "ex", "a http://example.org/Person"),
        ("ex:e a prov:Entity ; ex:has [ ex:x 1 ] .", "blank node at http://example.org/e", "ex"),
        ("ex:r a prov:Usage, prov:Generation .", "example.org/r", "Generation and a Usage"),
    ],
)
def test_what_no_statement_can_say_is_a_problem(turtle: str, where: str, what: str) -> None:
    (problem,) = _problems(turtle)
    assert where in problem.where
    assert what in problem.what


def test_values_that_may_belong_to_one_another_in_several_ways_are_a_problem() -> None:
    usage = "ex:run prov:qualifiedUsage ex:u . ex:u prov:entity ex:a, ex:b"
    assert [slots[1] for slots in (each.slots for each in _relations(f"{usage} ."))] == [
        _EX + "a",
        _EX + "b",
    ]
    (problem,) = _problems(f'{usage} ; prov:atTime "{_TIME}", "{_OTHER}" .')
    assert "entity and time" in problem.what


def test_roles_and_locations_with_no_more_than_a_class_are_no_problem() -> None:
    assert _problems("ex:raw a prov:Role . ex:disk a prov:Location .") == []
