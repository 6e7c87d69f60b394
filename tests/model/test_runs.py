"""When runs started, and when and how they ended."""

import pytest

from provgraph.model.records import Fact, first_text
from provgraph.model.runs import end_of, start_of, status_of
from provgraph.model.values import Attributes

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
