"""Sums tell where two sides differ."""

from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.row_sums import (
    BucketSums,
    TableSums,
    bucket_of,
    differing_buckets,
    key_in,
)

LINES = [copy_line([f"key{number}", "value"]) for number in range(100)]


def sums(table: str, lines: list[str]) -> TableSums:
    found = TableSums()
    found.add_rows(table, lines)
    return found


def test_the_order_of_rows_does_not_matter_and_each_row_counts() -> None:
    for table in ("agents", "parameters"):
        lines = [copy_line([f"run_p{n}", f"p{n}", "x", None]) for n in range(9)]
        assert sums(table, lines).of(table) == sums(table, lines[::-1]).of(table)
        changed = [*lines[:-1], copy_line(["run_p8", "p8", "y", None])]
        assert sums(table, lines).of(table) != sums(table, changed).of(table)
        assert sums(table, lines).of(table)[0] == 9


def test_only_the_bucket_with_a_difference_is_named() -> None:
    expected, found = BucketSums(["agents"]), BucketSums(["agents"])
    expected.add("agents", LINES)
    found.add("agents", [*LINES[:7], copy_line(["key7", "other"]), *LINES[8:]])
    assert list(differing_buckets(expected, found)) == [{"agents": {bucket_of("key7")}}]
    assert list(differing_buckets(expected, expected)) == []


def test_rows_of_other_tables_are_left_out() -> None:
    expected, found = BucketSums(["agents"]), BucketSums(["agents"])
    expected.add("used", LINES)
    assert list(differing_buckets(expected, found)) == []


def test_the_key_is_the_first_cell() -> None:
    assert key_in("a\tb\n") == "a"
    assert key_in("alone\n") == "alone"
