"""Documents that the prov package reads."""

from datetime import UTC, datetime

import pytest
from prov.identifier import Identifier, Namespace

from provgraph.interchange.reading.package_documents import literal_from_package
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document, StatedRelation
from provgraph.prov.statements import QUALIFIED_NAME, XSD, Literal
from tests.interchange.corpus import read

_PROV_XML = (
    '<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/">'
    "{}</prov:document>"
)
_RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:prov="http://www.w3.org/ns/prov#">'
    '<prov:Entity rdf:about="http://example.org/e1"><prov:label>{}</prov:label></prov:Entity></rdf:RDF>'
)


@pytest.mark.parametrize("document", [_PROV_XML, _RDF_XML], ids=["PROV-XML", "RDF/XML"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;',
    ],
)
def test_xml_with_entities_is_refused_unread(document: str, declared: str) -> None:
    entity = "&x;" if "x" in declared else "&b;"
    content = f'<?xml version="1.0"?><!DOCTYPE d [{declared}]>{document.format(entity)}'
    (problem,) = read(content.encode())
    assert isinstance(problem, Problem)
    assert "document type" in problem.what or "no XML" in problem.what


def test_xml_that_names_a_document_type_elsewhere_is_refused() -> None:
    content = (
        '<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">' + _PROV_XML.format("")
    )
    (problem,) = read(content.encode())
    assert isinstance(problem, Problem)


def test_a_name_without_a_namespace_is_read_as_a_text() -> None:
    """As in examples of the PROV-XML note, which the prov package refuses."""
    content = _PROV_XML.format(
        '<prov:entity prov:id="ex:e1"><prov:type xmlns:xsi="http://www.w3.org/2001/'
        'XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xsi:type="xsd:QName">plain</prov:type></prov:entity>'
    )
    (document,) = read(content.encode())
    assert isinstance(document, Document)
    assert document.entities[0].attributes["prov:type"] == ("plain",)


def test_a_membership_of_several_members_is_one_statement_each() -> None:
    """PROV-DM's hadMember is binary (section 5.6.2)."""
    content = _PROV_XML.format(
        '<prov:hadMember><prov:collection prov:ref="ex:c"/>'
        '<prov:entity prov:ref="ex:e1"/><prov:entity prov:ref="ex:e2"/></prov:hadMember>'
    )
    found = read(content.encode())
    targets = [relation.target.id for each in found for relation in relations_of(each)]
    assert targets == ["prov:http://example.org/e1", "prov:http://example.org/e2"]


def relations_of(found: Document | Problem) -> tuple[StatedRelation, ...]:
    assert isinstance(found, Document)
    return found.relations


def test_values_of_the_package_become_literals() -> None:
    namespace = Namespace("ex", "http://example.org/")
    time = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    values = [namespace["name"], Identifier("http://e/"), time, True, 7, "text"]
    assert [literal_from_package(each) for each in values] == [
        Literal("http://example.org/name", QUALIFIED_NAME),
        Literal("http://e/", XSD + "anyURI"),
        Literal("2026-11-21T08:30:00+00:00", XSD + "dateTime"),
        Literal("true", XSD + "boolean"),
        Literal("7", XSD + "int"),
        Literal("text"),
    ]
