"""Formats of the prov package are recognised without it, and read through it."""

import io
import sys
from io import BufferedReader, BytesIO
from typing import cast

import pytest

from provgraph.interchange.reading.prov_package import (
    LARGEST,
    ProvJsonLdLoader,
    ProvNLoader,
    ProvOLoader,
    ProvXmlLoader,
)
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.prov.statements import ProvStatement, ProvType

_PROV = "http://www.w3.org/ns/prov#"
_PROV_N = b"document\n  prefix ex <http://example.org/>\n  entity(ex:e1)\nendDocument\n"
LOADERS = (ProvXmlLoader(), ProvNLoader(), ProvOLoader(), ProvJsonLdLoader())


def _stream(content: bytes) -> BufferedReader:
    return cast("BufferedReader", io.BufferedReader(BytesIO(content)))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (f'<?xml version="1.0"?>\n<prov:document xmlns:prov="{_PROV}">', "prov-xml"),
        (f'<document xmlns="{_PROV}">', "prov-xml"),
        ("// a comment\ndocument\n", "prov-n"),
        ("/* a comment */ document\n", "prov-n"),
        (f"# a comment\n@prefix prov: <{_PROV}> .", "prov-o"),
        (f"<http://e/e1> a <{_PROV}Entity> .", "prov-o"),
        (f'<?xml version="1.0"?><rdf:RDF xmlns:rdf="r" xmlns:prov="{_PROV}">', "prov-o"),
        ('{"@context": "https://openprovenance.org/prov.jsonld"}', "prov-json-ld"),
        ("@prefix foaf: <http://xmlns.com/foaf/0.1/> .", None),
        ("<html><body>document</body></html>", None),
        ('{"entity": {}}', None),
        (f'[{{"@id": "x", "{_PROV}used": []}}]', "prov-json-ld"),
        ('{"@context": "https://example.org/c", "prov:used": {"@id": "x"}}', "prov-json-ld"),
        ('{"@context": "https://example.org/c", "wasGeneratedBy": "x"}', "prov-json-ld"),
        ('{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": []}', None),
        (f'{{"prov": "{_PROV}"}}', None),
        (f"{{ <urn:e> a <{_PROV}Entity> . }}", "prov-o"),
    ],
)
def test_each_format_is_recognised_by_one_loader(head: str, name: str | None) -> None:
    found = [loader.name for loader in LOADERS if loader.recognises(head.encode())]
    assert found == ([] if name is None else [name])


def test_statements_and_documents_are_read() -> None:
    (statement,) = ProvNLoader().statements(_stream(_PROV_N))
    assert statement == ProvStatement(ProvType.ENTITY, "http://example.org/e1", ())
    (document,) = ProvNLoader().documents(_stream(_PROV_N), "default")
    assert isinstance(document, Document)
    assert document.entities[0].identifier == "prov:http://example.org/e1"


def test_what_the_package_would_have_to_hold_is_refused_when_large() -> None:
    (problem,) = ProvNLoader().documents(_stream(b"document\n" + b" " * LARGEST), "default")
    assert isinstance(problem, Problem)
    assert "convert it to PROV-JSON" in problem.what


def test_a_missing_extra_is_a_problem_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other sources of the same load are loaded all the same."""
    monkeypatch.setitem(sys.modules, "prov.model", None)
    monkeypatch.delitem(
        sys.modules, "provgraph.interchange.reading.package_documents", raising=False
    )
    monkeypatch.delattr("provgraph.interchange.reading.package_documents", raising=False)
    (problem,) = ProvNLoader().documents(_stream(_PROV_N), "default")
    assert isinstance(problem, Problem)
    assert "provgraph[rdf]" in problem.what
