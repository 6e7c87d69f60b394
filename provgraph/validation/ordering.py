"""Histories that can't have gone in any order, or not at the times that they tell.

An order is impossible where an event must come strictly before itself (PROV-CONSTRAINTS, section 6.2). The standard
leaves clocks aside; here times count, too: an event that must not come after another one can't have the later time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import igraph
import numpy as np
from numpy.typing import NDArray

from provgraph.model.prov import ProvType
from provgraph.validation.cycles import Cycles
from provgraph.validation.events import (
    ENDED,
    INVALIDATED,
    IS_STRICT,
    REASONS,
    STARTED,
    WRITTEN,
    Event,
    Order,
    term_of,
)
from provgraph.validation.findings import Finding, Gravity, Rule
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.wording import Names, Telling, chain, listed

#: Rules that hold of any file or run; where others are at work, too, those are named.
_EVERYDAY = (Rule.START_END, Rule.USAGE_WITHIN_ACTIVITY, Rule.GENERATION_WITHIN_ACTIVITY, Rule.GENERATION_INVALIDATION)
_ONE_MOMENT = {
    WRITTEN: (Rule.GENERATION_GENERATION, "was made"),
    INVALIDATED: (Rule.INVALIDATION_INVALIDATION, "became invalid"),
    STARTED: (Rule.UNIQUE_START_TIME, "started"),
    ENDED: (Rule.UNIQUE_END_TIME, "ended"),
}
#: How often events are left out that can't be part of a contradiction.
_PRUNINGS = 10
#: So many facts are told, of more the first two and the last two.
_MOST_FACTS = 8
_START_WRITTEN_RULES = frozenset({Rule.GENERATION_WITHIN_ACTIVITY})


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """An event that must come before another one, but has a later time.

    Attributes:
        first: the event that must come first.
        second: the other one.
        edges: why, as places among the edges.
    """

    first: int
    second: int
    edges: tuple[int, ...]


class Producers:
    """Which runs wrote each file."""

    def __init__(self, instance: Instance) -> None:
        """Gather them."""
        pairs = instance.tables[ProvType.GENERATION][:, 1:3]
        pairs = np.unique(pairs[(pairs != 0).all(axis=1)], axis=0)
        files, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        self._runs = pairs[:, 1]
        self._files = files
        self._starts = starts
        self._counts = counts

    def of(self, file: int) -> list[int]:
        """The runs that wrote a file."""
        place = int(np.searchsorted(self._files, file))
        if place == len(self._files) or self._files[place] != file:
            return []
        start = int(self._starts[place])
        found: list[int] = self._runs[start : start + int(self._counts[place])].tolist()
        return found

    def several(self) -> list[int]:
        """The files that several runs wrote."""
        found: list[int] = self._files[self._counts > 1].tolist()
        return found


class Ordering:
    """The checks of one instance."""

    def __init__(self, instance: Instance, order: Order, names: Names, told: frozenset[int]) -> None:
        """Take what is said.

        Args:
            instance: the tables.
            order: of their events.
            names: of their records.
            told: events of which was said already that they have several times.
        """
        self._order = order
        self._names = names
        self._told = told
        self._producers = Producers(instance)
        self._several = frozenset(self._producers.several())

    def findings(self) -> Iterator[Finding]:
        """All that can't have happened in this order."""
        yield from self._impossible()
        yield from self._several_producers()
        yield from self._several_times()
        for each in _contradictions(self._order):
            if not self._is_of_several_producers(each):
                yield self._finding(each)

    # ---- strict cycles

    def _impossible(self) -> Iterator[Finding]:
        order = self._order
        kept = _pruned(order.sources, order.targets, np.zeros_like(order.latest))
        graph = Cycles(order.sources[kept], order.targets[kept])
        reasons = order.reasons[kept]
        for cycle in graph.shortest(IS_STRICT[reasons]):
            yield self._cycle(cycle)

    def _cycle(self, events: Sequence[int]) -> Finding:
        terms = [term for event in events for term in self._terms(event)]
        terms = list(dict.fromkeys(terms))
        shown = chain([self._names.short(term) for term in (*terms, terms[0])])
        verb = "was made from itself" if all(self._is(event, WRITTEN) for event in events) else "comes before itself"
        message = f"{self._names.full(terms[0])} {verb}: {shown}"
        return Finding(Gravity.ERROR, Rule.DERIVATION, self._names.ids(terms), message,
                       bundle=self._names.bundle(terms[0]))  # fmt: skip

    def _is(self, event: int, kind: Event) -> bool:
        return self._order.readings.place(event) is None and event % len(Event) == kind

    def _terms(self, event: int) -> list[int]:
        """The records whose event it is."""
        place = self._order.readings.place(event)
        if place is None:
            return [term_of(event)]
        readings = self._order.readings
        return [int(term) for term in (readings.files[place], readings.runs[place]) if term]

    # ---- one event at several times

    def _several_producers(self) -> Iterator[Finding]:
        order, names = self._order, self._names
        for file in sorted(self._several):
            runs, tell = self._producers.of(file), Telling(names)
            many = "two" if len(runs) == 2 else str(len(runs))
            message = f"{tell(file)} has {many} producers: {listed(map(tell, runs))}"
            written = file * len(Event) + WRITTEN
            last = max(runs, key=lambda run: int(order.latest[run * len(Event) + STARTED]))
            ended = [run for run in runs if order.latest[run * len(Event) + ENDED]]
            first = min(ended, key=lambda run: int(order.earliest[run * len(Event) + ENDED]), default=last)
            end, start = int(order.earliest[first * len(Event) + ENDED]), int(order.latest[last * len(Event) + STARTED])
            seconds = None
            if 0 < end < start:
                seconds = names.seconds(end, start)
                message += f"; {tell(first)} ended {names.span(end, start)} before {tell(last)} started"
            elif order.earliest[written] != order.latest[written]:
                times = int(order.earliest[written]), int(order.latest[written])
                seconds = names.seconds(*times)
                message += f", at {names.two_times(*times)}"
            yield Finding(
                Gravity.WARNING if seconds is None else Gravity.ERROR,
                Rule.GENERATION_GENERATION,
                names.ids((file, *runs)),
                message,
                names.time(int(order.latest[written]) or start) or None,
                seconds,
                names.bundle(file),
            )

    def _is_of_several_producers(self, each: _Contradiction) -> bool:
        """Whether it says no more than that the runs that wrote one file ran at different times."""
        middle = [int(self._order.targets[edge]) for edge in each.edges[:-1]]
        rules = {REASONS[self._order.reasons[edge]].rule for edge in each.edges}
        return rules == _START_WRITTEN_RULES and any(term_of(event) in self._several for event in middle)

    def _several_times(self) -> Iterator[Finding]:
        order, names = self._order, self._names
        for event in map(int, np.flatnonzero(order.earliest != order.latest)):
            place = order.readings.place(event)
            if place is not None or event in self._told:
                continue
            term, kind = term_of(event), Event(event % len(Event))
            if kind is WRITTEN and term in self._several:
                continue
            rule, verb = _ONE_MOMENT[kind]
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

    def _finding(self, each: _Contradiction) -> Finding:
        order, names = self._order, self._names
        early, late = int(order.earliest[each.second]), int(order.latest[each.first])
        tell = Telling(names)
        happened = self.phrase(each.second, tell)
        only = tell.told[0] if len(tell.told) == 1 else None
        demanded = self.phrase(each.first, tell, only)
        facts = self._facts(each, tell)
        though = f", though {listed(facts)}" if facts else ""
        rules = [REASONS[order.reasons[edge]].rule for edge in each.edges]
        return Finding(
            Gravity.ERROR,
            next((rule for rule in rules if rule not in _EVERYDAY), rules[0]),
            names.ids(tell.told),
            f"{happened} {names.span(early, late)} before {demanded}{though}",
            names.time(early),
            names.seconds(early, late),
            names.bundle(tell.told[0]),
        )

    def _facts(self, each: _Contradiction, tell: Telling) -> list[str]:
        """What says that one event must come before the other, as far as the events don't say it themselves."""
        order = self._order
        facts: list[str] = []
        for place, edge in enumerate(each.edges):
            if len(each.edges) > _MOST_FACTS and 2 <= place < len(each.edges) - 2:
                facts.append(f"… {len(each.edges) - 4} facts more …")
                continue
            source, target = int(order.sources[edge]), int(order.targets[edge])
            reason = REASONS[order.reasons[edge]]
            if reason.fact and not self._is_spoken(reason.rule, (each.first, each.second), source, target):
                facts.append(reason.fact.format(u=tell(term_of(source)), v=tell(term_of(target))))
            if order.readings.place(target) is not None and target != each.second:
                facts.append(self.phrase(target, tell))
        return list(dict.fromkeys(facts))

    def _is_spoken(self, rule: Rule, spoken: tuple[int, int], *events: int) -> bool:
        """Whether it is said already that a run wrote a file, since the writing is one of the two events."""
        written = [event for event in events if self._is(event, WRITTEN)]
        return (
            rule is Rule.GENERATION_WITHIN_ACTIVITY
            and written[0] in spoken
            and len(self._producers.of(term_of(written[0]))) == 1
        )

    def phrase(self, event: int, tell: Telling, it: int | None = None) -> str:
        """What happened, in words; ``it`` is a record that needs no name."""

        def named(term: int) -> str:
            return "it" if term == it else tell(term)

        place = self._order.readings.place(event)
        if place is not None:
            run, file = int(self._order.readings.runs[place]), int(self._order.readings.files[place])
            return f"{named(run) if run else 'a run'} read {self._object(file, tell, it) if file else 'a file'}"
        term, kind = term_of(event), Event(event % len(Event))
        if kind is WRITTEN and len(runs := self._producers.of(term)) == 1:
            return f"{named(runs[0])} wrote {self._object(term, tell, it)}"
        return f"{named(term)} {_ONE_MOMENT[kind][1]}"

    def _object(self, term: int, tell: Telling, it: int | None) -> str:
        return "it" if term == it or (it is None and term in tell.told) else tell(term)


def _pruned(sources: Numbers, targets: Numbers, times: Numbers) -> Numbers:
    """Places of the edges that remain without events that nothing comes before or after, and that have no time."""
    kept = np.arange(len(sources))
    for _ in range(_PRUNINGS):
        has_later, has_earlier = (times != 0).copy(), (times != 0).copy()
        has_later[sources[kept]] = True
        has_earlier[targets[kept]] = True
        inner = kept[has_earlier[sources[kept]] & has_later[targets[kept]]]
        if len(inner) == len(kept):
            break
        kept = inner
    return kept


def _contradictions(order: Order) -> Iterator[_Contradiction]:
    """For each event the worst of the times that it contradicts, of the nearest events with a time."""
    kept = _pruned(order.sources, order.targets, order.latest)
    if len(kept):
        yield from _Times(order, kept).contradictions()


class _Times:
    """Follows times along the order of events. Events that must be at one moment, a component, are taken together."""

    def __init__(self, order: Order, kept: Numbers) -> None:
        graph = Cycles(order.sources[kept], order.targets[kept])
        self._graph = graph
        self._kept = kept
        self._events = graph.nodes
        self._component = graph.components()
        self._count = int(self._component.max()) + 1
        latest, earliest = order.latest[graph.nodes], order.earliest[graph.nodes]
        self._latest_event = _extreme(self._component, latest, self._count)
        self._earliest_event = _extreme(self._component, np.where(latest, -earliest, 0), self._count)
        self._latest = latest[self._latest_event] * (self._latest_event >= 0)
        self._earliest = earliest[self._earliest_event] * (self._earliest_event >= 0)
        ends = self._component[graph.edges]
        between = np.flatnonzero(ends[:, 0] != ends[:, 1])
        self._between = between[np.lexsort((between, ends[between, 1], ends[between, 0]))]
        self._ends = ends[self._between]

    def contradictions(self) -> Iterator[_Contradiction]:
        seen, via = self._followed()
        for component in np.flatnonzero((self._earliest != 0) & (seen > self._earliest)).tolist():
            yield self._contradiction(component, via)
        sizes = np.bincount(self._component, minlength=self._count)
        differ = (self._earliest < self._latest) & (self._earliest_event != self._latest_event)
        for component in np.flatnonzero((sizes > 1) & differ).tolist():
            yield self._within(component)

    def _followed(self) -> tuple[Numbers, list[int]]:
        """Component → the latest time before it, and the edge by which it came."""
        graph = igraph.Graph(n=self._count, edges=np.ascontiguousarray(self._ends), directed=True)
        borders = np.searchsorted(self._ends[:, 0], np.arange(self._count + 1)).tolist()
        targets, own = self._ends[:, 1].tolist(), self._latest.tolist()
        seen, via = [0] * self._count, [-1] * self._count
        for component in graph.topological_sorting():
            time = own[component] or seen[component]
            if time:
                for edge in range(borders[component], borders[component + 1]):
                    if time > seen[targets[edge]]:
                        seen[targets[edge]], via[targets[edge]] = time, edge
        return np.array(seen, np.int64), via

    def _contradiction(self, component: int, via: list[int]) -> _Contradiction:
        edges: list[int] = []
        here = component
        while not edges or not self._latest[here]:
            edges.append(int(self._kept[self._between[via[here]]]))
            here = int(self._ends[via[here], 0])
        return _Contradiction(self._event(self._latest_event[here]), self._event(self._earliest_event[component]),
                              tuple(reversed(edges)))  # fmt: skip

    def _within(self, component: int) -> _Contradiction:
        first, second = int(self._latest_event[component]), int(self._earliest_event[component])
        path = self._graph.path(first, second)
        edges = [int(np.flatnonzero((self._graph.edges == pair).all(axis=1))[0]) for pair in pairwise(path)]
        return _Contradiction(self._event(first), self._event(second), tuple(self._kept[edges].tolist()))

    def _event(self, place: NDArray[np.int64] | int) -> int:
        return int(self._events[place])


def _extreme(groups: Numbers, values: Numbers, count: int) -> Numbers:
    """Group → the place of its greatest value other than 0; -1 when it has none."""
    places = np.flatnonzero(values)
    order = places[np.lexsort((-places, values[places], groups[places]))]
    found = np.full(count, -1, np.int64)
    found[groups[order]] = order
    return found
