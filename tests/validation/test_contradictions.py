"""Times against the order of events."""

import numpy as np

from provgraph.validation.contradictions import pruned
from provgraph.validation.instance import Numbers
from tests.validation.histories import derived, gone, made, run, used, verdict


def numbers(*values: int) -> Numbers:
    return np.array(values, np.int64)


def test_edges_that_lead_to_no_time_are_left_out() -> None:
    # 1 → 2 → 3 with times at 1 and 3; 3 → 4 leads to nothing.
    times = numbers(0, 5, 0, 2, 0)
    assert pruned(numbers(1, 2, 3), numbers(2, 3, 4), times).tolist() == [0, 1]


def test_without_times_nothing_is_left() -> None:
    assert pruned(numbers(1, 2), numbers(2, 3), numbers(0, 0, 0, 0)).tolist() == []


def test_each_event_is_told_with_all_that_must_come_directly_before_it() -> None:
    late, later, early = made("F", None, 20), made("G", None, 30), made("H", None, 10)
    found = verdict(late, later, early, derived("H", "F"), derived("H", "G"), derived("H", "F"))
    assert sorted(finding.message for finding in found.findings) == [
        "file H was made 10 s before file F was made, though H was derived from F",
        "file H was made 20 s before file G was made, though H was derived from G",
    ]


def test_all_readers_of_a_file_that_was_gone_are_named() -> None:
    readers = [f"r{number}" for number in range(7)]
    runs = [run(name, 20 + number, 40) for number, name in enumerate(readers)]
    usages = [used(name, "F") for name in readers]
    found = verdict(gone("F", 10), *runs, *usages, run("early", 5, 8), used("early", "F"))
    assert sorted(finding.message for finding in found.findings) == [
        f"file F became invalid {10 + number} s before run tool-{name} ({name}) started, "
        f"though tool-{name} read F"
        for number, name in enumerate(readers)
    ]


def test_the_nearest_event_with_a_time_is_told() -> None:
    found = verdict(made("F", None, 30), made("G", None, 20), gone("G", 10))
    assert [finding.seconds for finding in found.findings] == [10.0]
