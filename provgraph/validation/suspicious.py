"""What is valid PROV and yet hardly true.

Times in the future, texts that are no times, files that were made from themselves.
"""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from provgraph.model.values import duration_text, seconds_between
from provgraph.prov.statements import SLOTS, ProvType, Slot
from provgraph.validation.cycles import Cycles
from provgraph.validation.events import Event, EventOrder
from provgraph.validation.findings import Constraint, Finding, Gravity
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.phrasing import Phrasing
from provgraph.validation.wording import Names, RecordNaming, chain


class Suspicious:
    """The checks of one instance."""

    def __init__(self, instance: Instance, order: EventOrder, names: Names, now: str) -> None:
        """Take what is said, and the canonical time after which it is future."""
        self._instance = instance
        self._order = order
        self._names = names
        self._now = now

    def findings(self, phrasing: Phrasing) -> Iterator[Finding]:
        """Yield all that is suspicious.

        Args:
            phrasing: has the words for events.
        """
        yield from self._future(phrasing)
        yield from self._no_times()
        yield from self._made_from_themselves()

    def _future(self, phrasing: Phrasing) -> Iterator[Finding]:
        """One finding a run or file: the last of its times."""
        order, times = self._order, self._instance.times
        last_past = bisect_right(times.texts, self._now, 1, times.readable + 1) - 1
        events = np.flatnonzero(order.latest > last_past)
        events = events[np.lexsort((-events, order.latest[events]))]
        owners = np.where(events < order.readings.first, events // len(Event), -events)
        latest = dict(zip(owners.tolist(), events.tolist(), strict=True))
        for event in latest.values():
            tell, time = RecordNaming(self._names), int(order.latest[event])
            what = phrasing(event, tell)
            text = times.texts[time]
            yield Finding(
                Gravity.WARNING,
                Constraint.FUTURE,
                self._names.ids(tell.told),
                f"{what} in the future: {self._names.moment(time)}, "
                f"{duration_text(self._now, text)} from now",
                text,
                seconds_between(self._now, text),
                self._names.bundle(tell.told[0]),
            )

    def _no_times(self) -> Iterator[Finding]:
        readable, names = self._instance.times.readable, self._names
        for type_, table in self._instance.tables.items():
            for column, place in enumerate(SLOTS[type_], start=1):
                if place is not Slot.TIME:
                    continue
                for row in table[table[:, column] > readable]:
                    term = int(row[0] if type_ is ProvType.ACTIVITY else row[1])
                    what = names.full(term) if term else "a statement"
                    message = (
                        f"{what} has a time in {type_} that is none: {names.time(int(row[column]))}"
                    )
                    yield Finding(
                        Gravity.WARNING,
                        Constraint.NO_TIME,
                        names.ids((term,)),
                        message,
                        bundle=names.bundle(term),
                    )

    def _made_from_themselves(self) -> Iterator[Finding]:
        """Yield cycles through runs.

        A run may have read one file before it wrote another one, so such a cycle is valid PROV.
        """
        tables = self._instance.tables
        used, made = _ends(tables[ProvType.USAGE]), _ends(tables[ProvType.GENERATION])
        width = len(self._instance)
        own = np.isin(used[:, 0] * width + used[:, 1], made[:, 1] * width + made[:, 0])
        used = used[~own]
        derived = _ends(tables[ProvType.DERIVATION])
        edges = np.concatenate([used[:, ::-1], made[:, ::-1], derived[:, ::-1]])
        through = np.arange(len(edges)) < len(used) + len(made)
        files = set(used[:, 1].tolist()) | set(made[:, 0].tolist())
        for cycle in Cycles(edges[:, 0], edges[:, 1]).shortest(through):
            first = cycle.index(min(files.intersection(cycle)))
            terms = [*cycle[first:], *cycle[:first]]
            shown = chain([self._names.short(term) for term in (*terms, terms[0])])
            message = f"{self._names.full(terms[0])} was made from itself: {shown}"
            yield Finding(
                Gravity.WARNING,
                Constraint.LINEAGE_CYCLE,
                self._names.ids(terms),
                message,
                bundle=self._names.bundle(terms[0]),
            )


def _ends(table: Numbers) -> Numbers:
    """The first two places, where both are filled."""
    ends = table[:, 1:3]
    filled: Numbers = ends[(ends != 0).all(axis=1)]
    return filled
