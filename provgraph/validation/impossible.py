"""What no history can hold, whatever its times.

PROV-CONSTRAINTS, sections 6.3 and 6.4; PROV-DM, section 5.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from provgraph.prov.statements import SLOTS, ProvType, Slot
from provgraph.validation.cycles import Cycles
from provgraph.validation.findings import Constraint, Finding, Gravity
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.kinds import ACTIVITY, ENTITY, OBJECTS, RELATION_BITS, RELATIONS, Kinds
from provgraph.validation.wording import Names, RecordNaming, chain, listed

#: The places of a statement that must be filled (PROV-DM, section 5), and what to call what stands
#: there. A delegation's responsible agent may be open, as the W3C's test cases have it.
REQUIRED: dict[ProvType, dict[int, str]] = {
    ProvType.USAGE: {1: "run"},
    ProvType.GENERATION: {1: "file"},
    ProvType.INVALIDATION: {1: "file"},
    ProvType.START: {1: "run"},
    ProvType.END: {1: "run"},
    ProvType.COMMUNICATION: {1: "informed run", 2: "informing run"},
    ProvType.DERIVATION: {1: "derived file", 2: "file that it was derived from"},
    ProvType.ASSOCIATION: {1: "run"},
    ProvType.ATTRIBUTION: {1: "file", 2: "agent"},
    ProvType.DELEGATION: {1: "delegate"},
    ProvType.INFLUENCE: {1: "influenced record", 2: "influencer"},
    ProvType.MEMBERSHIP: {1: "collection", 2: "member"},
    ProvType.SPECIALIZATION: {1: "specific file", 2: "general file"},
    ProvType.ALTERNATE: {1: "first file", 2: "second file"},
    ProvType.MENTION: {1: "specific file", 2: "general file", 3: "bundle"},
}
#: Constraint 53: an identifier names one of these at most.
_DISJOINT = (
    ProvType.USAGE,
    ProvType.GENERATION,
    ProvType.INVALIDATION,
    ProvType.START,
    ProvType.END,
    ProvType.COMMUNICATION,
    ProvType.ATTRIBUTION,
    ProvType.ASSOCIATION,
    ProvType.DELEGATION,
)
_ACTIVITY_PLACE, _GENERATION_PLACE, _USAGE_PLACE = 3, 4, 5


class Impossible:
    """The checks of one set of statements that need no times."""

    def __init__(self, instance: Instance, kinds: Kinds, names: Names) -> None:
        """Take what is said."""
        self._instance = instance
        self._kinds = kinds
        self._names = names

    def findings(self) -> Iterator[Finding]:
        """Yield all that is impossible."""
        for type_, places in REQUIRED.items():
            for place, what in places.items():
                yield from self._open(type_, place, what)
        yield from self._unspecified_derivations()
        yield from self._specializations_of_itself()
        yield from self._overlaps()
        yield from self._members_of_nothing()

    def _error(self, rule: Constraint, message: str, *terms: int) -> Finding:
        named = [term for term in terms if term]
        bundle = self._names.bundle(named[0]) if named else None
        return Finding(Gravity.ERROR, rule, self._names.ids(named), message, bundle=bundle)

    def _open(self, type_: ProvType, place: int, what: str) -> Iterator[Finding]:
        """An end that must be there is open."""
        table = self._instance.tables[type_]
        for row in table[table[:, place] == 0].tolist():
            terms = [
                term
                for term, there in zip(row[1:], SLOTS[type_], strict=True)
                if term and there is not Slot.TIME
            ]
            called = f" {self._names.short(row[0])}" if row[0] else ""
            of = f" of {listed(map(self._names.full, terms))}" if terms else ""
            yield self._error(
                Constraint.REQUIRED,
                f"a statement {type_}{called}{of} lacks its {what}",
                *terms,
                row[0],
            )

    def _unspecified_derivations(self) -> Iterator[Finding]:
        """Constraint 51: a derivation that names no run can't name a generation or a usage."""
        table = self._instance.tables[ProvType.DERIVATION]
        told = (table[:, _GENERATION_PLACE] != 0) | (table[:, _USAGE_PLACE] != 0)
        for row in table[(table[:, _ACTIVITY_PLACE] == 0) & told]:
            tell = RecordNaming(self._names)
            message = (
                f"{tell(int(row[1]))} was derived from {tell(int(row[2]))} "
                "by a certain writing or reading, but no run is named"
            )
            yield self._error(Constraint.UNSPECIFIED_DERIVATION, message, int(row[1]), int(row[2]))

    def _specializations_of_itself(self) -> Iterator[Finding]:
        """Constraint 52, through the transitivity of specialization (inference 19)."""
        edges = specializations(self._instance)
        for cycle in Cycles(edges[:, 0], edges[:, 1]).shortest():
            shown = chain([self._names.short(each) for each in (*cycle, cycle[0])])
            message = f"{self._names.full(cycle[0])} is a form of itself: {shown}"
            yield self._error(Constraint.SPECIALIZATION_REFLEXIVE, message, *cycle)

    def _overlaps(self) -> Iterator[Finding]:
        """Constraints 53 to 55: one name for things that can't be the same."""
        names = self._names
        for term in map(int, self._kinds.all_of(ENTITY | ACTIVITY)):
            yield self._error(
                Constraint.ENTITY_ACTIVITY, f"{names.labelled(term)} is both a run and a file", term
            )
        bits = self._kinds.bits
        for term in map(int, np.flatnonzero(((bits & OBJECTS) != 0) & ((bits & RELATIONS) != 0))):
            types = [type_.value for type_, bit in RELATION_BITS.items() if bits[term] & bit]
            noun = self._kinds.noun(term)
            message = f"{names.labelled(term)} is both a {noun} and a statement {listed(types)}"
            yield self._error(Constraint.OBJECT_PROPERTY_OVERLAP, message, term)
        for one, other in combinations(_DISJOINT, 2):
            for term in map(int, self._kinds.all_of(RELATION_BITS[one] | RELATION_BITS[other])):
                message = (
                    f"{names.labelled(term)} is both a statement {one} and a statement {other}"
                )
                yield self._error(Constraint.PROPERTY_OVERLAP, message, term)

    def _members_of_nothing(self) -> Iterator[Finding]:
        """Constraint 56; forms of an empty collection are empty, too (inference 21)."""
        table = self._instance.tables[ProvType.MEMBERSHIP]
        edges = specializations(self._instance)
        empty = Cycles(edges[:, 1], edges[:, 0]).reachable(self._instance.empty)
        for row in table[np.isin(table[:, 1], empty) & (table[:, 2] != 0)]:
            tell = RecordNaming(self._names)
            message = (
                f"{tell(int(row[1]))} is said to be an empty collection, "
                f"but has the member {tell(int(row[2]))}"
            )
            yield self._error(Constraint.EMPTY_COLLECTION, message, int(row[1]), int(row[2]))


def specializations(instance: Instance) -> Numbers:
    """Return who is a form of whom.

    A mention is a specialization, too (PROV-LINKS, inference 1).

    Args:
        instance: the statements.

    Returns:
        Pairs of a specific entity and the general one, of shape (pairs, 2).
    """
    tables = instance.tables
    pairs = np.concatenate(
        [tables[type_][:, 1:3] for type_ in (ProvType.SPECIALIZATION, ProvType.MENTION)]
    )
    filled: Numbers = pairs[(pairs != 0).all(axis=1)]
    return filled
