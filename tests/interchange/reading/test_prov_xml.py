"""PROV-XML, and the IVOA's flavour of it."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_xml import read_xml
from provgraph.loaders.protocol import Problem
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    XSD,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)

_EX = "http://example.org/"
_BEGIN = (
    f'<prov:document xmlns:prov="{PROV}" xmlns:ex="{_EX}" xmlns:voprov="{VOPROV}"\n'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">\n'
)


def _read(content: str) -> tuple[list[ProvStatement], list[Problem]]:
    parts = read_xml(f"{_BEGIN}{content}</prov:document>".encode())
    return (
        [each for each in parts if isinstance(each, ProvStatement)],
        [each for each in parts if isinstance(each, Problem)],
    )


def _type(uri: str) -> tuple[str, Literal]:
    return PROV + "type", Literal(uri, QUALIFIED_NAME)


@pytest.mark.parametrize(
    "bad",
    [
        "<ex:thing/>",
        "<prov:other><ex:thing/></prov:other>",
        "<prov:entity/>",
        '<prov:entity prov:id="no:e"/>',
        "<prov:used><prov:activity/></prov:used>",
        '<prov:used><prov:activity prov:ref="ex:a"/><prov:activity prov:ref="ex:b"/></prov:used>',
    ],
)
def test_one_bad_element_is_one_problem_with_its_line(bad: str) -> None:
    statements, problems = _read(
        f'<prov:entity prov:id="ex:e1"/>\n{bad}\n<prov:entity prov:id="ex:e2"/>\n'
    )
    assert [each.id for each in statements] == [_EX + "e1", _EX + "e2"]
    assert [each.where for each in problems] == ["line 5"]


def test_an_attribute_that_means_nothing_is_a_problem_and_the_rest_stays() -> None:
    statements, problems = _read(
        '<prov:entity prov:id="ex:e"><ex:a unit="m">1</ex:a><ex:b>2</ex:b></prov:entity>'
    )
    assert statements == [
        ProvStatement(ProvType.ENTITY, _EX + "e", (), ((_EX + "b", Literal("2")),))
    ]
    assert "unit" in problems[0].what


def test_values_have_types_and_languages() -> None:
    (entity,), problems = _read(
        '<prov:plan prov:id="ex:e"><ex:n xsi:type="xsd:int">1</ex:n>'
        '<ex:t xml:lang="de">Wert</ex:t><ex:q xsi:type="xsd:QName">ex:q</ex:q></prov:plan>'
    )
    assert problems == []
    assert entity.attributes == (
        _type(PROV + "Plan"),
        (_EX + "n", Literal("1", XSD + "int")),
        (_EX + "t", Literal("Wert", PROV + "InternationalizedString", "de")),
        (_EX + "q", Literal(_EX + "q", QUALIFIED_NAME)),
    )


def test_a_membership_is_one_statement_a_member() -> None:
    statements, _ = _read(
        '<prov:hadMember><prov:collection prov:ref="ex:c"/><prov:entity prov:ref="ex:e1"/>'
        '<prov:entity><prov:entity prov:ref="ex:e2"/></prov:entity></prov:hadMember>'
    )
    assert [each.slots for each in statements] == [
        (_EX + "c", _EX + "e1"),
        (_EX + "c", _EX + "e2"),
    ]


def test_a_bundle_has_its_statements() -> None:
    parts = read_xml(
        f'{_BEGIN}<prov:bundleContent prov:id="ex:b"><prov:entity prov:id="ex:e"/>'
        "</prov:bundleContent></prov:document>".encode()
    )
    assert parts == [
        BundleNamed(_EX + "b"),
        ProvStatement(ProvType.ENTITY, _EX + "e", (), (), _EX + "b"),
    ]


def test_ids_and_references_of_the_ivoa_are_read() -> None:
    statements, problems = _read(
        '<voprov:activityDescription voprov:id="ex:d"/><voprov:isDescribedBy>'
        '<voprov:described voprov:ref="ex:a"/><voprov:descriptor voprov:ref="ex:d"/>'
        "</voprov:isDescribedBy>"
    )
    assert problems == []
    assert statements == [
        ProvStatement(ProvType.ENTITY, _EX + "d", (), (_type(VOPROV + "ActivityDescription"),)),
        ProvStatement(
            ProvType.INFLUENCE,
            None,
            (_EX + "a", _EX + "d"),
            (_type(VOPROV + "DescriptionRelation"),),
        ),
    ]


def test_a_known_prefix_need_not_be_declared() -> None:
    (entity,), problems = _read(
        '<prov:entity prov:id="ex:e"><prov:type xsi:type="xsd:QName">foaf:Document</prov:type>'
        "</prov:entity>"
    )
    assert problems == []
    assert entity.attributes == (_type("http://xmlns.com/foaf/0.1/Document"),)


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(LoadError, match="no XML"):
        read_xml(b"<prov:document")
