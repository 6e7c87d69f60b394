"""Items that another thread makes."""

import threading
from collections.abc import Iterator

import pytest

from provgraph.ingest.ahead import made_ahead


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_all_items_come_in_their_order(count: int) -> None:
    assert list(made_ahead(iter(range(count)), 2)) == list(range(count))


@pytest.mark.parametrize("good", [0, 1, 2, 3, 5])
def test_an_error_comes_behind_the_items_before_it(good: int) -> None:
    def items() -> Iterator[int]:
        yield from range(good)
        raise ValueError("the disk is gone")

    found: list[int] = []
    with pytest.raises(ValueError, match="the disk is gone"):
        found.extend(made_ahead(items(), 2))
    assert found == list(range(good))


def test_the_next_items_are_made_while_these_are_used() -> None:
    third = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        yield 2
        third.set()
        yield 3

    coming = made_ahead(items(), 2)
    next(coming)
    assert third.wait(timeout=30)
    assert list(coming) == [2, 3]


def test_a_user_who_has_enough_stops_the_other_thread() -> None:
    before = threading.active_count()
    coming = made_ahead(iter(range(100)), 2)
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
