"""Waiting for a store: for another writer's turn to end, and for a server to come back."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TypeVar

from provgraph.errors import UnreachableError

T = TypeVar("T")
#: Seconds of waiting for another writer that need no word.
PATIENCE = 2.0
#: How long a store that went away is waited for, in seconds.
PATIENCE_SECONDS = 60.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
_LOG = logging.getLogger(__name__)


@contextmanager
def warn_of_waiting(where: str) -> Iterator[None]:
    """Log a warning when the block takes long, because another process writes to the store.

    Args:
        where: the address of the store, without password.
    """
    timer = Timer(
        PATIENCE, _LOG.warning, ("another process writes to the store at %s; waiting for it", where)
    )
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def retry(
    work: Callable[[], T],
    is_transient: Callable[[Exception], bool],
    *,
    seconds: float,
    first_pause: float,
    longest_pause: float,
    announce: Callable[[Exception], None] | None = None,
) -> T:
    """Do work again and again, with pauses that grow, until it succeeds or the time is over.

    Each pause is twice as long as the one before. A random part of up to a half is taken off, so
    that clients that lost the same server do not come back all at once.

    Args:
        work: something that may be done several times.
        is_transient: tells whether trying again after this error may help.
        seconds: no new try begins later than so many seconds after the first one.
        first_pause: seconds before the second try.
        longest_pause: seconds that a pause grows to.
        announce: is called with the first error after which the work is tried again.

    Returns:
        what the work returns.

    Raises:
        Exception: the work's own error, when it is not transient or the time is over.
    """
    deadline = time.monotonic() + seconds
    pause = first_pause
    while True:
        try:
            return work()
        except Exception as error:
            if not is_transient(error) or time.monotonic() + pause > deadline:
                raise
            if announce is not None:
                announce(error)
                announce = None
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
        pause = min(2 * pause, longest_pause)


def retry_while_unreachable(work: Callable[[], T]) -> T:
    """Do work on a store, again from its beginning while the store can't be reached.

    A warning is logged when the store is lost.

    Args:
        work: something that may be done twice, such as a transaction whose commit may have come
            through although its answer was lost.

    Returns:
        what the work returns.

    Raises:
        UnreachableError: the store stayed away for `PATIENCE_SECONDS`.
    """
    return retry(
        work,
        lambda error: isinstance(error, UnreachableError),
        seconds=PATIENCE_SECONDS,
        first_pause=_FIRST_PAUSE,
        longest_pause=_LONGEST_PAUSE,
        announce=lambda error: _LOG.warning(
            "%s; trying again for %.0f seconds", error, PATIENCE_SECONDS
        ),
    )
