"""PROV-O is read from each syntax of RDF."""

import pytest

from provgraph.errors import LoadError
from provgraph.interchange.reading.rdf import read_rdf
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import PROV, ProvStatement, ProvType

_RDF_XML = (
    f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:prov="{PROV}">'
    '<prov:Activity rdf:about="#run"><prov:used rdf:resource="in.txt"/></prov:Activity></rdf:RDF>'
)
_TURTLE = f"<#run> a <{PROV}Activity> ; <{PROV}used> <in.txt> ."


@pytest.mark.parametrize(("text", "is_xml"), [(_RDF_XML, True), (_TURTLE, False)])
def test_both_syntaxes_say_the_same(text: str, is_xml: bool) -> None:
    found = read_rdf(text.encode(), "file:///data/prov.rdf", is_xml=is_xml)
    assert found.has_relative_names
    assert found.parts == [
        ProvStatement(ProvType.ACTIVITY, "file:///data/prov.rdf#run", (None, None)),
        ProvStatement(
            ProvType.USAGE, None, ("file:///data/prov.rdf#run", "file:///data/in.txt", None)
        ),
    ]


def test_what_stands_before_an_error_is_read() -> None:
    found = read_rdf(f"{_TURTLE}\n@@@".encode(), "file:///data/prov.ttl", is_xml=False)
    assert len(found.parts) == 3
    assert isinstance(found.parts[-1], Problem)


def test_xml_that_is_none_is_an_error() -> None:
    with pytest.raises(LoadError, match="no XML"):
        read_rdf(b"<rdf:RDF", "file:///data/prov.rdf", is_xml=True)
