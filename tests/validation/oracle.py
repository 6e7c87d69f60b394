"""The order of events, slowly: every statement's events by themselves, every pair of them compared.

Written from PROV-CONSTRAINTS alone. It knows statements without identifiers, and declares what is
used as a run or a file.
"""

from collections.abc import Iterable, Iterator
from itertools import product

from provgraph.prov.statements import SLOTS, ProvStatement, ProvType, Slot

T = ProvType
Event = tuple[str, str, int]  # (what happens, to whom, which statement says so)
Edge = tuple[Event, Event, bool]


class History:
    """The events of some statements, and what must come before what."""

    def __init__(self, statements: Iterable[ProvStatement]) -> None:
        self.times: dict[Event, str] = {}
        self.events: set[Event] = set()
        self.statements = [*statements, *self._inferred(statements)]
        self.runs = self._named(Slot.ACTIVITY) | {
            s.id for s in self.statements if s.type is T.ACTIVITY and s.id
        }
        self.files = self._named(Slot.ENTITY) | {
            s.id for s in self.statements if s.type is T.ENTITY and s.id
        }
        for run in self.runs:
            self._event("start", run, -1, None)
            self._event("end", run, -1, None)
        for file in self.files:
            self._event("made", file, -1, None)
            self._event("gone", file, -1, None)
        for number, statement in enumerate(self.statements):
            self._note(number, statement)

    def is_possible(self) -> bool:
        """Whether the events can be put into an order, and their times don't contradict it."""
        if self.runs & self.files:
            return False
        strictly = {(u, v): strict for u, v, strict in self._edges()}
        for u, v, strict in self._edges():
            strictly[u, v] = strictly[u, v] or strict
        before = self._closure(strictly)
        if any(strict and u == v for (u, v), strict in before.items()):
            return False
        return not any(
            u in self.times and v in self.times and self.times[u] > self.times[v] for u, v in before
        )

    def _inferred(self, statements: Iterable[ProvStatement]) -> Iterator[ProvStatement]:
        for each in statements:
            if each.type is T.DERIVATION and each.slots[2]:
                yield ProvStatement(T.USAGE, None, (each.slots[2], each.slots[1], None))
                yield ProvStatement(T.GENERATION, None, (each.slots[0], each.slots[2], None))
            if each.type in (T.START, T.END) and each.slots[1] and each.slots[2]:
                yield ProvStatement(T.GENERATION, None, (each.slots[1], each.slots[2], None))
            if each.type is T.DELEGATION and each.slots[2]:
                yield ProvStatement(T.ASSOCIATION, None, (each.slots[2], each.slots[0], None))
                yield ProvStatement(T.ASSOCIATION, None, (each.slots[2], each.slots[1], None))

    def _named(self, place: Slot) -> set[str]:
        return {
            name
            for statement in self.statements
            for name, here in zip(statement.slots, SLOTS[statement.type], strict=False)
            if name is not None and here is place
        }

    def _event(self, what: str, whom: str, number: int, time: str | None) -> None:
        event = (what, whom, number)
        self.events.add(event)
        if time is not None:
            self.times[event] = time

    def _note(self, number: int, statement: ProvStatement) -> None:
        places = statement.slots
        if statement.type is T.ACTIVITY:
            self._event("start", statement.id or "", number, places[0])
            self._event("end", statement.id or "", number, places[1])
        elif statement.type is T.USAGE:
            self._event("read", places[1] or "", number, places[2])
        elif statement.type in (T.GENERATION, T.INVALIDATION):
            self._event(
                "made" if statement.type is T.GENERATION else "gone",
                places[0] or "",
                number,
                places[2],
            )
        elif statement.type in (T.START, T.END):
            self._event(
                "start" if statement.type is T.START else "end", places[0] or "", number, places[3]
            )

    def _of(self, what: str, whom: str | None) -> list[Event]:
        return [event for event in self.events if event[:2] == (what, whom)]

    def _all(
        self, one: str, of: str | None, other: str, of_other: str | None, strict: bool = False
    ) -> Iterator[Edge]:
        for u, v in product(self._of(one, of), self._of(other, of_other)):
            yield u, v, strict

    def _edges(self) -> Iterator[Edge]:
        for what, whom, _ in self.events:
            if what != "read":
                yield from self._all(what, whom, what, whom)  # 31, 32, 39, 40
        for run in self.runs:
            yield from self._all("start", run, "end", run)  # 30
        for file in self.files:
            yield from self._all("made", file, "gone", file)  # 36
            yield from self._all("made", file, "read", file)  # 37
            yield from self._all("read", file, "gone", file)  # 38
        for number, statement in enumerate(self.statements):
            yield from self._said(number, statement)

    def _said(self, number: int, statement: ProvStatement) -> Iterator[Edge]:
        type_, places = statement.type, statement.slots
        if type_ is T.USAGE or (type_ is T.GENERATION and places[1]):
            run = places[0] if type_ is T.USAGE else places[1]
            event = ("read", places[1], number) if type_ is T.USAGE else ("made", places[0], number)
            yield from ((u, event, False) for u in self._of("start", run))  # type: ignore[misc]
            yield from ((event, v, False) for v in self._of("end", run))  # type: ignore[misc]
        elif type_ is T.COMMUNICATION:
            yield from self._all("start", places[1], "end", places[0])
        elif type_ is T.DERIVATION:
            yield from self._all("made", places[1], "made", places[0], strict=True)
        elif type_ in (T.START, T.END) and places[1]:
            what = "start" if type_ is T.START else "end"
            yield from self._all("made", places[1], what, places[0])
            yield from self._all(what, places[0], "gone", places[1])
        elif type_ is T.ASSOCIATION:
            for began, ended in (("made", "gone"), ("start", "end")):
                yield from self._all("start", places[0], ended, places[1])
                yield from self._all(began, places[1], "end", places[0])
        elif type_ is T.ATTRIBUTION:
            for began in ("made", "start"):
                yield from self._all(began, places[1], "made", places[0])
        elif type_ is T.DELEGATION:
            for began, ended in (("made", "gone"), ("start", "end")):
                yield from self._all(began, places[1], ended, places[0])

    def _closure(
        self, strictly: dict[tuple[Event, Event], bool]
    ) -> dict[tuple[Event, Event], bool]:
        closed = dict(strictly)
        for middle in self.events:
            into = [(u, strict) for (u, v), strict in closed.items() if v == middle]
            out = [(v, strict) for (u, v), strict in closed.items() if u == middle]
            for (u, first), (v, second) in product(into, out):
                closed[u, v] = closed.get((u, v), False) or first or second
        return closed
