"""A comparison of a store with a mirror."""

from contextlib import nullcontext

from provgraph.relational_mirror.comparison import Comparison, Difference
from provgraph.relational_mirror.connection import (
    Cursor,
    configure_session,
    connected,
    cursor_of,
)
from provgraph.relational_mirror.syncing import sync
from provgraph.store.protocol import Store
from tests.relational_mirror.conftest import do, rows_in


def test_a_difference_is_told_in_one_line() -> None:
    missing = Difference("missing", "used", "7", "7\tdata\t\\N", None)
    different = Difference("different", "agents", "a", "a\t" + "x" * 200, "a\ty")
    assert str(missing) == r"missing    used  7  data | \N"
    assert str(different) == f"different  agents  a  {'x' * 120}…  is: y"


def differences(store: Store, url: str) -> tuple[list[Difference], dict[str, int]]:
    with connected(url, None) as connection, connected(url, None) as second:
        for each in (connection, second):
            configure_session(cursor_of(each))
        other: Cursor = cursor_of(second)
        with store.viewing() as view:
            comparison = Comparison(
                cursor_of(connection), "public", view, lambda: nullcontext(other)
            )
            return comparison.differences(), comparison.row_counts


def test_rows_are_counted_and_those_that_differ_are_named(loaded: Store, mirror_url: str) -> None:
    sync(loaded, mirror_url)
    before = {table: len(rows) for table, rows in rows_in(mirror_url).items()}
    assert differences(loaded, mirror_url) == ([], before)
    do(
        mirror_url,
        "INSERT INTO agents (id) VALUES ('nobody')",
        "UPDATE activities SET comment = 'changed'",
    )
    found, counts = differences(loaded, mirror_url)
    assert counts == before
    named = {(each.what, each.table) for each in found}
    assert named == {("extra", "agents"), ("different", "activities")}
    assert all("changed" in str(each.found) for each in found if each.table == "activities")
