"""Divides many items into batches, so that a store is asked about a limited number at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Divide items into lists of a limited length.

    Python 3.12 has this as `itertools.batched`; provgraph runs on 3.11 too.

    Args:
        items: any number of them. They are read as they are needed, one batch ahead at most.
        size: the greatest number of items in a batch, at least 1.

    Yields:
        the items in their order, as lists of ``size``; the last list may be shorter. No list is
        empty.

    Raises:
        ValueError: the size is less than 1.
    """
    if size < 1:
        raise ValueError(f"a batch holds at least one item, not {size}")
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
