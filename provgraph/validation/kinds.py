"""What each named thing is: as it is said, or as the slots where it stands demand.

PROV-CONSTRAINTS, constraint 50.
"""

import numpy as np
from numpy.typing import NDArray

from provgraph.prov.statements import SLOTS, ProvType, Slot
from provgraph.validation.instance import Instance, Numbers

ENTITY, ACTIVITY, AGENT = 1, 2, 4
OBJECTS = ENTITY | ACTIVITY | AGENT
_OBJECT_TYPES = {ProvType.ENTITY: ENTITY, ProvType.ACTIVITY: ACTIVITY, ProvType.AGENT: AGENT}
#: The relations that have no identifiers (PROV-DM, section 5): what a serialisation calls them
#: means nothing.
NAMELESS = (ProvType.MEMBERSHIP, ProvType.SPECIALIZATION, ProvType.ALTERNATE, ProvType.MENTION)
#: The relations that have identifiers, each with a bit of its own.
RELATION_BITS = {
    type_: 8 << number
    for number, type_ in enumerate(
        each for each in ProvType if each not in (*_OBJECT_TYPES, *NAMELESS)
    )
}
RELATIONS = sum(RELATION_BITS.values())
_PLACE_BITS = {
    Slot.ENTITY: ENTITY,
    Slot.ACTIVITY: ACTIVITY,
    Slot.AGENT: AGENT,
    Slot.USAGE: RELATION_BITS[ProvType.USAGE],
    Slot.GENERATION: RELATION_BITS[ProvType.GENERATION],
}
_NOUNS = ((ACTIVITY, "run"), (AGENT, "agent"), (ENTITY, "file"))


class Kinds:
    """Term → what it is, as bits."""

    def __init__(self, instance: Instance) -> None:
        """Gather what is said."""
        self.bits = np.zeros(len(instance), np.int64)
        for type_, table in instance.tables.items():
            self._note(table[:, 0], _OBJECT_TYPES.get(type_) or RELATION_BITS.get(type_, 0))
            for number, place in enumerate(SLOTS[type_], start=1):
                if place in _PLACE_BITS:
                    self._note(table[:, number], _PLACE_BITS[place])
        self.bits[0] = 0

    def _note(self, terms: Numbers, bit: int) -> None:
        self.bits[terms] |= bit

    def all_of(self, bits: int) -> Numbers:
        """Find the terms that are several things at once.

        Args:
            bits: the kinds, added.

        Returns:
            The terms that are all of these, in order.
        """
        return np.flatnonzero((self.bits & bits) == bits)

    def among(self, terms: Numbers, bit: int) -> NDArray[np.bool_]:
        """Tell which terms are of a kind.

        Args:
            terms: the terms to look at.
            bit: the kind.

        Returns:
            For each of the terms whether it is of the kind.
        """
        found: NDArray[np.bool_] = (self.bits[terms] & bit) != 0
        return found

    def noun(self, term: int) -> str:
        """Return what people call such a thing.

        Args:
            term: the thing.

        Returns:
            ``run``, ``agent``, ``file`` or ``record``.
        """
        return next((noun for bit, noun in _NOUNS if self.bits[term] & bit), "record")
