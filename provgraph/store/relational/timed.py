"""Statements that end when the time for their answer is over."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, StaticPool
from sqlalchemy.exc import DBAPIError

from provgraph.store.deadlines import Deadline

#: After so many instructions of its virtual machine SQLite asks whether to go on: about 1 ms.
_INSTRUCTIONS: Final = 20_000


@contextmanager
def timed(connection: Connection, deadline: Deadline) -> Iterator[None]:
    """Let the statements of a reader run until a deadline.

    Args:
        connection: of the reader.
        deadline: the end of the time.

    Yields:
        None, once: the statements run there.

    Raises:
        OverdueError: the time is over; a statement that ran was stopped.
    """
    deadline.check()
    by_sqlite = connection.dialect.name == "sqlite"
    # A database in memory has one connection for all threads, whose work is not one piece.
    driver: Any = connection.connection.driver_connection
    interrupted = by_sqlite and not isinstance(connection.engine.pool, StaticPool)
    if interrupted:
        driver.set_progress_handler(deadline.is_over, _INSTRUCTIONS)
    elif not by_sqlite:
        milliseconds = math.ceil(deadline.remaining() * 1000) + 1
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
    try:
        yield
    except DBAPIError:
        deadline.check()
        raise
    finally:
        if interrupted:
            driver.set_progress_handler(None, 0)
