"""Times against the order of events: an event with a later time than one that follows it."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provgraph.validation.cycles import Cycles, graph_of
from provgraph.validation.events import EventOrder
from provgraph.validation.instance import Numbers

#: How often events are left out that can't be part of a contradiction.
_PRUNINGS = 10


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An event that must come before another one, but has a later time.

    Attributes:
        first: the event that must come first.
        second: the other event.
        edges: why, as indexes of the edges of the order.
    """

    first: int
    second: int
    edges: tuple[int, ...]


def pruned(sources: Numbers, targets: Numbers, times: Numbers) -> Numbers:
    """Leave out edges that can't be part of a contradiction.

    Such an edge leads to or from an event that has no time and that nothing comes before, or
    nothing comes after.

    Args:
        sources: the earlier event of each edge.
        targets: the later event of each edge.
        times: event → its time; 0 where none is told.

    Returns:
        The indexes of the edges that remain.
    """
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


def contradictions(order: EventOrder) -> Iterator[Contradiction]:
    """Find times that contradict the order of events.

    Args:
        order: of the events, with their times.

    Yields:
        For each event the worst of the times that it contradicts, among those of the nearest events
        that have a time; then all others among the events that must come directly before it.
        Example: of a file that seven runs read after it was gone, seven are yielded.
    """
    kept = pruned(order.sources, order.targets, order.latest)
    if len(kept):
        yield from _TimesAlongOrder(order, kept).contradictions()


class _TimesAlongOrder:
    """Follows times along the order of events.

    Events that must be at one moment (a component) are taken together.
    """

    def __init__(self, order: EventOrder, kept: Numbers) -> None:
        graph = Cycles(order.sources[kept], order.targets[kept])
        self._graph = graph
        self._kept = kept
        self._events = graph.nodes
        self._component = graph.components
        self._count = int(self._component.max()) + 1
        latest, earliest = order.latest[graph.nodes], order.earliest[graph.nodes]
        self._latest_event = _extreme(self._component, latest, self._count)
        self._earliest_event = _extreme(
            self._component, np.where(latest, -earliest, 0), self._count
        )
        self._latest = latest[self._latest_event] * (self._latest_event >= 0)
        self._earliest = earliest[self._earliest_event] * (self._earliest_event >= 0)
        ends = self._component[graph.edges]
        between = np.flatnonzero(ends[:, 0] != ends[:, 1])
        self._between = between[np.lexsort((between, ends[between, 1], ends[between, 0]))]
        self._ends = ends[self._between]
        self._by_target = np.argsort(self._ends[:, 1], kind="stable")
        self._targets = self._ends[self._by_target, 1]

    def contradictions(self) -> Iterator[Contradiction]:
        seen, via = self._followed()
        for component in np.flatnonzero((self._earliest != 0) & (seen > self._earliest)).tolist():
            worst = self._contradiction(component, via)
            yield worst
            yield from self._others(component, worst)
        differ = (self._earliest < self._latest) & (self._earliest_event != self._latest_event)
        for part in self._graph.parts():
            component = int(self._component[self._graph.edges[part[0], 0]])
            if differ[component]:
                yield self._within(component, part)

    def _followed(self) -> tuple[Numbers, "array[int]"]:
        """Component → the latest time before it, and the edge by which it came."""
        borders = _compact(np.searchsorted(self._ends[:, 0], np.arange(self._count + 1)))
        targets, own = _compact(self._ends[:, 1]), _compact(self._latest)
        seen, via = _compact(np.zeros(self._count)), _compact(np.zeros(self._count))
        for component in graph_of(self._ends, self._count).topological_sorting():
            time = own[component] or seen[component]
            if time:
                for edge in range(borders[component], borders[component + 1]):
                    if time > seen[targets[edge]]:
                        seen[targets[edge]], via[targets[edge]] = time, edge
        return np.array(seen, np.int64), via

    def _contradiction(self, component: int, via: "array[int]") -> Contradiction:
        edges: list[int] = []
        here = component
        while not edges or not self._latest[here]:
            edges.append(int(self._kept[self._between[via[here]]]))
            here = int(self._ends[via[here], 0])
        first, second = int(self._latest_event[here]), int(self._earliest_event[component])
        return Contradiction(self._event(first), self._event(second), tuple(reversed(edges)))

    def _others(self, component: int, worst: Contradiction) -> Iterator[Contradiction]:
        """The events directly before a component whose times it contradicts, each once."""
        first, last = np.searchsorted(self._targets, (component, component + 1))
        told = {worst.first}
        for edge in self._by_target[first:last].tolist():
            source = int(self._ends[edge, 0])
            event = self._event(int(self._latest_event[source]))
            if self._latest[source] > self._earliest[component] and event not in told:
                told.add(event)
                yield Contradiction(event, worst.second, (int(self._kept[self._between[edge]]),))

    def _within(self, component: int, part: Numbers) -> Contradiction:
        first, second = int(self._latest_event[component]), int(self._earliest_event[component])
        edges = self._kept[self._graph.path_within(part, first, second)]
        return Contradiction(self._event(first), self._event(second), tuple(edges.tolist()))

    def _event(self, place: int) -> int:
        return int(self._events[place])


def _compact(numbers: Numbers | NDArray[np.float64]) -> "array[int]":
    """The numbers for a loop: faster than an array of numpy there, smaller than a list."""
    return array("q", numbers.astype(np.int64).tobytes())


def _extreme(groups: Numbers, values: Numbers, count: int) -> Numbers:
    """Group → the place of its greatest value other than 0; -1 when it has none."""
    places = np.flatnonzero(values)
    order = places[np.lexsort((-places, values[places], groups[places]))]
    found = np.full(count, -1, np.int64)
    found[groups[order]] = order
    return found
