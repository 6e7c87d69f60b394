"""The relations of one graph while they are put together.

A relation may be stated by a property, ``run prov:used file``; by a resource of its own, to which
``prov:qualifiedUsage`` leads; or by both (PROV-O, section 3.3). Both together are one relation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from provgraph.interchange.reading.attributes import canonical_time
from provgraph.interchange.reading.prov_o.terms import EVENT_TIMES, RelationTerm
from provgraph.loaders.protocol import Problem
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    SLOTS,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)

#: What tells relations apart: the type, the effect and the cause.
_Ends = tuple[ProvType, str, str]
_TIME_SLOT = {kind: slots.index(Slot.TIME) for kind, slots in SLOTS.items() if Slot.TIME in slots}


#: The relations that always have a cause (PROV-DM, section 5). An association without agent, which
#: only tells the plan, is one by itself; so is a usage, generation, start … without cause.
_WITH_CAUSE = (
    ProvType.COMMUNICATION,
    ProvType.DERIVATION,
    ProvType.ATTRIBUTION,
    ProvType.DELEGATION,
    ProvType.INFLUENCE,
)


@dataclass
class GatheredRelation:
    """One relation, with all that was found of it so far.

    Attributes:
        term: what kind of relation.
        id: its URI; None of one without a name.
        slots: what was found for each slot of the statement.
        attributes: all else that is said of it.
    """

    term: RelationTerm
    id: str | None = None
    slots: list[list[str]] = field(default_factory=list)
    attributes: list[Pair] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make room for each slot."""
        self.slots += [[] for _ in SLOTS[self.type][len(self.slots) :]]

    @property
    def type(self) -> ProvType:
        """The type of the statement."""
        return self.term.type

    def ends(self) -> Iterator[_Ends]:
        """List the pairs of records that it relates."""
        for effect, cause in product(self.slots[0], self.slots[1]):
            yield self.type, effect, cause

    def statements(self, bundle: str | None) -> Iterator[ProvStatement | Problem]:
        """Make statements.

        Args:
            bundle: the graph that states the relation.

        Yields:
            one statement; of a slot with several values one a value. A problem when several slots
            have several values: nobody can tell which belong together.
        """
        names = [
            name
            for name, found in zip(SLOT_NAMES[self.type], self.slots, strict=True)
            if len(found) > 1
        ]
        if len(names) > 1:
            what = (
                f"this {self.type.value} is not loaded: of {' and '.join(names)} it has several "
                "values, and RDF does not say which belong together"
            )
            yield Problem(self.id or self.slots[0][0], what)
            return
        types = () if self.term.subtype is None else (_type_pair(self.term.subtype),)
        pairs = tuple(dict.fromkeys((*types, *self.attributes)))
        choices: list[Sequence[str | None]] = [found or [None] for found in self.slots]
        for slots in product(*choices):
            yield ProvStatement(self.type, self.id, slots, pairs, bundle)


def _type_pair(uri: str) -> Pair:
    return PROV + "type", Literal(uri, QUALIFIED_NAME)


class RelationsOfGraph:
    """All relations of one graph."""

    def __init__(self) -> None:
        self._qualified: list[GatheredRelation] = []
        self._plain: list[GatheredRelation] = []
        self._times: dict[tuple[ProvType, str], list[str]] = defaultdict(list)

    def add_qualified(self, relation: GatheredRelation) -> None:
        """Add a relation that is a resource of its own.

        Args:
            relation: complete as far as the resource says it.
        """
        self._qualified.append(relation)

    def add_plain(self, term: RelationTerm, *slots: str | None) -> None:
        """Add a relation that a property states.

        Args:
            term: what the property says.
            slots: the effect, the cause and what else is known.
        """
        found = [[] if each is None else [each] for each in slots]
        self._plain.append(GatheredRelation(term, slots=found))

    def add_time(self, predicate: str, entity: str, time: str) -> None:
        """Add the time of an event that the document states of an entity.

        Args:
            predicate: one of `EVENT_TIMES`.
            entity: which.
            time: as the document writes it.
        """
        self._times[EVENT_TIMES[predicate], entity].append(time)

    def joined(self) -> list[GatheredRelation]:
        """Join what is said twice.

        Returns:
            each relation once, those with a resource of their own first.
        """
        self._complete()
        plain = self._not_qualified()
        relations = [*self._qualified, *plain]
        return relations + list(self._events(relations))

    def _complete(self) -> None:
        """Give a qualified relation that names no cause the only one that a property names."""
        plain: dict[tuple[ProvType, str], list[str]] = defaultdict(list)
        said = {ends for each in self._qualified for ends in each.ends()}
        for each in self._plain:
            for ends in each.ends():
                if ends not in said:
                    plain[ends[:2]].append(ends[2])
        lacking = [
            each
            for each in self._qualified
            if each.type in _WITH_CAUSE and len(each.slots[0]) == 1 and not each.slots[1]
        ]
        number = Counter((each.type, each.slots[0][0]) for each in lacking)
        for each in lacking:
            key = each.type, each.slots[0][0]
            causes = dict.fromkeys(plain[key])
            if number[key] == 1 and len(causes) == 1:
                each.slots[1].extend(causes)

    def _not_qualified(self) -> list[GatheredRelation]:
        """List the relations that only properties state; the finer property says it for both."""
        qualified: dict[_Ends, list[GatheredRelation]] = defaultdict(list)
        for each in self._qualified:
            for ends in each.ends():
                qualified[ends].append(each)
        fine = {ends for each in self._plain if each.term.subtype for ends in each.ends()}
        left = []
        for each in self._plain:
            (ends,) = each.ends()
            same = qualified.get(ends, ())
            if each.term.subtype is None:
                if not same and ends not in fine:
                    left.append(each)
            elif not any(_takes(one, each.term) for one in same):
                left.append(each)
        return left

    def _events(self, relations: Sequence[GatheredRelation]) -> Iterator[GatheredRelation]:
        """Give times to the events that they are of; yield an event for each time that is left."""
        events: dict[tuple[ProvType, str], list[GatheredRelation]] = defaultdict(list)
        for each in relations if self._times else ():
            for effect in each.slots[0]:
                events[each.type, effect].append(each)
        for (kind, entity), times in self._times.items():
            known = [each.slots[_TIME_SLOT[kind]] for each in events[kind, entity]]
            said = {canonical_time(time) for found in known for time in found}
            left = sorted({time for time in times if canonical_time(time) not in said})
            if len(left) == 1 and len(known) == 1 and not known[0]:
                known[0].extend(left)
            else:
                yield from (
                    GatheredRelation(RelationTerm(kind), slots=[[entity], [], [time]])
                    for time in left
                )


def _takes(qualified: GatheredRelation, term: RelationTerm) -> bool:
    """Let a qualified relation say what a finer property says: a derivation is a revision then."""
    if qualified.term.subtype is None:
        qualified.term = term
    return qualified.term == term


def times_in_order(starts: Iterable[str], ends: Iterable[str]) -> tuple[list[str], list[str]]:
    """Put the times of an activity in a fixed order.

    Args:
        starts: any number of times.
        ends: any number of times.

    Returns:
        both, each time once, sorted.
    """
    return sorted(set(starts)), sorted(set(ends))
