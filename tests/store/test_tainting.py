"""Marks go along the relations to all effects."""

from provgraph.store.tainting import taints_by_key, taints_within


def test_each_record_knows_the_marks_that_reach_it() -> None:
    edges = [(b"run", b"bad"), (b"file", b"run"), (b"late", b"file"), (b"late", b"other")]
    seeds = {b"bad": [b"bad"], b"other": [b"other"], b"recall": [b"run"]}
    found = set(taints_within(edges, seeds, [b"bad", b"run", b"late", b"apart"]))
    assert found == {
        (b"bad", b"run"),
        (b"recall", b"run"),
        *((mark, b"late") for mark in seeds),
    }


def test_a_cycle_ends_and_no_record_taints_itself() -> None:
    edges = [(b"a", b"b"), (b"b", b"c"), (b"c", b"a")]
    found = set(taints_within(edges, {b"a": [b"a"]}, [b"a", b"b", b"c"]))
    assert found == {(b"a", b"b"), (b"a", b"c")}


def test_the_ids_of_the_marks_are_sorted() -> None:
    pairs = [(b"2", b"x"), (b"1", b"x"), (b"2", b"x")]
    assert taints_by_key(pairs, {b"1": "b", b"2": "a"}) == {b"x": ("a", "b")}
