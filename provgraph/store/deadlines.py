"""Until when a question has to be answered, and who may call it off sooner.

Stores look at `DEADLINE` when they are asked: SQLite's statements are interrupted, PostgreSQL and
Neo4j are told how long a transaction may take. Whoever sets no deadline waits for the answer.
"""

import math
import time
from contextvars import ContextVar

from provgraph.errors import OverdueError

#: The deadline of what runs in this thread or task; None where everything may take its time.
DEADLINE: ContextVar["Deadline | None"] = ContextVar("deadline", default=None)


class Deadline:
    """The end of the time for one piece of work, which runs in one thread.

    Attributes:
        took: how long the thread kept the processor busy until `finish`, in seconds.
    """

    def __init__(self, seconds: float) -> None:
        """Begin now.

        Args:
            seconds: how long the work may take.
        """
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._begun = math.inf
        self._is_called_off = False
        self.took = 0.0

    def begin(self) -> None:
        """Begin to count how long this thread keeps the processor busy."""
        self._begun = time.thread_time()

    def worked(self) -> float:
        """How long this thread has kept the processor busy, in seconds.

        Returns:
            The seconds since `begin`, which was called in the same thread.
        """
        return max(0.0, time.thread_time() - self._begun)

    def finish(self) -> None:
        """Note how long this thread has kept the processor busy."""
        self.took = self.worked()

    def remaining(self) -> float:
        """How many seconds are left.

        Returns:
            The seconds; 0 when the time is over, or the work was called off.
        """
        return 0.0 if self._is_called_off else max(0.0, self._end - time.monotonic())

    def is_over(self) -> bool:
        """Tell whether to stop.

        Returns:
            True when the time is over, or the work was called off.
        """
        return not self.remaining()

    def check(self) -> None:
        """Go on, or stop.

        Raises:
            OverdueError: the time is over, or the work was called off.
        """
        if self.is_over():
            raise OverdueError(self._seconds)

    def call_off(self) -> None:
        """Stop the work soon; for any thread."""
        self._is_called_off = True
