"""Waiting for a store: for another writer, and for a server that went away."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TypeVar

from provgraph.errors import UnreachableError

#: Seconds of waiting that need no word.
PATIENCE = 2.0
_LOG = logging.getLogger(__name__)


@contextmanager
def warn_of_waiting(where: str) -> Iterator[None]:
    """Says that another process writes to the store, when the block takes long.

    Args:
        where: the store, for the message, without a password.
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


T = TypeVar("T")
#: How long a store that went away is waited for, in seconds.
PATIENCE_SECONDS = 60.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
_LOG = logging.getLogger(__name__)


def retry_while_unreachable(work: Callable[[], T]) -> T:
    """Does work again from its beginning while the store can't be reached.

    Args:
        work: something that may be done twice: a transaction, whose commit may have come through
            unheard.

    Returns:
        What the work returns.

    Raises:
        UnreachableError: the store stayed away.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = _FIRST_PAUSE
    while True:
        try:
            return work()
        except UnreachableError as error:
            if time.monotonic() + pause > deadline:
                raise
            if pause == _FIRST_PAUSE:
                _LOG.warning("%s; trying again for %.0f seconds", error, PATIENCE_SECONDS)
        # Loaders that lost the same server must not come back all at once.
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
        pause = min(2 * pause, _LONGEST_PAUSE)
