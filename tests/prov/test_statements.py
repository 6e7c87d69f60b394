"""The table of PROV's statements (PROV-DM, table 5; PROV-N)."""

import pytest

from provgraph.model.vocabulary import RelationType
from provgraph.prov.statements import (
    ELEMENTS,
    PROV,
    REFERENCES,
    SLOT_NAMES,
    SLOTS,
    TYPE_NAMED,
    ProvType,
    Slot,
)


@pytest.mark.parametrize("type_", ProvType)
def test_every_slot_has_a_name_of_its_own(type_: ProvType) -> None:
    assert len(SLOTS[type_]) == len(set(SLOT_NAMES[type_])) == len(SLOT_NAMES[type_])


def test_times_are_no_references_and_all_else_is() -> None:
    assert not {PROV + name for name in ("time", "startTime", "endTime")} & REFERENCES
    assert {PROV + name for name in ("entity", "starter", "plan", "bundle", "usage")} <= REFERENCES


@pytest.mark.parametrize("type_", [each for each in ProvType if each not in ELEMENTS])
def test_relations_have_two_ends_and_are_called_as_in_stores(type_: ProvType) -> None:
    assert len([slot for slot in SLOTS[type_][:2] if slot is not Slot.TIME]) == 2
    assert TYPE_NAMED[RelationType(type_.value).value] is type_
