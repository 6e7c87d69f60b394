"""Events in words: ``run A wrote file F``."""

from provgraph.validation.events import (
    ENDED,
    INVALIDATED,
    STARTED,
    WRITTEN,
    Event,
    EventOrder,
    term_of,
)
from provgraph.validation.findings import Constraint
from provgraph.validation.producers import Producers
from provgraph.validation.wording import RecordNaming

#: The rule by which an event is one moment, and what happens then.
ONE_MOMENT = {
    WRITTEN: (Constraint.GENERATION_GENERATION, "was made"),
    INVALIDATED: (Constraint.INVALIDATION_INVALIDATION, "became invalid"),
    STARTED: (Constraint.UNIQUE_START_TIME, "started"),
    ENDED: (Constraint.UNIQUE_END_TIME, "ended"),
}


class Phrasing:
    """Puts the events of a history into words."""

    def __init__(self, order: EventOrder, producers: Producers) -> None:
        """Take the events, and who wrote the files."""
        self._order = order
        self._producers = producers

    def __call__(self, event: int, tell: RecordNaming, it: int | None = None) -> str:
        """What happened; ``it`` is a record that needs no name."""

        def named(term: int) -> str:
            return "it" if term == it else tell(term)

        place = self._order.readings.index(event)
        if place is not None:
            run, file = (
                int(self._order.readings.runs[place]),
                int(self._order.readings.files[place]),
            )
            reader = named(run) if run else "a run"
            return f"{reader} read {self._object(file, tell, it) if file else 'a file'}"
        term, kind = term_of(event), Event(event % len(Event))
        if kind is WRITTEN and len(runs := self._producers.of(term)) == 1:
            return f"{named(runs[0])} wrote {self._object(term, tell, it)}"
        return f"{named(term)} {ONE_MOMENT[kind][1]}"

    def _object(self, term: int, tell: RecordNaming, it: int | None) -> str:
        return "it" if term == it or (it is None and term in tell.told) else tell(term)
