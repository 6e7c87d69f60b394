"""RDF is parsed in the order of the document, against its address."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_o.parsing import (
    ParsedDocument,
    parse_json,
    parse_text,
    parse_xml,
)
from provgraph.prov.addresses import address_of_content
from provgraph.prov.statements import XSD, Literal

_FILE = "file:///data/run1/prov.ttl"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TURTLE = "{} <urn:s> <urn:p> <{}> ."
_XML = (
    f'<rdf:RDF xmlns:rdf="{_RDF}" xmlns:x="urn:"{{}}><rdf:Description rdf:about="urn:s">'
    '<x:p rdf:resource="{}"/></rdf:Description></rdf:RDF>'
)


def _parsed(syntax: str, name: str, address: str, base: str = "") -> ParsedDocument:
    if syntax == "json":
        context = {"@base": base} if base else {}
        return parse_json({"@context": context, "@id": "urn:s", "urn:p": {"@id": name}}, address)
    if syntax == "xml":
        return parse_xml(_XML.format(f' xml:base="{base}"' if base else "", name).encode(), address)
    return parse_text(_TURTLE.format(f"@base <{base}> ." if base else "", name).encode(), address)


@pytest.mark.parametrize("syntax", ["text", "xml", "json"])
@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("out.txt", "file:///data/run1/out.txt"),
        ("#run", "file:///data/run1/prov.ttl#run"),
        ("../raw/r.fits", "file:///data/raw/r.fits"),
        ("a/../b", "file:///data/run1/b"),
        ("/b", "file:///b"),
        ("", "file:///data/run1/prov.ttl"),
    ],
)
def test_relative_names_resolve_against_the_address(syntax: str, name: str, uri: str) -> None:
    found = _parsed(syntax, name, _FILE)
    assert [each.object for each in found.triples] == [uri]
    assert found.has_relative_names


@pytest.mark.parametrize("syntax", ["text", "xml", "json"])
def test_a_base_in_the_document_counts(syntax: str) -> None:
    found = _parsed(syntax, "out.txt", _FILE, base="http://example.org/x/")
    assert [each.object for each in found.triples] == ["http://example.org/x/out.txt"]
    assert not found.has_relative_names


@pytest.mark.parametrize("syntax", ["text", "xml", "json"])
def test_the_fragment_of_a_base_does_not_count(syntax: str) -> None:
    found = _parsed(syntax, "#run", _FILE, base="http://example.org/ns#")
    assert [each.object for each in found.triples] == ["http://example.org/ns#run"]


@pytest.mark.parametrize("syntax", ["text", "xml", "json"])
def test_names_in_a_document_without_file_resolve_too(syntax: str) -> None:
    address = address_of_content("00" * 32)
    found = _parsed(syntax, "out.txt", address)
    assert [each.object for each in found.triples] == [f"{address}out.txt"]


def test_a_name_written_in_full_is_not_relative() -> None:
    assert not _parsed("text", "file:///data/run1/out.txt", _FILE).has_relative_names


def test_triples_keep_the_order_of_the_document_and_values_their_types() -> None:
    content = f'<urn:z> <urn:p> 1, "x"@en, "a" . <urn:a> <urn:p> "1"^^<{XSD}int> .'
    found = parse_text(content.encode(), _FILE)
    assert [(each.subject, each.object) for each in found.triples] == [
        ("urn:z", Literal("1", XSD + "integer")),
        ("urn:z", Literal("x", "http://www.w3.org/ns/prov#InternationalizedString", "en")),
        ("urn:z", Literal("a")),
        ("urn:a", Literal("1", XSD + "int")),
    ]


def test_what_stands_around_an_error_of_syntax_is_kept() -> None:
    bad = b"<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> @@@ .\n<urn:s> <urn:p> <urn:q> ."
    found = parse_text(bad, _FILE)
    assert [each.object for each in found.triples] == ["urn:o", "urn:q"]
    (problem,) = found.problems
    assert problem.where == "line 2"


@pytest.mark.parametrize("cut", ["<urn:s>", "<urn:s> <urn:p>", "<urn:s> <urn:p> <urn:o>"])
def test_a_document_that_is_cut_off_keeps_what_is_whole(cut: str) -> None:
    found = parse_text(f"<urn:s> <urn:p> <urn:o> .\n{cut}".encode(), _FILE)
    assert [each.object for each in found.triples] == ["urn:o"]
    assert len(found.problems) == 1


def test_a_document_of_which_nothing_can_be_parsed_is_an_error() -> None:
    with pytest.raises(LoadError, match="line 1"):
        parse_text(b"@@@ this is not turtle @@@", _FILE)
