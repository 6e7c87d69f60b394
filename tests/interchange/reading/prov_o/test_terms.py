"""The tables of PROV-O's terms fit together."""

from provgraph.interchange.reading.prov_o.terms import (
    INVERSES,
    PROPERTIES,
    QUALIFYING,
    RANGES,
    RELATION_CLASSES,
    SLOT_PROPERTIES,
    readable,
)
from provgraph.prov.statements import ELEMENTS, PROV, SLOTS, ProvType


def test_each_relation_has_a_property_and_most_have_a_qualified_form() -> None:
    relations = {kind for kind in ProvType if kind not in ELEMENTS}
    assert {term.type for term in PROPERTIES.values()} == relations
    assert {term.type for term in QUALIFYING.values()} == set(SLOT_PROPERTIES)
    assert {term.type for term in RELATION_CLASSES.values()} == set(SLOT_PROPERTIES)


def test_each_property_of_a_qualified_relation_fills_a_slot_that_there_is() -> None:
    for kind, slots in SLOT_PROPERTIES.items():
        assert set(slots.values()) == set(range(1, len(SLOTS[kind])))


def test_no_inverse_name_is_a_property_of_its_own() -> None:
    assert not INVERSES.keys() & {*PROPERTIES, *QUALIFYING, *RANGES}
    assert len(set(INVERSES.values())) == len(INVERSES)


def test_messages_show_terms_as_documents_write_them() -> None:
    assert readable(PROV + "used") == "prov:used"
    assert readable("http://example.org/x") == "http://example.org/x"
