"""The events of a history, and which must come before which (PROV-CONSTRAINTS, section 6.2).

All writings of one file are one moment (constraint 39), as are its invalidations (40), and the
starts and the ends of a run (31, 32): each of them is one event here. Whatever is used as a file
was written, whatever is used as a run started and ended (inferences 7 and 8), also where no
statement says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from provgraph.model.vocabulary import RelationType
from provgraph.prov.statements import ProvType
from provgraph.validation.findings import Constraint
from provgraph.validation.impossible import specializations
from provgraph.validation.instance import Instance, Numbers
from provgraph.validation.kinds import ACTIVITY, ENTITY, Kinds
from provgraph.writers.phrases import PHRASES


class Event(IntEnum):
    """The events that each term may have; its number is four times the term's, and this."""

    WRITTEN = 0
    INVALIDATED = 1
    STARTED = 2
    ENDED = 3


WRITTEN, INVALIDATED, STARTED, ENDED = Event
_PER_TERM = len(Event)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one event comes before another one.

    Attributes:
        constraint: the constraint that demands it.
        fact: the statement that says so, in words, of {u}, whose event comes first, and {v}; empty
            where the events themselves say it.
        is_strict: whether the events can't be at the same moment.
    """

    constraint: Constraint
    fact: str = ""
    is_strict: bool = False


def _says(verb: str, relation: RelationType) -> str:
    """A relation in words, of its effect {effect} and its cause {cause}."""
    return f"{{effect}} {verb}{PHRASES[relation][0]} {{cause}}"


def _cause_first(fact: str) -> str:
    return fact.format(effect="{v}", cause="{u}")


def _effect_first(fact: str) -> str:
    return fact.format(effect="{u}", cause="{v}")


_INFORMED_BY = _says("was ", RelationType.WAS_INFORMED_BY)
_STARTED_BY = _says("was ", RelationType.WAS_STARTED_BY)
_ENDED_BY = _says("was ", RelationType.WAS_ENDED_BY)
_DERIVED_FROM = _says("was ", RelationType.WAS_DERIVED_FROM)
_FORM_OF = _says("is ", RelationType.SPECIALIZATION_OF)
_ON_BEHALF_OF = _says("", RelationType.ACTED_ON_BEHALF_OF)
_C = Constraint
REASONS = (
    Reason(_C.START_END),
    Reason(_C.GENERATION_INVALIDATION),
    Reason(_C.GENERATION_WITHIN_ACTIVITY, "{u} wrote {v}"),
    Reason(_C.GENERATION_WITHIN_ACTIVITY, "{v} wrote {u}"),
    Reason(_C.GENERATION_USAGE, "{v} read {u}"),
    Reason(_C.USAGE_INVALIDATION, "{u} read {v}"),
    Reason(_C.USAGE_WITHIN_ACTIVITY),
    Reason(_C.GENERATION_USAGE),
    Reason(_C.USAGE_INVALIDATION),
    Reason(_C.INFORMED, _cause_first(_INFORMED_BY)),
    Reason(_C.DERIVATION_USAGE),
    Reason(_C.DERIVATION, _cause_first(_DERIVED_FROM), is_strict=True),
    Reason(_C.STARTED_BY, _cause_first(_STARTED_BY)),
    Reason(_C.STARTED_BY, _effect_first(_STARTED_BY)),
    Reason(_C.ENDED_BY, _cause_first(_ENDED_BY)),
    Reason(_C.ENDED_BY, _effect_first(_ENDED_BY)),
    Reason(_C.STARTED_BY, "{u} made {v}, which started another run"),
    Reason(_C.STARTED_BY, "{v} made {u}, which started another run"),
    Reason(_C.ENDED_BY, "{u} made {v}, which ended another run"),
    Reason(_C.ENDED_BY, "{v} made {u}, which ended another run"),
    Reason(_C.SPECIALIZATION_GENERATION, _cause_first(_FORM_OF)),
    Reason(_C.SPECIALIZATION_INVALIDATION, _effect_first(_FORM_OF)),
    Reason(_C.ASSOCIATION, "{v} answered for {u}"),
    Reason(_C.ASSOCIATION, "{u} answered for {v}"),
    Reason(_C.ATTRIBUTION, "{v} is attributed to {u}"),
    Reason(_C.DELEGATION, _cause_first(_ON_BEHALF_OF)),
)
(
    _START_END,
    _WRITTEN_GONE,
    _START_WRITTEN,
    _WRITTEN_END,
    _WRITTEN_END_OF_READER,
    _START_OF_READER_GONE,
    _IN_RUN,
    _WRITTEN_READ,
    _READ_GONE,
    _INFORMED,
    _READ_WRITTEN,
    _DERIVED,
    _TRIGGER_START,
    _START_TRIGGER_GONE,
    _TRIGGER_END,
    _END_TRIGGER_GONE,
    _STARTER_START,
    _STARTER_END,
    _ENDER_START,
    _ENDER_END,
    _GENERAL_WRITTEN,
    _SPECIFIC_GONE,
    _ANSWERED,
    _ANSWERABLE,
    _ATTRIBUTED,
    _ON_BEHALF,
) = range(len(REASONS))
IS_STRICT = np.array([reason.is_strict for reason in REASONS])


@dataclass(frozen=True)
class Readings:
    """Readings of files that are events of their own, since a time or a derivation tells of them.

    Attributes:
        first: the number of the first such event.
        runs: for each of these events the run; 0 where it is open.
        files: for each of these events the file; 0 where it is open.
    """

    first: int
    runs: Numbers
    files: Numbers

    def index(self, event: int) -> int | None:
        """Tell which of the readings an event is.

        Args:
            event: any event.

        Returns:
            The index of the reading; None when the event is something else.
        """
        return event - self.first if event >= self.first else None


@dataclass(frozen=True)
class EventOrder:
    """What must come before what.

    Attributes:
        sources: the earlier event of each edge.
        targets: the later event of each edge.
        reasons: why, as indexes of `REASONS`.
        readings: the events that are readings.
        earliest: event → its earliest told time; 0 where none is told.
        latest: event → its latest told time; 0 where none is told.
    """

    sources: Numbers
    targets: Numbers
    reasons: NDArray[np.int8]
    readings: Readings
    earliest: Numbers
    latest: Numbers


def term_of(event: int) -> int:
    """Return the run or file that an event belongs to.

    Args:
        event: a start, an end, a writing or an invalidation.

    Returns:
        The term of the run or file.
    """
    return event // _PER_TERM


def order_of(instance: Instance, kinds: Kinds) -> EventOrder:
    """Find all that PROV-CONSTRAINTS, section 6.2, says of the order of events.

    Args:
        instance: the statements.
        kinds: what each term is.

    Returns:
        The order, with all times that are told of the events.
    """
    return _EventOrderMaker(instance, kinds).order()


class _EventOrderMaker:
    def __init__(self, instance: Instance, kinds: Kinds) -> None:
        self._instance = instance
        self._kinds = kinds
        self._usages = instance.tables[ProvType.USAGE]
        self._edges: list[tuple[Numbers, Numbers, int]] = []
        self._events = self._reading_events()
        first = len(instance) * _PER_TERM
        count = int(self._events.max(initial=first - 1)) + 1 - first
        runs, files = np.zeros(count, np.int64), np.zeros(count, np.int64)
        own = self._events >= first
        for column, values in ((1, runs), (2, files)):
            np.maximum.at(values, self._events[own] - first, self._usages[own, column])
        self._readings = Readings(first, runs, files)

    def order(self) -> EventOrder:
        self._lives()
        self._usage()
        self._triggers(
            ProvType.START,
            STARTED,
            (_TRIGGER_START, _START_TRIGGER_GONE, _STARTER_START, _STARTER_END),
        )
        self._triggers(
            ProvType.END, ENDED, (_TRIGGER_END, _END_TRIGGER_GONE, _ENDER_START, _ENDER_END)
        )
        self._derivations()
        self._agents()
        written, by = self._pairs(ProvType.GENERATION, 1, 2)
        self._add((STARTED, by), (WRITTEN, written), _START_WRITTEN)
        self._add((WRITTEN, written), (ENDED, by), _WRITTEN_END)
        informed, informing = self._pairs(ProvType.COMMUNICATION, 1, 2)
        self._add((STARTED, informing), (ENDED, informed), _INFORMED)
        specific, general = specializations(self._instance).T
        self._add((WRITTEN, general), (WRITTEN, specific), _GENERAL_WRITTEN)
        self._add((INVALIDATED, specific), (INVALIDATED, general), _SPECIFIC_GONE)
        sources = np.concatenate([edge[0] for edge in self._edges])
        targets = np.concatenate([edge[1] for edge in self._edges])
        reasons = np.concatenate([np.full(len(edge[0]), edge[2], np.int8) for edge in self._edges])
        return EventOrder(sources, targets, reasons, self._readings, *self._times())

    def _add(
        self, before: tuple[Event, Numbers], after: tuple[Event, Numbers], reason: int
    ) -> None:
        (event, terms), (other, others) = before, after
        self._add_events(terms * _PER_TERM + event, others * _PER_TERM + other, reason)

    def _add_events(self, sources: Numbers, targets: Numbers, reason: int) -> None:
        self._edges.append((sources, targets, reason))

    def _pairs(self, type_: ProvType, *columns: int) -> Numbers:
        """Some columns of a type, where all of them are filled."""
        some = self._instance.tables[type_][:, list(columns)]
        found: Numbers = some[(some != 0).all(axis=1)].T
        return found

    def _lives(self) -> None:
        files, runs = self._kinds.all_of(ENTITY), self._kinds.all_of(ACTIVITY)
        self._add((WRITTEN, files), (INVALIDATED, files), _WRITTEN_GONE)
        self._add((STARTED, runs), (ENDED, runs), _START_END)

    def _reading_events(self) -> Numbers:
        """Return the event of each usage.

        It is 0 where nothing tells of the reading but that it lies within the run.
        """
        identified = self._usages[:, 0]
        told = self._instance.column(ProvType.DERIVATION, 5)
        is_own = (self._usages[:, 3] != 0) | np.isin(identified, told[told != 0])
        events = np.zeros(len(self._usages), np.int64)
        names = np.where(identified != 0, identified, -1 - np.arange(len(self._usages)))
        numbers = np.unique(names[is_own], return_inverse=True)[1].reshape(-1)
        events[is_own] = len(self._instance) * _PER_TERM + numbers
        return events

    def _usage(self) -> None:
        usages, events = self._usages, self._events
        untold = usages[(events == 0) & (usages[:, 1] != 0) & (usages[:, 2] != 0)]
        self._add((WRITTEN, untold[:, 2]), (ENDED, untold[:, 1]), _WRITTEN_END_OF_READER)
        self._add((STARTED, untold[:, 1]), (INVALIDATED, untold[:, 2]), _START_OF_READER_GONE)
        by = (events != 0) & (usages[:, 1] != 0)
        self._add_events(usages[by, 1] * _PER_TERM + STARTED, events[by], _IN_RUN)
        self._add_events(events[by], usages[by, 1] * _PER_TERM + ENDED, _IN_RUN)
        of = (events != 0) & (usages[:, 2] != 0)
        self._add_events(usages[of, 2] * _PER_TERM + WRITTEN, events[of], _WRITTEN_READ)
        self._add_events(events[of], usages[of, 2] * _PER_TERM + INVALIDATED, _READ_GONE)

    def _triggers(self, type_: ProvType, event: Event, reasons: tuple[int, int, int, int]) -> None:
        """Add what started or ended a run (constraints 43 and 44), and the run that made that.

        The latter is inferred (PROV-CONSTRAINTS, inferences 9 and 10).
        """
        runs, triggers = self._pairs(type_, 1, 2)
        self._add((WRITTEN, triggers), (event, runs), reasons[0])
        self._add((event, runs), (INVALIDATED, triggers), reasons[1])
        triggers, makers = self._pairs(type_, 2, 3)
        self._add((STARTED, makers), (WRITTEN, triggers), reasons[2])
        self._add((WRITTEN, triggers), (ENDED, makers), reasons[3])

    def _derivations(self) -> None:
        made, source = self._pairs(ProvType.DERIVATION, 1, 2)
        self._add((WRITTEN, source), (WRITTEN, made), _DERIVED)
        table = self._instance.tables[ProvType.DERIVATION]
        table = table[(table[:, 1] != 0) & (table[:, 3] != 0) & (table[:, 5] != 0)]
        order = np.argsort(self._usages[:, 0], kind="stable")
        known = self._usages[order, 0]
        places = np.searchsorted(known, table[:, 5])
        self._add_events(
            self._events[order][places], table[:, 1] * _PER_TERM + WRITTEN, _READ_WRITTEN
        )

    def _agents(self) -> None:
        """Constraints 47 to 49, where agents are files or runs, too."""
        runs, agents = np.concatenate(
            [self._pairs(ProvType.ASSOCIATION, 1, 2), *self._delegated()], axis=1
        )
        for began, ended, bit in ((WRITTEN, INVALIDATED, ENTITY), (STARTED, ENDED, ACTIVITY)):
            some = self._kinds.among(agents, bit)
            self._add((STARTED, runs[some]), (ended, agents[some]), _ANSWERED)
            self._add((began, agents[some]), (ENDED, runs[some]), _ANSWERABLE)
            files, whose = self._pairs(ProvType.ATTRIBUTION, 1, 2)
            some = self._kinds.among(whose, bit)
            self._add((began, whose[some]), (WRITTEN, files[some]), _ATTRIBUTED)
            delegates, responsible = self._pairs(ProvType.DELEGATION, 1, 2)
            some = self._kinds.among(delegates, bit) & self._kinds.among(responsible, bit)
            self._add((began, responsible[some]), (ended, delegates[some]), _ON_BEHALF)

    def _delegated(self) -> Iterator[Numbers]:
        """Yield delegates and those whom they act for as agents of the run.

        PROV-CONSTRAINTS, inference 14.
        """
        yield self._pairs(ProvType.DELEGATION, 3, 1)
        yield self._pairs(ProvType.DELEGATION, 3, 2)

    def _times(self) -> tuple[Numbers, Numbers]:
        """The earliest and the latest time of each event."""
        tables = self._instance.tables
        activity = tables[ProvType.ACTIVITY]
        told = [
            (activity[:, 0] * _PER_TERM + STARTED, activity[:, 1]),
            (activity[:, 0] * _PER_TERM + ENDED, activity[:, 2]),
            (self._events, self._usages[:, 3]),
        ]
        for type_, event in (
            (ProvType.GENERATION, WRITTEN),
            (ProvType.INVALIDATION, INVALIDATED),
            (ProvType.START, STARTED),
            (ProvType.END, ENDED),
        ):
            table = tables[type_]
            told.append((table[:, 1] * _PER_TERM + event, table[:, -1]))
        events, times = (np.concatenate(columns) for columns in zip(*told, strict=True))
        known = (times != 0) & (times <= self._instance.times.readable) & (events >= _PER_TERM)
        count = self._readings.first + len(self._readings.runs)
        latest, earliest = np.zeros(count, np.int64), np.full(count, np.iinfo(np.int64).max)
        np.maximum.at(latest, events[known], times[known])
        np.minimum.at(earliest, events[known], times[known])
        earliest[latest == 0] = 0
        return earliest, latest
