"""The report on a span of time: what data-quality staff look at in the morning.

Runs and files of the span come along the index of times, loads along theirs; what is marked as
invalid along the index of terms. What was made before is read only as far as it led to a product of
the span, and the runs of the span before for comparison.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provgraph.errors import SettingsError
from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.lineage import Node
from provgraph.model.values import utc
from provgraph.model.vocabulary import FAILED, RAW_LEVEL, Kind
from provgraph.questions.recalling import tainted
from provgraph.questions.reporting.figures import (
    Listing,
    LoadFigures,
    MirrorLag,
    Span,
    SpanReport,
)
from provgraph.questions.reporting.origins import without_raw
from provgraph.questions.reporting.runs import by_host, by_tool, figures_of, trend_of
from provgraph.questions.searching import moment
from provgraph.store.protocol import Store
from provgraph.store.records import FoundPage

#: How many records are read at a time.
_PAGE = 5_000
_LENGTH = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def span_of(since: str, until: str | None, now: datetime) -> Span:
    """Find the span of time that people mean.

    Args:
        since: a time in ISO 8601; or how long before the end, such as ``1d``, ``12h``, ``30m``,
            ``2w``.
        until: the end, in ISO 8601; None for the present.
        now: the present.

    Returns:
        The span.

    Raises:
        SettingsError: a time can't be read, or the span ends before it begins.
    """
    end = utc(now.astimezone(UTC).isoformat()) if until is None else moment(until) or ""
    if length := _LENGTH.fullmatch(since.strip()):
        begin = _before(end, timedelta(**{_UNITS[length["unit"]]: int(length["number"])}))
    else:
        try:
            begin = moment(since) or ""
        except SettingsError as error:
            raise SettingsError(f"{error}, or how long before: 1d, 12h, 30m, 2w") from None
    if begin >= end:
        raise SettingsError(f"the span from {since} to {until or 'now'} ends before it begins")
    return Span(begin, end)


def span_report(
    store: Store,
    span: Span,
    most: int = 50,
    mirror: Callable[[], MirrorLag] | None = None,
    now: datetime | None = None,
) -> SpanReport:
    """Sum up what happened in a span of time.

    Args:
        store: where to look.
        span: which time.
        most: how many records each list holds.
        mirror: tells how far the mirror is behind; None when there is none.
        now: when the report is made; None for the present.

    Returns:
        The report.

    Raises:
        StoreError: the store failed, or is of an older provgraph and not up to date.
    """
    made = utc((now or datetime.now(UTC)).isoformat())
    asked = _ReportSpan(store, span, most)
    runs, files = asked.records(Kind.ACTIVITY), asked.records(Kind.ENTITY)
    before = _records(store, Kind.ACTIVITY, _span_before(span))
    products = [each for each in files if each.data_level not in (None, RAW_LEVEL)]
    return SpanReport(
        store=store.address,
        span=span,
        made=made,
        runs=figures_of(runs),
        tools=by_tool(runs, before),
        hosts=by_host(runs),
        trend=trend_of(runs, span),
        failures=asked.listing(run for run in runs if run.status in FAILED),
        slowest=tuple(_slowest(runs)[:most]),
        levels=dict(sorted(Counter(each.data_level for each in files if each.data_level).items())),
        without_raw=asked.listing(without_raw(store, products, [*runs, *files])),
        invalid=asked.listing(asked.invalid()),
        tainted=asked.tainted(),
        loads=asked.loads(),
        mirror=None if mirror is None else mirror(),
    )


@dataclass(frozen=True)
class _ReportSpan:
    """What a report is about.

    Attributes:
        store: where to look.
        span: which time.
        most: how many records each list holds.
    """

    store: Store
    span: Span
    most: int

    def records(self, kind: Kind) -> list[Node]:
        return _records(self.store, kind, self.span)

    def listing(self, nodes: Iterable[Node]) -> Listing:
        found = tuple(nodes)
        return Listing(len(found), found[: self.most])

    def invalid(self) -> Iterator[Node]:
        """What is marked: of the span, or since a time in it."""
        for node in _all(lambda page: self._find(Search(invalid=True), page)):
            marked = None if node.invalidation is None else node.invalidation.time
            if self.span.holds(_time_of(node)) or self.span.holds(marked):
                yield node

    def _find(self, wanted: Search, page: PageRequest) -> FoundPage:
        kinds = (Kind.ACTIVITY, Kind.ENTITY)
        return self.store.find(Filter(search=wanted, kinds=kinds), SortOrder.TIME, page)

    def tainted(self) -> Listing:
        """The newest come first, so what was made after the span is passed over."""
        later, listed, page = 0, list[Node](), PageRequest(self.most)
        while True:
            found = tainted(self.store, self.span.since, page)
            nodes = [each.node for each in found.found]
            listed += [node for node in nodes if self.span.holds(node.generated_at)]
            later += sum(not self.span.holds(node.generated_at) for node in nodes)
            if found.after is None or len(listed) >= self.most:
                return Listing((found.total or 0) - later, tuple(listed[: self.most]))
            page = PageRequest(self.most, found.after)

    def loads(self) -> LoadFigures:
        found = [each for each in self.store.loads(self.span.since) if self.span.holds(each.time)]
        troubled = [each for each in found[::-1] if each.problems or each.status != "loaded"]
        return LoadFigures(
            statuses=dict(sorted(Counter(each.status for each in found).items())),
            problems=sum(len(each.problems) for each in found),
            troubled=tuple(troubled[: self.most]),
            troubled_total=len(troubled),
        )


def _records(store: Store, kind: Kind, span: Span) -> list[Node]:
    """The records of a kind that a span holds, the newest first."""
    wanted = Filter(search=Search(since=span.since, until=span.until), kinds=(kind,))
    found = _all(lambda page: store.find(wanted, SortOrder.TIME, page))
    return [node for node in found if span.holds(_time_of(node))]


def _time_of(node: Node) -> str | None:
    """The time by which a record is of a span."""
    return node.start_time or node.end_time or node.generated_at


def _all(ask: Callable[[PageRequest], FoundPage]) -> Iterator[Node]:
    """The records of all pages."""
    page: PageRequest | None = PageRequest(_PAGE)
    while page is not None:
        found = ask(page)
        yield from (each.node for each in found.found)
        page = None if found.after is None else PageRequest(_PAGE, found.after)


def _slowest(runs: Iterable[Node]) -> list[Node]:
    timed = [(run.duration, run) for run in runs if run.duration is not None]
    return [run for _, run in sorted(timed, key=lambda each: (-each[0], each[1].id))]


def _span_before(span: Span) -> Span:
    """The span of the same length before."""
    return Span(_before(span.since, span.length), span.since)


def _before(time: str, length: timedelta) -> str:
    """A moment earlier; the earliest that there is when it would be before all of them."""
    try:
        return utc((datetime.fromisoformat(time[:23]) - length).isoformat())
    except OverflowError:
        return utc(datetime.min.isoformat())
