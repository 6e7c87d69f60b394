"""Times, marks and places that follow from what sources state."""

import pytest

from provgraph.model.derived import (
    Invalidation,
    end_of,
    invalid_since,
    invalidation_of,
    start_of,
    stated_generation,
    stated_invalidation,
    stated_places,
    status_of,
)
from provgraph.model.records import Fact, first_text
from provgraph.model.values import Attributes, Value

T1, T2 = "2026-11-21T08:00:01.000", "2026-11-21T08:00:02.000"


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({Fact.STATUS: ("completed", "error", "interrupted")}, "error"),
        ({Fact.STATUS: ("completed", "interrupted")}, "interrupted"),
        ({Fact.STATUS: ("running",), Fact.END: (T1,)}, "completed"),
        ({Fact.STATUS: ("a tool's own name",), Fact.START: (T1,)}, "running"),
        ({Fact.START: (T1,)}, "running"),
        ({Fact.STATUS: ("running",)}, "running"),
        ({Fact.STATUS: ("a tool's own name",)}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_the_gravest_stated_status_counts(facts: Attributes, status: str) -> None:
    assert status_of(facts) == status


def test_a_run_that_only_its_product_tells_of_may_have_ended() -> None:
    facts: Attributes = {Fact.START: (T1,), Fact.IN_HEADER: (True,)}
    assert status_of(facts) == "unknown"
    assert status_of({**facts, Fact.END: (T2,)}) == "completed"


def test_the_earliest_start_and_the_latest_end_count() -> None:
    facts: Attributes = {Fact.START: (T2, T1), Fact.END: (T1, T2), Fact.NAME: (5, "x")}
    assert (start_of(facts), end_of(facts), first_text(facts, Fact.NAME)) == (T1, T2, "5")
    assert (start_of({}), end_of({}), first_text({}, Fact.NAME)) == (None, None, None)


def test_times_of_starts_and_ends_count() -> None:
    """A start that a source states apart from the run is a start of it as well."""
    facts: Attributes = {Fact.START: (T2,), Fact.TIME_OF_START: (T1,), Fact.TIME_OF_END: (T2,)}
    assert (start_of(facts), end_of(facts), status_of(facts)) == (T1, T2, "completed")


def test_a_record_that_nobody_marked() -> None:
    assert invalidation_of({"invalidationReason": ("?",)}) is None
    assert invalid_since({}) is None
    assert invalid_since({"invalidated": (5, "last week", None)}) is None


def test_a_mark_needs_neither_reason_nor_name() -> None:
    mark = {"invalidated": ("2026-01-01T00:00:00.000",)}
    assert invalidation_of(mark) == Invalidation("2026-01-01T00:00:00.000Z", None, None)


def test_the_earliest_time_and_all_reasons_count() -> None:
    marks = {
        "invalidated": ("2026-01-02T00:00:00.000", "2026-01-01T00:00:00.000"),
        "invalidationReason": ("moon", "noise"),
        "invalidatedBy": ("Ada",),
    }
    assert invalid_since(marks) == "2026-01-01T00:00:00.000"
    assert invalidation_of(marks) == Invalidation("2026-01-01T00:00:00.000Z", "moon; noise", "Ada")


_NAME = "http://www.w3.org/ns/prov#QUALIFIED_NAME"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("/data//x.h5", ["file:/data/x.h5"]),
        ("file:///data/x.h5", ["file:/data/x.h5"]),
        ("root://host/x", ["root://host/x"]),
        (
            {"$": "http://host/x", "type": "http://www.w3.org/2001/XMLSchema#anyURI"},
            ["http://host/x"],
        ),
        ({"$": "http://example.org/lab", "type": _NAME}, []),
        ({"$": "file:///data/x.h5", "type": _NAME}, ["file:/data/x.h5"]),
        ("Tenerife", []),
        ("x.h5", []),
        ("/", []),
        (5, []),
        ({"a": 1}, []),
    ],
)
def test_a_path_or_url_is_a_place(value: Value, places: list[str]) -> None:
    assert stated_places({"prov:location": (value,)}) == places


def test_all_names_of_the_attribute_count_once() -> None:
    name = "http://www.ivoa.net/documents/ProvenanceDM/index.html#location"
    attributes = {"prov:location": ("/b", "/a"), "prov:atLocation": ("/b",), name: ("/c",)}
    assert stated_places(attributes) == ["file:/a", "file:/b", "file:/c"]


def test_of_several_stated_times_the_widest_interval_counts() -> None:
    attributes: Attributes = {
        "prov:generatedAtTime": ({"$": T2 + "Z", "type": "xsd:dateTime"},),
        "open.wasGeneratedBy": ({"open": "target", "time": T1}, {"open": "target"}),
        "generatedAtTime": ("last Tuesday",),
        "prov:invalidatedAtTime": ("2026-11-21T09:00:01+01:00",),
        "open.wasInvalidatedBy": ({"open": "target", "time": T2},),
    }
    assert stated_generation(attributes) == T1
    assert stated_generation(attributes, ["2026-11-21T08:00:00.000"]) == "2026-11-21T08:00:00.000"
    assert stated_invalidation(attributes) == T2
    assert (stated_generation({}), stated_invalidation({})) == (None, None)
