"""Reports: what became of each source."""

from pathlib import Path

import pytest

from provgraph import __version__
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report, is_whole, report_on_known, report_on_strangers
from provgraph.loaders.protocol import Problem
from provgraph.store.records import LoadRecord

COUNTS = {"activities": 1, "entities": 2, "agents": 3, "relations": 4}


@pytest.mark.parametrize(
    ("status", "clean"),
    [("loaded", True), ("unchanged", True), ("partial", False), ("refused", False)],
)
def test_a_report_is_clean_when_nothing_was_refused(status: str, clean: bool) -> None:
    assert Report("x", None, status).is_clean is clean


@pytest.mark.parametrize(("status", "shown"), [("loaded", "unchanged"), ("partial", "partial")])
def test_a_source_that_was_loaded_before_is_reported_with_its_numbers(
    status: str, shown: str
) -> None:
    known = LoadRecord(
        "1", "old name", "ctapipe", "default", "ab", "", "0.2.0", status, COUNTS, (("x", "y"),)
    )
    report = report_on_known(Source("new name", Path("new name")), known, "cd")
    assert (report.source, report.status, report.load) == ("new name", shown, "1")
    assert report.sha256 == "cd"
    numbers = (report.activities, report.entities, report.agents, report.relations)
    assert numbers == (1, 2, 3, 4)
    assert report.problems == (Problem("x", "y"),)


def test_a_folder_of_strangers_names_the_formats_that_are_read() -> None:
    report = report_on_strangers("/data/\udcff", 3)
    assert (report.source, report.status) == ("/data/\\udcff", "refused")
    (problem,) = report.problems
    assert "it holds 3 files, none of a format" in problem.what
    assert "ctapipe" in problem.what


@pytest.mark.parametrize(
    ("status", "version", "expected"),
    [
        ("loaded", __version__, True),
        ("loaded", "0.0.1", True),
        ("partial", __version__, True),
        ("partial", "0.0.1", False),
        ("unfinished", __version__, False),
    ],
)
def test_is_whole(status: str, version: str, expected: bool) -> None:
    counts = {"activities": 1, "entities": 0, "agents": 0, "relations": 0}
    kept = LoadRecord("1", "x", "ctapipe", "default", "", "", version, status, counts)
    assert is_whole(kept) is expected
    assert is_whole(kept, "ctapipe") is expected
    assert not is_whole(kept, "ctadirac")


def test_no_load_leaves_all_to_do() -> None:
    assert not is_whole(None)
