"""What differs between two histories, for people."""

import pytest

from provgraph.model.comparison import (
    Change,
    InputDifference,
    LineageDiff,
    RunDifference,
    ValueDifference,
)
from provgraph.writers.comparison import write
from provgraph.writers.screen import Screen, columns

CHANGED = RunDifference(
    "fit\n",
    Change.CHANGED,
    "run-a",
    "run-b",
    ("1", None),
    (ValueDifference("T.cut", None, {"x": [1]}), ValueDifference("T.name", "a\x1b", "b")),
    (ValueDifference("numpy", "1.26", "2.0"),),
    (InputDifference("raw", "file:/a", None), InputDifference(None, "x", "y")),
)


def test_all_that_can_differ() -> None:
    runs = (RunDifference("merge", Change.ONLY_A, "m", None), CHANGED)
    assert write(LineageDiff("a", "b", runs, 3, truncated=True), ("/x\n", "/y")).splitlines() == [
        "What differs between what led to A and what led to B?",
        "  A  /x\\n",
        "  B  /y",
        "3 runs alike, 1 only A, 1 changed",
        "A limit cut one of the two histories: there may be more.",
        "",
        "only A  merge  (m)",
        "",
        "changed  fit\\n  1 → unknown  (run-a and run-b)",
        "  package numpy",
        "    A  1.26",
        "    B  2.0",
        "  parameter T.cut",
        "    A  null",
        '    B  {"x":[1]}',
        "  parameter T.name",
        "    A  a\\x1b",
        "    B  b",
        "  input raw",
        "    A  file:/a",
        "    B  none",
        "  input",
        "    A  x",
        "    B  y",
    ]


def test_nothing_differs() -> None:
    assert write(LineageDiff("a", "b", (), 1), ("a", "b")).splitlines()[-1] == (
        "Nothing but ids, times, hosts and file names (1 run each)."
    )


def test_runs_that_differ_in_one_way_are_one_entry_and_long_lists_are_cut() -> None:
    inputs = tuple(InputDifference("raw", f"a{n}", f"b{n}") for n in range(23))
    runs = [RunDifference("t", Change.CHANGED, f"a{n}", f"b{n}", inputs=inputs) for n in range(3)]
    text = write(LineageDiff("a", "b", tuple(runs)), ("a", "b"))
    assert text.count("changed  t") == 1
    assert "(3 runs; the first is shown)" in text
    assert text.count("  input raw") == 20
    assert "  and 3 inputs more (--json)" in text


def test_records_that_no_run_made() -> None:
    run = RunDifference(None, Change.CHANGED, "a", "b", inputs=(InputDifference(None, "x", None),))
    lines = write(LineageDiff("a", "b", (run,)), ("a", "b")).splitlines()
    assert lines[3:6] == ["0 runs alike", "", "changed  what they come from (no known run)"]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_fit_the_terminal(width: int) -> None:
    long = RunDifference("t" * 90, Change.CHANGED, "i" * 90, "j" * 90, ("1" * 50, "2" * 50))
    found = LineageDiff("a", "b", (long, CHANGED))
    for line in write(found, ("/x" * 60, "y"), Screen(width)).splitlines():
        assert columns(line) <= width
