"""A report counts what happened in a span of time, in every store alike."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provgraph.errors import SettingsError
from provgraph.ingest.invalidation import invalidate
from provgraph.model.filters import Filter, PageRequest, SortOrder
from provgraph.questions.reporting.figures import MirrorLag, Span
from provgraph.questions.reporting.report import span_of, span_report
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.records import Changes, FoundPage, LoadRecord
from provgraph.store.registry import open_store
from tests.questions.reporting.nights import EVENING, night
from tests.questions.runs import put

NOW = datetime(2027, 1, 2, 6, tzinfo=UTC)
NIGHT = Span("2027-01-01T18:00:00.000", "2027-01-02T06:00:00.000")


def loaded(identifier: str, time: str, status: str, *problems: tuple[str, str]) -> LoadRecord:
    counts = {"activities": 1, "entities": 0, "agents": 0, "relations": 0}
    return LoadRecord(
        identifier, "/logs/a", "ctapipe", "default", "00", time, "0", status, counts, problems
    )


def test_a_night_is_summed_up(store: Store) -> None:
    put(store, *night(10), *night(10, EVENING - timedelta(hours=12), minutes=2))
    invalidate(store, find(store, "/data/20270101-18/run00001.dl1"), "2027-01-02", "damaged")
    invalidate(store, find(store, "/config/ctapipe-process.yaml"), "2026-01-01", "in another year")
    loads = [
        loaded("1", "2027-01-01T17:59:59.999", "partial", ("byte 1", "of the day before")),
        loaded("2", "2027-01-02T01:00:00.000", "loaded"),
        loaded("3", "2027-01-02T02:00:00.000", "partial", ("byte 7", "cut"), ("byte 9", "cut")),
        loaded("4", "2027-01-02T06:00:00.000", "partial", ("byte 1", "of the day after")),
    ]
    with store.writing() as transaction:
        transaction.apply(Changes(loads=loads), ())
    lag = MirrorLag("postgresql://x/y", NIGHT.since, 3)
    found = span_report(store, NIGHT, mirror=lambda: lag)
    assert (found.runs.runs, found.runs.failed) == (30, 2)
    assert found.runs.statuses == {"completed": 28, "error": 2}
    first, *others = found.tools
    assert (first.tool, first.now.runs, first.now.failed) == ("ctapipe-apply-models", 10, 2)
    assert [each.tool for each in others] == ["ctapipe-create-dl3", "ctapipe-process"]
    assert first.versions == {"0.28.0": 7, "0.29.0": 3}
    assert (first.before.runs, others[1].now.median, others[1].before.median) == (10, 184.5, 124.5)
    assert [(each.host, each.now.runs, each.now.failed) for each in found.hosts] == [
        ("wn0", 12, 1),
        ("wn2", 9, 1),
        ("wn1", 9, 0),
    ]
    assert len(found.trend) == 12
    assert [each.all.runs for each in found.trend][:4] == [10, 10, 10, 0]
    assert found.trend[1].time == "2027-01-01T19"
    assert found.trend[1].tools["ctapipe-apply-models"].failed == 2
    assert [run.id for run in found.failures.nodes] == ["0118-00005-1", "0118-00000-1"]
    assert found.slowest[0].duration == 189
    assert found.levels == {"DL1": 10, "DL2": 10, "DL3": 10}
    assert found.without_raw.total == 6
    assert {node.location for node in found.without_raw.nodes if node.data_level == "DL3"} == {
        "/data/20270101-18/run00000.dl3",
        "/data/20270101-18/run00007.dl3",
    }
    assert [node.location for node in found.invalid.nodes] == ["/data/20270101-18/run00001.dl1"]
    assert found.tainted.total == len(found.tainted.nodes) == 10
    assert all(node.tainted for node in found.tainted.nodes)
    assert (found.loads.statuses, found.loads.problems) == ({"loaded": 1, "partial": 1}, 2)
    assert [each.id for each in found.loads.troubled] == ["3"]
    assert found.mirror == lag


def test_lists_are_cut_and_counts_are_not() -> None:
    with closing(open_store("sqlite://")) as store:
        put(store, *night(120))
        invalidate(store, find(store, "/config/ctapipe-process.yaml"), None, "wrong")
        whole = span_report(store, NIGHT, most=1_000)
        cut = span_report(store, NIGHT, most=2)
    assert whole.runs.runs == 360
    assert (len(whole.failures.nodes), len(whole.tainted.nodes)) == (24, 120)
    for name in ("failures", "without_raw", "invalid", "tainted"):
        some, all_of_them = getattr(cut, name), getattr(whole, name)
        assert some.total == all_of_them.total == len(all_of_them.nodes)
        assert some.nodes == all_of_them.nodes[:2]
    assert cut.slowest == whole.slowest[:2]


def test_nothing_beyond_the_span_is_counted() -> None:
    with closing(open_store("sqlite://")) as store:
        put(store, *night(3), *night(3, EVENING + timedelta(days=1)))
        invalidate(store, find(store, "/config/ctapipe-process.yaml"), "2026-01-01", "wrong")
        early = span_report(store, replace(NIGHT, until="2027-01-01T20:00:00.000"))
        late = span_report(store, replace(NIGHT, since="2027-01-01T20:00:00.000"), most=1)
    assert (early.runs.runs, late.runs.runs) == (6, 3)
    assert (early.tainted.total, late.tainted.total) == (0, 3)
    assert [each.tool for each in early.tools] == ["ctapipe-apply-models", "ctapipe-process"]
    assert late.invalid.total == 0


def test_an_empty_span_is_no_error() -> None:
    with closing(open_store("sqlite://")) as store:
        put(store, *night(1))
        found = span_report(store, Span("2028-01-01T00:00:00.000", "2028-01-02T00:00:00.000"))
    assert (found.runs.runs, found.runs.median, found.tools, found.levels) == (0, None, (), {})
    assert (found.without_raw.total, found.loads.statuses, found.mirror) == (0, {}, None)
    assert len(found.trend) == 24


def test_records_come_page_after_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provgraph.questions.reporting.report._PAGE", 7)
    with closing(open_store("sqlite://")) as store:
        put(store, *night(10))
        assert span_report(store, NIGHT).runs.runs == 30


def test_no_more_is_read_than_the_span_demands() -> None:
    """A night costs the same, however many nights there are."""
    read: list[int] = []
    with closing(open_store("sqlite://")) as store:
        put(store, *night(4), *night(4, EVENING - timedelta(days=40)))
        usual: Callable[..., FoundPage] = store.find

        def counting(wanted: Filter, order: SortOrder, page: PageRequest) -> FoundPage:
            found = usual(wanted, order, page)
            read.append(len(found.found))
            return found

        store.find = counting  # type: ignore[method-assign, assignment]
        span_report(store, NIGHT)
    # One more starts at the moment where the two spans meet.
    assert sum(read) <= 12 + 12 + 1


@pytest.mark.parametrize(
    ("since", "until", "span"),
    [
        ("1d", None, Span("2027-01-01T06:00:00.000", "2027-01-02T06:00:00.000")),
        ("12h", "2027-01-02", Span("2027-01-01T12:00:00.000", "2027-01-02T00:00:00.000")),
        ("30m", "2027-01-02", Span("2027-01-01T23:30:00.000", "2027-01-02T00:00:00.000")),
        ("2w", None, Span("2026-12-19T06:00:00.000", "2027-01-02T06:00:00.000")),
        ("2027-01-01T18:00:00", None, NIGHT),
        ("2027-01-01T19:00:00+01:00", "2027-01-02T06:00:00Z", NIGHT),
        ("999999d", None, Span("0001-01-01T00:00:00.000", "2027-01-02T06:00:00.000")),
    ],
)
def test_a_span_is_a_length_or_a_time(since: str, until: str | None, span: Span) -> None:
    assert span_of(since, until, NOW) == span


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("yesterday", None, "or how long before: 1d, 12h, 30m, 2w"),
        ("1d", "tomorrow", "write a time as"),
        ("2027-01-03", None, "from 2027-01-03 to now ends before it begins"),
        ("0d", "2027-01-01", "ends before it begins"),
    ],
)
def test_what_is_no_span_is_refused(since: str, until: str | None, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        span_of(since, until, NOW)
