"""Checks statements against PROV-CONSTRAINTS, whichever document or store they come from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from provgraph.model.records import batches
from provgraph.model.values import utc
from provgraph.prov.statements import ProvStatement, ProvType
from provgraph.validation import keys
from provgraph.validation.events import ENDED, INVALIDATED, STARTED, WRITTEN, Event, order_of
from provgraph.validation.findings import Finding, Gravity, ordered
from provgraph.validation.impossible import Impossible
from provgraph.validation.instance import Instance, StatementGatherer
from provgraph.validation.kinds import Kinds
from provgraph.validation.ordering import Ordering
from provgraph.validation.phrasing import Phrasing
from provgraph.validation.producers import Producers
from provgraph.validation.suspicious import Suspicious
from provgraph.validation.wording import Names

#: After how many statements the observer is told.
_PAGE = 10_000
_EVENT_OF = {
    ProvType.GENERATION: WRITTEN,
    ProvType.INVALIDATION: INVALIDATED,
    ProvType.START: STARTED,
    ProvType.END: ENDED,
}

Observer = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to.

    Attributes:
        statements: how many were read.
        findings: by gravity, then time, then ids.
    """

    statements: int
    findings: tuple[Finding, ...]

    @property
    def is_valid(self) -> bool:
        """Whether there is no error; warnings don't make anything invalid."""
        return not self.count(Gravity.ERROR)

    def count(self, gravity: Gravity) -> int:
        """Count the findings of one gravity.

        Args:
            gravity: the gravity.

        Returns:
            How many findings have it.
        """
        return sum(finding.gravity is gravity for finding in self.findings)


def check(
    statements: Iterable[ProvStatement], *, now: str | None = None, observer: Observer | None = None
) -> Verdict:
    """Check statements against PROV-CONSTRAINTS; the document and each bundle by itself.

    Args:
        statements: in any order, which makes no difference; they are read once.
        now: the canonical UTC time after which times are in the future; None for the present.
        observer: is told how many statements were read since it was last told.

    Returns:
        The contradictions that were found, and what is suspicious.
    """
    gatherer = StatementGatherer()
    for some in batches(statements, _PAGE):
        gatherer.take(some)
        if observer is not None:
            observer(len(some))
    findings = _findings(gatherer.instance(), now or utc(datetime.now(UTC).isoformat()))
    return Verdict(gatherer.count, tuple(ordered(set(findings))))


def _findings(instance: Instance, now: str) -> Iterator[Finding]:
    joined = keys.merged(_with_inferred(instance))
    instance = joined.instance
    kinds = Kinds(instance)
    names = Names(instance, kinds)
    order = order_of(instance, kinds)
    producers = Producers(instance)
    phrasing = Phrasing(order, producers)
    told = frozenset(map(_event_told, joined.conflicts))
    yield from Impossible(instance, kinds, names).findings()
    yield from keys.findings(joined.conflicts, names)
    yield from producers.findings(order, names)
    yield from Ordering(order, producers, names, phrasing, told).findings()
    yield from Suspicious(instance, order, names, now).findings(phrasing)


def _with_inferred(instance: Instance) -> Instance:
    """Add what a derivation implies that names its run (PROV-CONSTRAINTS, inference 11).

    The run read the one file and wrote the other.
    """
    derivations = instance.tables[ProvType.DERIVATION]
    derivations = derivations[derivations[:, 3] != 0]
    open_ = np.zeros(len(derivations), np.int64)
    _, made, source, run, writing, reading = derivations.T
    used = np.stack([reading, run, source, open_], axis=1)
    wrote = np.stack([writing, made, run, open_], axis=1)[made != 0]
    return instance.with_rows(ProvType.USAGE, used).with_rows(ProvType.GENERATION, wrote)


def _event_told(conflict: keys.Conflict) -> int:
    """Return the event that a conflict says to have happened several times."""
    if conflict.type is ProvType.ACTIVITY:
        return conflict.row[0] * len(Event) + (STARTED if conflict.column == 1 else ENDED)
    event = _EVENT_OF.get(conflict.type)
    return 0 if event is None else conflict.row[1] * len(Event) + event
