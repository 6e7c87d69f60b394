"""Formats that the prov package writes."""

import pytest
from prov.model import ProvEntity
from rdflib import Dataset, Graph

from provgraph.errors import ProvGraphError
from provgraph.interchange.writing import prov_package
from provgraph.prov.statements import DocumentPart, Literal, ProvStatement, ProvType

_EX = "http://example.org/"
E1 = ProvStatement(ProvType.ENTITY, _EX + "e1", ())
IN_BUNDLE = ProvStatement(ProvType.ENTITY, _EX + "e2", (), (), _EX + "b")


def test_a_document_of_the_package_has_the_records() -> None:
    (entity,) = prov_package.to_prov([E1]).get_records(ProvEntity)
    assert str(entity.identifier and entity.identifier.uri) == _EX + "e1"


@pytest.mark.parametrize(
    ("write", "rdf_format"),
    [
        (prov_package.write_turtle, "turtle"),
        (prov_package.write_rdf_xml, "xml"),
        (prov_package.write_n_triples, "nt"),
    ],
)
def test_one_graph_holds_no_bundles(write: object, rdf_format: str) -> None:
    assert callable(write)
    graph = Graph().parse(data="".join(write([E1])), format=rdf_format)
    assert {str(each) for each in graph.subjects()} == {_EX + "e1"}
    with pytest.raises(ProvGraphError, match="take trig"):
        "".join(write([IN_BUNDLE]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_trig_holds_bundles() -> None:
    dataset = Dataset()
    dataset.parse(data="".join(prov_package.write_trig([E1, IN_BUNDLE])), format="trig")
    graphs = {str(graph.identifier) for graph in dataset.graphs() if len(graph)}
    assert _EX + "b" in graphs


def test_n_triples_are_written_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prov_package, "_BATCH", 2)
    parts: list[DocumentPart] = [
        ProvStatement(ProvType.ENTITY, f"{_EX}e{number}", ()) for number in range(5)
    ]
    pieces = list(prov_package.write_n_triples(parts))
    graph = Graph().parse(data="".join(pieces), format="nt")
    assert len(pieces) == 3
    assert len(set(graph.subjects())) == 5


def test_xml_and_json_ld_name_the_entity() -> None:
    assert "<prov:entity " in "".join(prov_package.write_xml([E1, IN_BUNDLE]))
    assert '"@type": "Entity"' in "".join(prov_package.write_json_ld([E1]))


def test_what_a_format_cannot_hold_names_one_that_can() -> None:
    """No XML name contains a space."""
    odd = ProvStatement(ProvType.ENTITY, _EX + "e", (), ((_EX + "1 2", _label()),))
    with pytest.raises(ProvGraphError, match="take prov-json"):
        "".join(prov_package.write_xml([odd]))


def _label() -> Literal:
    return Literal("x\x01")
