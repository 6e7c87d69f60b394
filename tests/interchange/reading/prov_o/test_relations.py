"""Relations of one graph are joined where they say the same."""

from provgraph.interchange.reading.prov_o.relations import (
    GatheredRelation,
    RelationsOfGraph,
    times_in_order,
)
from provgraph.interchange.reading.prov_o.terms import RelationTerm
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import PROV, ProvStatement, ProvType

_DERIVATION = RelationTerm(ProvType.DERIVATION)
_REVISION = RelationTerm(ProvType.DERIVATION, PROV + "Revision")
_SOURCE = RelationTerm(ProvType.DERIVATION, PROV + "PrimarySource")


def test_a_finer_property_says_it_for_a_coarser_one() -> None:
    relations = RelationsOfGraph()
    for term in (_DERIVATION, _REVISION, _SOURCE):
        relations.add_plain(term, "urn:v2", "urn:v1")
    assert [each.term for each in relations.joined()] == [_REVISION, _SOURCE]


def test_a_slot_with_several_values_makes_a_statement_a_value() -> None:
    relation = GatheredRelation(RelationTerm(ProvType.USAGE), "urn:u", [["urn:run"], ["a:", "b:"]])
    found = list(relation.statements("urn:bundle"))
    assert [each.slots[1] for each in found if isinstance(each, ProvStatement)] == ["a:", "b:"]
    relation.slots[2] += ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    (problem,) = relation.statements(None)
    assert isinstance(problem, Problem)


def test_times_have_a_fixed_order() -> None:
    assert times_in_order(["b", "a", "b"], []) == (["a", "b"], [])
