"""The short requests under way, for which long ones pause.

A pause that lasts only while a short request has its thread ends too soon: the event loop, which
takes requests in and sends responses, needs Python's lock like any thread, and each time would wait
for it behind the long ones.
"""

import time
from threading import Condition


class Arrivals:
    """Counts the short requests under way, and lets long ones wait until there are none.

    Attributes:
        number: how many are under way.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.number = 0
        self._changed = Condition()

    def add(self, more: int) -> None:
        """Count requests; for any thread.

        Args:
            more: how many more are under way: 1, or -1 for one that is no more.
        """
        with self._changed:
            self.number += more
            if not self.number:
                self._changed.notify_all()

    def let_pass(self, seconds: float) -> float:
        """Wait until no short request is under way, but not for long.

        Args:
            seconds: how long at most.

        Returns:
            How long that was, in seconds.
        """
        if not self.number:
            return 0.0
        begun = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: not self.number, seconds)
        return time.monotonic() - begun


class Arrival:
    """One request, which is under way or not; only the event loop tells."""

    def __init__(self, arrivals: Arrivals) -> None:
        """Begin as one that is not under way.

        Args:
            arrivals: where it counts.
        """
        self._arrivals = arrivals
        self._is_under_way = False

    def enter(self) -> None:
        """Be under way, unless it is already."""
        if not self._is_under_way:
            self._is_under_way = True
            self._arrivals.add(1)

    def leave(self) -> None:
        """Be under way no more, if it was."""
        if self._is_under_way:
            self._is_under_way = False
            self._arrivals.add(-1)
