"""What a report holds, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from provgraph.model.lineage import Node
from provgraph.model.values import seconds_between
from provgraph.store.records import LoadRecord


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time.

    Attributes:
        since: the first moment, in canonical UTC.
        until: its end, likewise; not in it any more, so that no run is of two nights.
    """

    since: str
    until: str

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return timedelta(seconds=seconds_between(self.since, self.until))

    def holds(self, time: str | None) -> bool:
        """Tell whether a moment is in the span.

        Args:
            time: in canonical UTC, with or without ``Z``; None is in no span.
        """
        return time is not None and self.since <= time.rstrip("Z") < self.until


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What is to be counted of some runs.

    Attributes:
        statuses: how the runs ended → how many did.
        failed: how many ended with an error or were interrupted.
        median: the seconds that the middle one of the completed runs took; None without any.
        p95: the seconds within which 95 of 100 of them were done, likewise.
        longest: the seconds of the slowest of them, likewise.
    """

    statuses: Mapping[str, int]
    failed: int = 0
    median: float | None = None
    p95: float | None = None
    longest: float | None = None

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True)
class ToolFigures:
    """The runs of one tool.

    Attributes:
        tool: its name; None for runs without a name.
        now: its runs in the span.
        before: its runs in the span of the same length before.
        versions: each version → how many runs; None is the version of runs that name none.
    """

    tool: str | None
    now: RunFigures
    before: RunFigures
    versions: Mapping[str | None, int]


@dataclass(frozen=True, slots=True)
class HostFigures:
    """The runs on one host.

    Attributes:
        host: its name; None for runs that name none.
        now: its runs in the span.
    """

    host: str | None
    now: RunFigures


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The runs that started in one hour, day or month.

    Attributes:
        time: when it began: ``2026-11-28T03``, ``2026-11-28`` or ``2026-11``, in UTC.
        all: all runs.
        tools: each tool → its runs; tools without runs are left out.
    """

    time: str
    all: RunFigures
    tools: Mapping[str | None, RunFigures]


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the records that a report is about.

    Attributes:
        total: how many there are.
        nodes: the first of them.
    """

    total: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What was loaded.

    Attributes:
        statuses: each status → how many loads have it.
        problems: how many parts of sources could not be read.
        troubled: the first of the loads that are not whole or have problems, the newest first.
        troubled_total: how many of these there are.
    """

    statuses: Mapping[str, int]
    problems: int
    troubled: tuple[LoadRecord, ...]
    troubled_total: int


@dataclass(frozen=True, slots=True)
class MirrorLag:
    """How far a mirror is behind its store.

    Attributes:
        address: of the mirror, without password.
        synced: when it was last synced, in canonical UTC.
        behind: how many transactions of the store it lacks.
    """

    address: str
    synced: str
    behind: int


@dataclass(frozen=True, slots=True)
class SpanReport:
    """What happened in a span of time.

    Attributes:
        store: the address of the store, without password.
        span: which time it is about. Runs and files count by their start and their making.
        made: when the report was made, in canonical UTC.
        runs: all runs.
        tools: by tool, the one with the most failures first, then by runs.
        hosts: by host, likewise.
        trend: from hour to hour; of more than two days from day to day; of more than 92 days from
            month to month.
        failures: the runs that failed, the newest first.
        slowest: the runs that took longest.
        levels: each data level → how many files of it were made.
        without_raw: the products from which no way leads to raw data, the newest first.
        invalid: what is marked as invalid: records of the span, and marks that begin in it.
        tainted: the delivered products of the span that were made from invalid records.
        loads: what was loaded in the span.
        mirror: how far the mirror is behind; None when no mirror was asked about.
    """

    store: str
    span: Span
    made: str
    runs: RunFigures
    tools: tuple[ToolFigures, ...]
    hosts: tuple[HostFigures, ...]
    trend: tuple[TrendPoint, ...]
    failures: Listing
    slowest: tuple[Node, ...]
    levels: Mapping[str, int]
    without_raw: Listing
    invalid: Listing
    tainted: Listing
    loads: LoadFigures
    mirror: MirrorLag | None = None
