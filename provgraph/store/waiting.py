"""Telling the user why nothing happens."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

#: Seconds of waiting that need no word.
PATIENCE = 2.0
_LOG = logging.getLogger(__name__)


@contextmanager
def told_of_waiting(where: str) -> Iterator[None]:
    """Says that another process writes to the store, when the block takes long."""
    timer = Timer(
        PATIENCE, _LOG.warning, ("another process writes to the store at %s; waiting for it", where)
    )
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
