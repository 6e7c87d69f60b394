"""What resources are follows from classes, else from domains and ranges."""

from provgraph.interchange.reading.prov_o.kinds import ResourceKinds
from provgraph.interchange.reading.prov_o.terms import RDF_TYPE, RelationTerm
from provgraph.interchange.reading.prov_o.triples import Triple
from provgraph.prov.statements import PROV, Literal, ProvType

_ENTITY, _ACTIVITY, _AGENT = ProvType.ENTITY, ProvType.ACTIVITY, ProvType.AGENT


def _kinds(*triples: tuple[str, str, str]) -> ResourceKinds:
    return ResourceKinds.of(Triple(one, PROV + name, other) for one, name, other in triples)


def test_what_is_not_stated_is_inferred() -> None:
    kinds = _kinds(
        ("urn:run", "used", "urn:in"),
        ("urn:run", "wasAssociatedWith", "urn:g"),
        ("urn:association", "hadPlan", "urn:plan"),
    )
    assert kinds.elements("urn:run") == [_ACTIVITY]
    assert kinds.elements("urn:in") == [_ENTITY]
    assert kinds.elements("urn:g") == [_AGENT]
    assert kinds.elements("urn:plan") == [_ENTITY]
    assert kinds.elements("urn:stranger") == []


def test_what_is_stated_counts_alone() -> None:
    kinds = ResourceKinds.of(
        [
            Triple("urn:x", RDF_TYPE, PROV + "SoftwareAgent"),
            Triple("urn:x", PROV + "value", Literal("1")),
        ]
    )
    assert kinds.elements("urn:x") == [_AGENT]


def test_the_most_exact_term_tells_what_a_relation_is() -> None:
    kinds = ResourceKinds.of(
        [
            Triple("urn:d", RDF_TYPE, PROV + "EntityInfluence"),
            Triple("urn:d", RDF_TYPE, PROV + "Derivation"),
            Triple("urn:v2", PROV + "qualifiedRevision", "urn:d"),
        ]
    )
    assert kinds.relation("urn:d") == RelationTerm(ProvType.DERIVATION, PROV + "Revision")
    assert kinds.relation("urn:v2") is None
