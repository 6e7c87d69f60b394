"""Items made ahead by another thread, while their user waits for a server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def made_ahead(items: Iterator[T], size: int) -> Iterator[T]:
    """The items; while some of them are used, another thread makes the next ones.

    Args:
        items: each is asked for by one thread at a time.
        size: how many are made at once; of fewer all are made in this thread.

    Raises:
        Exception: what making an item raised, behind the items before it.
    """
    found, error = _some(items, size)
    with ThreadPoolExecutor(max_workers=1) as other:
        while len(found) == size:
            coming = other.submit(_some, items, size)
            yield from found
            found, error = coming.result()
    yield from found
    if error is not None:
        raise error


def _some(items: Iterator[T], size: int) -> tuple[list[T], Exception | None]:
    found: list[T] = []
    try:
        for item in islice(items, size):
            found.append(item)  # noqa: PERF402 - those before an error must not be lost
    except Exception as error:
        return found, error
    return found, None
