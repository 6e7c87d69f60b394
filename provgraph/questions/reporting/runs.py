"""Counts runs: by tool, by host, and from hour to hour."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import FAILED, Status
from provgraph.questions.reporting.figures import (
    HostFigures,
    RunFigures,
    Span,
    ToolFigures,
    TrendPoint,
)

#: Up to how many days a trend goes from hour to hour, and from day to day.
_DAYS_BY_HOUR, _DAYS_BY_DAY = 2, 92
#: How many characters of a time name its hour, its day and its month.
_HOUR, _DAY, _MONTH = 13, 10, 7
_Key = TypeVar("_Key")


def figures_of(runs: Iterable[Node]) -> RunFigures:
    """Count some runs.

    Args:
        runs: the runs.

    Returns:
        How they ended, and how long the completed ones took: a run that failed early says nothing
        of the time that the work takes.
    """
    statuses: Counter[str] = Counter()
    seconds: list[float] = []
    for run in runs:
        statuses[run.status or Status.UNKNOWN.value] += 1
        if run.status == Status.COMPLETED.value and run.duration is not None:
            seconds.append(run.duration)
    failed = sum(statuses[each.value] for each in FAILED)
    figures = RunFigures(dict(sorted(statuses.items())), failed)
    if not seconds:
        return figures
    seconds.sort()
    median, p95 = (_quantile(seconds, part) for part in (0.5, 0.95))
    return replace(figures, median=median, p95=p95, longest=seconds[-1])


def _quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which a part of some values lies, between the two nearest ones."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def by_tool(runs: Iterable[Node], before: Iterable[Node]) -> tuple[ToolFigures, ...]:
    """Count runs by tool.

    Args:
        runs: of a span.
        before: of the span before.

    Returns:
        The tools that ran in the span, the one with the most failures first, then by runs.
    """
    earlier = _grouped(before, lambda run: run.name)
    found = [
        ToolFigures(tool, figures_of(mine), figures_of(earlier.get(tool, ())), _versions_of(mine))
        for tool, mine in _grouped(runs, lambda run: run.name).items()
    ]
    return tuple(sorted(found, key=lambda each: _worst_first(each.now, each.tool)))


def by_host(runs: Iterable[Node]) -> tuple[HostFigures, ...]:
    """Count runs by host.

    Args:
        runs: of a span.

    Returns:
        The hosts, the one with the most failures first, then by runs.
    """
    grouped = _grouped(runs, lambda run: run.host)
    found = [HostFigures(host, figures_of(mine)) for host, mine in grouped.items()]
    return tuple(sorted(found, key=lambda each: _worst_first(each.now, each.host)))


def trend_of(runs: Iterable[Node], span: Span) -> tuple[TrendPoint, ...]:
    """Count runs from hour to hour, day to day or month to month, those without runs among them.

    Args:
        runs: of the span.
        span: which time it is about.
    """
    length = _length_of_time(span)
    grouped = _grouped(runs, lambda run: (run.start_time or run.end_time or "")[:length])
    return tuple(_point(time, grouped.get(time, ())) for time in _times(span, length))


def _point(time: str, runs: Collection[Node]) -> TrendPoint:
    by_name = _grouped(runs, lambda run: run.name)
    return TrendPoint(
        time, figures_of(runs), {tool: figures_of(mine) for tool, mine in by_name.items()}
    )


def _versions_of(runs: Iterable[Node]) -> dict[str | None, int]:
    counts = Counter(run.version for run in runs)
    return dict(sorted(counts.items(), key=lambda each: (each[0] is None, each[0] or "")))


def _worst_first(figures: RunFigures, name: str | None) -> tuple[int, int, str]:
    return -figures.failed, -figures.runs, name or ""


def _grouped(runs: Iterable[Node], key: Callable[[Node], _Key]) -> dict[_Key, list[Node]]:
    found: defaultdict[_Key, list[Node]] = defaultdict(list)
    for run in runs:
        found[key(run)].append(run)
    return found


def _moment(time: str) -> datetime:
    """A moment, or the beginning of an hour, day or month that a beginning of a time names."""
    begin = time[:23] + "0001-01-01T00:00:00"[len(time) :] if len(time) < 19 else time[:23]
    return datetime.fromisoformat(begin)


def _length_of_time(span: Span) -> int:
    """How many characters of a time tell one point of a trend from the next."""
    days = span.length / timedelta(days=1)
    if days <= _DAYS_BY_HOUR:
        return _HOUR
    return _DAY if days <= _DAYS_BY_DAY else _MONTH


def _times(span: Span, length: int) -> Iterator[str]:
    """Each hour, day or month of a span."""
    step = timedelta(hours=1) if length == _HOUR else timedelta(days=1)
    time, end, last = _moment(span.since[:length]), _moment(span.until), ""
    while time < end:
        name = time.isoformat()[:length]
        if name != last:
            yield name
        last = name
        time += step
