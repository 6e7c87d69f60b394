"""Statements in memory become documents."""

from provgraph.interchange.reading.documents import Converter, documents
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.prov.statements import PROV, BundleNamed, Literal, ProvStatement, ProvType

_EX = "http://example.org/"
A1, E1, B = (_EX + name for name in ("a1", "e1", "b"))


def test_elements_are_put_together_wherever_they_stand() -> None:
    one, two = (
        ProvStatement(ProvType.ENTITY, E1, (), ((PROV + "label", Literal(text)),))
        for text in ("one", "two")
    )
    used = ProvStatement(ProvType.USAGE, None, (A1, E1, None))
    problem = Problem("here", "unreadable")
    entity, relation, told, bundle = documents([one, used, problem, BundleNamed(B), two])
    assert isinstance(entity, Document)
    assert entity.entities[0].attributes["prov:label"] == ("one", "two")
    assert isinstance(relation, Document)
    assert [each.run for each in relation.mentions] == [A1]
    assert told is problem
    assert isinstance(bundle, Document)
    assert bundle.entities[0].identifier == f"prov:{B}"


def test_what_cannot_be_read_is_a_problem_of_its_own() -> None:
    broken = ProvStatement(ProvType.GENERATION, _EX + "g", (E1, A1, "soon"))
    found = Converter().document_of([broken])
    assert isinstance(found, Problem)
    assert found.where == f"wasGeneratedBy {_EX}g"
    assert "soon" in found.what
