"""So many at a time."""

from collections.abc import Iterator

import pytest

from provgraph.model.batches import batches


def test_the_items_come_in_their_order_and_the_last_batch_may_be_shorter() -> None:
    assert list(batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_a_full_last_batch_is_followed_by_no_empty_one() -> None:
    assert list(batches([1, 2, 3, 4], 2)) == [[1, 2], [3, 4]]
    assert list(batches([], 2)) == []


def test_items_are_read_only_when_they_are_needed() -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            read.append(number)
            yield number

    assert next(batches(numbers(), 3)) == [0, 1, 2]
    assert read == [0, 1, 2]


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_holds_at_least_one_item(size: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        list(batches([1], size))
