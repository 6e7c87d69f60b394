"""Runs are counted by how they ended; a trend goes by hours, days or months."""

import pytest

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.questions.reporting.figures import RunFigures, Span
from provgraph.questions.reporting.runs import by_tool, figures_of, trend_of


def run(start: str | None, end: str | None, status: str | None = "completed", **said: str) -> Node:
    key = f"{start}{end}{status}".encode()
    return Node(
        key,
        "r",
        Kind.ACTIVITY,
        start_time=start,
        end_time=end,
        status=status,
        **said,  # type: ignore[arg-type]
    )


def test_only_completed_runs_tell_how_long_the_work_takes() -> None:
    day = "2027-01-01T00:00:"
    took = [run(f"{day}00.000Z", f"{day}{seconds:02}.000Z") for seconds in (10, 20, 30, 40)]
    broken = run(f"{day}00.000Z", f"{day}01.000Z", "error")
    stopped = run(f"{day}00.000Z", f"{day}02.000Z", "interrupted")
    endless = run(f"{day}00.000Z", None, "running")
    found = figures_of([*took, broken, stopped, endless, run(None, None, None)])
    statuses = {"completed": 4, "error": 1, "interrupted": 1, "running": 1, "unknown": 1}
    assert found.statuses == statuses
    assert (found.runs, found.failed, found.median, found.longest) == (8, 2, 25, 40)
    assert found.p95 == pytest.approx(38.5)


def test_no_run_has_no_time() -> None:
    assert figures_of([]) == RunFigures({})
    assert figures_of([run("2027-01-01T00:00:00.000Z", None, "running")]).median is None


def test_a_tool_without_a_name_is_counted() -> None:
    (found,) = by_tool([run(None, None), run(None, None, version="1")], [])
    assert (found.tool, found.now.runs, found.versions) == (None, 2, {"1": 1, None: 1})


@pytest.mark.parametrize(
    ("since", "until", "count", "first", "last"),
    [
        ("2027-01-01T00:30", "2027-01-01T02:00", 2, "2027-01-01T00", "2027-01-01T01"),
        ("2027-01-01T00:30", "2027-01-01T02:01", 3, "2027-01-01T00", "2027-01-01T02"),
        ("2027-01-01T00:00", "2027-01-03T00:00", 48, "2027-01-01T00", "2027-01-02T23"),
        ("2027-01-01T18:00", "2027-01-04T06:00", 4, "2027-01-01", "2027-01-04"),
        ("2027-02-20T00:00", "2027-07-01T00:00", 5, "2027-02", "2027-06"),
    ],
)
def test_a_trend_has_every_hour_day_or_month(
    since: str, until: str, count: int, first: str, last: str
) -> None:
    runs = [run(f"{since}:00.000Z", None)]
    found = trend_of(runs, Span(f"{since}:00.000", f"{until}:00.000"))
    assert (len(found), found[0].time, found[-1].time) == (count, first, last)
    assert [point.all.runs for point in found] == [1] + [0] * (count - 1)
