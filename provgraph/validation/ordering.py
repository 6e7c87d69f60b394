"""Histories that can't have gone in any order, or not at the times that they tell.

An order is impossible where an event must come strictly before itself (PROV-CONSTRAINTS, section
6.2). The standard leaves clocks aside; here times count, too: an event that must not come after
another one can't have the later time.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from provgraph.validation.contradictions import Contradiction, contradictions, pruned
from provgraph.validation.cycles import Cycles
from provgraph.validation.events import IS_STRICT, REASONS, WRITTEN, Event, EventOrder, term_of
from provgraph.validation.findings import Constraint, Finding, Gravity
from provgraph.validation.phrasing import ONE_MOMENT, Phrasing
from provgraph.validation.producers import Producers
from provgraph.validation.wording import Names, RecordNaming, chain, listed

#: Rules that hold of any file or run; where others are at work, too, those are named.
_EVERYDAY = (
    Constraint.START_END,
    Constraint.USAGE_WITHIN_ACTIVITY,
    Constraint.GENERATION_WITHIN_ACTIVITY,
    Constraint.GENERATION_INVALIDATION,
)
#: So many facts are told, of more the first two and the last two.
_MOST_FACTS = 8
_START_WRITTEN_RULES = frozenset({Constraint.GENERATION_WITHIN_ACTIVITY})


class Ordering:
    """The checks of one instance."""

    def __init__(
        self,
        order: EventOrder,
        producers: Producers,
        names: Names,
        phrasing: Phrasing,
        told: frozenset[int],
    ) -> None:
        """Take what is said.

        Args:
            order: of the events.
            producers: of the files.
            names: of the records.
            phrasing: of the events.
            told: events of which was said already that they have several times.
        """
        self._order = order
        self._names = names
        self._told = told
        self._producers = producers
        self._several = frozenset(producers.several())
        self._phrasing = phrasing

    def findings(self) -> Iterator[Finding]:
        """All that can't have happened in this order."""
        yield from self._impossible()
        yield from self._several_times()
        for each in contradictions(self._order):
            if not self._is_of_several_producers(each):
                yield self._finding(each)

    # ---- strict cycles

    def _impossible(self) -> Iterator[Finding]:
        order = self._order
        kept = pruned(order.sources, order.targets, np.zeros_like(order.latest))
        graph = Cycles(order.sources[kept], order.targets[kept])
        reasons = order.reasons[kept]
        for cycle in graph.shortest(IS_STRICT[reasons]):
            yield self._cycle(cycle)

    def _cycle(self, events: Sequence[int]) -> Finding:
        terms = [term for event in events for term in self._terms(event)]
        terms = list(dict.fromkeys(terms))
        shown = chain([self._names.short(term) for term in (*terms, terms[0])])
        verb = (
            "was made from itself"
            if all(self._is(event, WRITTEN) for event in events)
            else "comes before itself"
        )
        message = f"{self._names.full(terms[0])} {verb}: {shown}"
        return Finding(
            Gravity.ERROR,
            Constraint.DERIVATION,
            self._names.ids(terms),
            message,
            bundle=self._names.bundle(terms[0]),
        )

    def _is(self, event: int, kind: Event) -> bool:
        return self._order.readings.index(event) is None and event % len(Event) == kind

    def _terms(self, event: int) -> list[int]:
        """The records whose event it is."""
        place = self._order.readings.index(event)
        if place is None:
            return [term_of(event)]
        readings = self._order.readings
        return [int(term) for term in (readings.files[place], readings.runs[place]) if term]

    # ---- one event at several times

    def _several_times(self) -> Iterator[Finding]:
        order, names = self._order, self._names
        for event in map(int, np.flatnonzero(order.earliest != order.latest)):
            place = order.readings.index(event)
            if place is not None or event in self._told:
                continue
            term, kind = term_of(event), Event(event % len(Event))
            if kind is WRITTEN and term in self._several:
                continue
            rule, verb = ONE_MOMENT[kind]
            times = int(order.earliest[event]), int(order.latest[event])
            yield Finding(
                Gravity.ERROR,
                rule,
                names.ids((term,)),
                f"{names.full(term)} {verb} at two times: {names.two_times(*times)}",
                names.time(times[0]),
                names.seconds(*times),
                names.bundle(term),
            )

    # ---- times against the order

    def _is_of_several_producers(self, each: Contradiction) -> bool:
        """Whether it says no more than that the runs that wrote one file ran at different times."""
        middle = [int(self._order.targets[edge]) for edge in each.edges[:-1]]
        rules = {REASONS[self._order.reasons[edge]].constraint for edge in each.edges}
        return rules == _START_WRITTEN_RULES and any(
            term_of(event) in self._several for event in middle
        )

    def _finding(self, each: Contradiction) -> Finding:
        order, names = self._order, self._names
        early, late = int(order.earliest[each.second]), int(order.latest[each.first])
        tell = RecordNaming(names)
        happened = self._phrasing(each.second, tell)
        only = tell.told[0] if len(tell.told) == 1 else None
        demanded = self._phrasing(each.first, tell, only)
        facts = self._facts(each, tell)
        though = f", though {listed(facts)}" if facts else ""
        rules = [REASONS[order.reasons[edge]].constraint for edge in each.edges]
        return Finding(
            Gravity.ERROR,
            next((rule for rule in rules if rule not in _EVERYDAY), rules[0]),
            names.ids(tell.told),
            f"{happened} {names.span(early, late)} before {demanded}{though}",
            names.time(early),
            names.seconds(early, late),
            names.bundle(tell.told[0]),
        )

    def _facts(self, each: Contradiction, tell: RecordNaming) -> list[str]:
        """Return why one event must come before the other, as far as the events don't say so."""
        order = self._order
        facts: list[str] = []
        for place, edge in enumerate(each.edges):
            if len(each.edges) > _MOST_FACTS and 2 <= place < len(each.edges) - 2:
                facts.append(f"… {len(each.edges) - 4} facts more …")
                continue
            source, target = int(order.sources[edge]), int(order.targets[edge])
            reason = REASONS[order.reasons[edge]]
            if reason.fact and not self._is_spoken(
                reason.constraint, (each.first, each.second), source, target
            ):
                facts.append(reason.fact.format(u=tell(term_of(source)), v=tell(term_of(target))))
            if order.readings.index(target) is not None and target != each.second:
                facts.append(self._phrasing(target, tell))
        return list(dict.fromkeys(facts))

    def _is_spoken(self, rule: Constraint, spoken: tuple[int, int], *events: int) -> bool:
        """Tell whether the message says already that a run wrote a file.

        That is so when the writing is one of its two events.
        """
        written = [event for event in events if self._is(event, WRITTEN)]
        return (
            rule is Constraint.GENERATION_WITHIN_ACTIVITY
            and written[0] in spoken
            and len(self._producers.of(term_of(written[0]))) == 1
        )
