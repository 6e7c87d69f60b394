"""A page of HTML holds a report by itself, and nothing that a name could do harm with."""

import json as plain_json
import sys
from contextlib import closing
from html.parser import HTMLParser
from importlib import metadata

import pytest

from provgraph.errors import MissingExtraError
from provgraph.ingest.invalidation import invalidate
from provgraph.model.records import Fact
from provgraph.questions.reporting.figures import MirrorLag, Span, SpanReport
from provgraph.questions.reporting.report import span_report
from provgraph.questions.tracing import find
from provgraph.store.records import Changes
from provgraph.store.registry import open_store
from provgraph.writers.report import json, page, text
from tests.questions.reporting.nights import night
from tests.questions.reporting.test_report import loaded
from tests.questions.runs import put, run

HOSTILE = "</td><script>alert(1)</script><img src=http://x.example/y onerror=z>\"'&\n\x1b[2J\u202e"
NIGHT = Span("2027-01-01T00:00:00.000", "2027-01-02T06:00:00.000")


class Seen(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.ids: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def report() -> SpanReport:
    """A night with names that somebody has thought up."""
    with closing(open_store("sqlite://")) as store:
        hostile = {Fact.HOST: HOSTILE, Fact.VERSION: HOSTILE}
        failed = run(f"{HOSTILE}-1", 3, {}, {f"/data/{HOSTILE}": "DL1"}, **hostile, status="error")
        put(store, *night(5), failed, run(f"{HOSTILE}-2", 3, {}, {"/x": "DL1"}, **hostile))
        invalidate(
            store, find(store, "/config/ctapipe-process.yaml"), NIGHT.since, HOSTILE, HOSTILE
        )
        loads = [loaded(HOSTILE, NIGHT.since, "partial", *[(HOSTILE, HOSTILE)] * 5)]
        with store.writing() as transaction:
            transaction.apply(Changes(loads=loads), ())
        lag = MirrorLag(f"postgresql://x/{HOSTILE}", NIGHT.since, 1)
        return span_report(store, NIGHT, 4, lambda: lag)


def test_a_page_asks_no_host_and_runs_nothing(report: SpanReport) -> None:
    written = page.write(report)
    seen = Seen(written)
    assert seen.tags.isdisjoint(("script", "img", "link", "iframe", "object", "a", "form"))
    assert not any(name.startswith("on") for name in seen.attributes)
    assert seen.attributes.keys().isdisjoint(("src", "href", "xlink:href"))
    assert "http://x.example/y" in seen.text
    assert "default-src 'none'" in written
    assert "url(" not in written
    assert "@import" not in written


def test_ids_are_of_one_plot_each(report: SpanReport) -> None:
    seen = Seen(page.write(report))
    assert len(seen.ids) == len(set(seen.ids)) == 3


def test_a_page_shows_what_the_report_says(report: SpanReport) -> None:
    seen = Seen(page.write(report)).text
    for words in (
        "2027-01-01 00:00:00 to 2027-01-02 06:00:00 (UTC)",
        "17 (15 completed, 2 error)",
        "1 transaction behind",
        "4 rows of 5",
        "made from invalid",
        "0.28.0 (3), 0.29.0 (2)",
        "\\n\\x1b[2J\\u202e",
        "and 2 more",
    ):
        assert words in seen, words
    assert seen.count("failed") >= 4


def test_an_empty_night_has_a_page() -> None:
    with closing(open_store("sqlite://")) as store:
        found = span_report(store, NIGHT)
    seen = Seen(page.write(found))
    assert "svg" not in seen.tags
    assert seen.text.count("none") >= 6
    assert text.write(found).splitlines()[1].split() == ["Runs", "0"]


def test_long_spans_leave_labels_out_and_runs_without_an_end_draw_no_line() -> None:
    with closing(open_store("sqlite://")) as store:
        put(store, run("endless", 0, {}, {}, **{Fact.STATUS: "error"}))
        days = Seen(page.write(span_report(store, Span(NIGHT.since, "2027-03-30T00:00:00.000"))))
    assert "01-01" in days.text
    assert "01-02" not in days.text
    assert "Median time" not in days.text


def test_text_tells_the_same_without_control_characters(report: SpanReport) -> None:
    written = text.write(report)
    assert written.replace("\n", "").isprintable()
    assert "Without raw data" in written
    assert "failed, the newest first:\n" in written
    assert "error        </td><script>" in written


def test_json_is_strict_and_holds_all(report: SpanReport) -> None:
    found = plain_json.loads(json.write(report))
    assert found["runs"] == {
        "runs": 17,
        "failed": 2,
        "statuses": {"completed": 15, "error": 2},
        "seconds": found["runs"]["seconds"],
    }
    assert found["since"] == "2027-01-01T00:00:00.000Z"
    tools = {each["tool"]: each for each in found["tools"]}
    assert HOSTILE in tools
    assert tools["ctapipe-process"]["versions"] == [
        {"version": "0.28.0", "runs": 3},
        {"version": "0.29.0", "runs": 2},
    ]
    assert found["mirror"]["behind"] == 1
    assert found["loads"]["troubled"]["loads"][0]["problems"][0]["what"]
    assert found["withoutRaw"]["total"] == 5
    assert len(found["withoutRaw"]["nodes"]) == 4
    assert found["invalid"]["nodes"][0]["invalidation"]["time"] == "2027-01-01T00:00:00.000Z"


def test_a_program_that_writes_a_page_finds_its_packages_as_before(report: SpanReport) -> None:
    page.write(report)
    assert metadata.version("provgraph")
    assert not [each for each in sys.meta_path if "pygal" in type(each).__module__]


def test_who_lacks_the_plots_is_told_what_to_install(
    report: SpanReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygal", None)
    with pytest.raises(MissingExtraError, match="pictures"):
        page.write(report)
