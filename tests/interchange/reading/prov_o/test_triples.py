"""Triples with inverse properties are turned round."""

from provgraph.interchange.reading.prov_o.triples import Triple, forward, is_blank
from provgraph.prov.statements import PROV, Literal


def test_an_inverse_property_is_turned_round() -> None:
    stated = Triple("urn:run", PROV + "generated", "urn:out", "urn:graph")
    assert list(forward([stated])) == [
        Triple("urn:out", PROV + "wasGeneratedBy", "urn:run", "urn:graph")
    ]


def test_a_value_can_be_no_subject() -> None:
    stated = Triple("urn:run", PROV + "generated", Literal("out"))
    assert list(forward([stated])) == [stated]


def test_blank_nodes_are_told_from_values() -> None:
    assert [is_blank(each) for each in ("_:b1", "urn:x", Literal("_:b1"))] == [True, False, False]
