"""The threads in which requests run: some for short requests, few for long ones.

Each request begins among the short ones. One that turns out to be long while others run or wait is
stopped, and begins anew among the long ones, where its like begin from then on: so a short request
never waits behind long ones. Long ones pause while short ones are under way. Who asks often waits
for who asks seldom. A queue that is full is told at once. A request that changes something has
threads of its own, since it may run once only.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock
from typing import Any, Final, TypeVar

from typing_extensions import override

from provgraph.errors import BusyError, OverdueError
from provgraph.graphql.arrivals import Arrival, Arrivals
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import Deadline
from provgraph.store.lanes import COME_AGAIN, Lane

T = TypeVar("T")
#: A short request keeps a processor busy for less than so many seconds.
SHORT_WORK: Final = 0.1
#: A question that was long is short again when it took less than this part of that time: with the
#: load of the machine its time varies, and among the short ones it holds others up.
_SURELY_SHORT: Final = 0.5
#: How many short requests run at once; how many of them wait for each long one that may wait.
SHORT_THREADS: Final = 4
SHORT_QUEUE: Final = 16
#: How long a long request pauses at once for short ones, in seconds.
PAUSE: Final = 0.02
#: The pauses of a long request last so many times as long as its work at most, so that it comes to
#: its end however many short ones there are.
MOST_PAUSES: Final = 2
#: How many questions are known to be long.
MOST_KNOWN: Final = 4096


class ShortDeadline(Deadline):
    """The time of a request that is taken for short.

    Attributes:
        must_begin_anew: whether the request turned out to be long while others run or wait.
    """

    def __init__(self, seconds: float, short: Lane, long: Lane) -> None:
        """Begin now.

        Args:
            seconds: how long the work may take.
            short: where it runs.
            long: where long requests run.
        """
        super().__init__(seconds)
        self._short, self._long = short, long
        self.must_begin_anew = False

    @override
    def is_over(self) -> bool:
        if self.worked() > SHORT_WORK and self._short.others() + self._long.others() > 1:
            self.must_begin_anew = True
        return self.must_begin_anew or super().is_over()


class LongDeadline(Deadline):
    """The time of a request that lets short ones pass wherever it looks at the time."""

    def __init__(self, seconds: float, arrivals: Arrivals) -> None:
        """Begin now.

        Args:
            seconds: how long the work may take.
            arrivals: the short requests under way.
        """
        super().__init__(seconds)
        self._arrivals = arrivals
        self._paused = 0.0

    @override
    def is_over(self) -> bool:
        if self._paused < MOST_PAUSES * self.worked():
            self._paused += self._arrivals.let_pass(PAUSE)
        return super().is_over()


class Workers:
    """The threads of one application.

    Attributes:
        arrivals: the short requests under way, for which long ones pause.
    """

    def __init__(self, limits: ServingLimits) -> None:
        """Start no thread yet.

        Args:
            limits: how much is done at once.
        """
        self.arrivals = Arrivals()
        self._seconds = limits.seconds
        self._short = Lane(SHORT_THREADS, SHORT_QUEUE * limits.queue, "graphql-short")
        self._long = Lane(limits.concurrent, limits.queue, "graphql-long")
        self._changes = Lane(limits.concurrent, limits.queue, "graphql-changes")
        self._known_long: OrderedDict[int, None] = OrderedDict()
        self._noting = Lock()

    async def run(
        self,
        question: int,
        client: str,
        work: Callable[[Deadline], T],
        gone: Callable[[], Awaitable[object]],
        arrival: Arrival,
    ) -> T:
        """Run a request in a thread, once or twice.

        Args:
            question: the same number for the same question.
            client: who asks.
            work: runs the request until a deadline, and changes nothing.
            gone: waits until the client has gone, for whom nobody need work.
            arrival: of the request. It is under way until its response is there, which the caller
                tells; once it is known to be long, no other pauses for it.

        Returns:
            What the work returns.

        Raises:
            BusyError: too much is asked at once.
        """
        if question not in self._known_long:
            arrival.enter()
            short = ShortDeadline(self._seconds, self._short, self._long)

            def first(deadline: Deadline) -> T:
                # The same question may have turned out to be long while this request waited.
                if question in self._known_long:
                    short.must_begin_anew = True
                    raise OverdueError(self._seconds)
                try:
                    return work(deadline)
                finally:
                    if short.must_begin_anew:
                        self._remember(question, math.inf)

            with suppress(OverdueError):
                found = await _done(self._short.submit(client, first, short), short, gone)
                if not short.must_begin_anew:
                    self._remember(question, short.took)
                    return found
            if not short.must_begin_anew:
                raise OverdueError(self._seconds)
        arrival.leave()
        long = LongDeadline(self._seconds, self.arrivals)
        found = await _done(self._long.submit(client, work, long), long, gone)
        self._remember(question, long.took)
        return found

    async def change(
        self, client: str, work: Callable[[Deadline], T], gone: Callable[[], Awaitable[object]]
    ) -> T:
        """Run a request that changes the store in a thread, once.

        Args:
            client: who asks.
            work: runs the request until a deadline.
            gone: waits until the client has gone.

        Returns:
            What the work returns.

        Raises:
            BusyError: too many changes are asked for at once.
            OverdueError: the time is over. A change that had begun is made all the same.
        """
        deadline = Deadline(self._seconds)
        return await _done(self._changes.submit(client, work, deadline), deadline, gone)

    def close(self) -> None:
        """Call off what runs, and turn away what waits."""
        for lane in (self._short, self._long, self._changes):
            lane.close()

    def _remember(self, question: int, took: float) -> None:
        """Note whether a question is long; for any thread."""
        with self._noting:
            was_long = self._known_long.pop(question, False) is None
            if took > SHORT_WORK * (_SURELY_SHORT if was_long else 1):
                self._known_long[question] = None
            while len(self._known_long) > MOST_KNOWN:
                self._known_long.popitem(last=False)


async def _done(job: "Future[T]", deadline: Deadline, gone: Callable[[], Awaitable[object]]) -> T:
    """What a job returns; it is called off when its client has gone, or who waits is cancelled."""
    waiting = asyncio.wrap_future(job)
    leaving = asyncio.ensure_future(gone())
    try:
        both: set[asyncio.Future[Any]] = {waiting, leaving}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            deadline.call_off()
            job.cancel()
        return await waiting
    except asyncio.CancelledError:  # the server ends
        deadline.call_off()
        job.cancel()
        raise BusyError(COME_AGAIN) from None
    finally:
        leaving.cancel()
