"""Threads in which a store is asked for others: a bounded number, with a bounded queue."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from provgraph.errors import BusyError
from provgraph.store.deadlines import Deadline

T = TypeVar("T")
#: A thread without work ends after so many seconds.
IDLE_SECONDS: Final = 10.0
#: When a client may come again that was turned away, in seconds.
COME_AGAIN: Final = 2


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    """Some work that waits for a thread."""

    work: Callable[[Deadline], T]
    deadline: Deadline
    done: "Future[T]"
    context: Context


class Lane:
    """A bounded number of threads, and a bounded queue, in which the clients take turns."""

    def __init__(self, threads: int, queue: int, name: str) -> None:
        """Start no thread yet.

        Args:
            threads: how many there are at most.
            queue: how many jobs wait at most.
            name: of the threads.
        """
        self._most_threads, self._most_waiting, self._name = threads, queue, name
        self._waiting: OrderedDict[str, deque[_Task[Any]]] = OrderedDict()
        self._running: set[Deadline] = set()
        self._threads = self._idle = 0
        self._changed = threading.Condition()

    def submit(self, client: str, work: Callable[[Deadline], T], deadline: Deadline) -> "Future[T]":
        """Have some work done by a thread.

        Args:
            client: who asks; clients take turns.
            work: what to do until the deadline; the thread of it is that of the call. It has the
                context variables of who submits it.
            deadline: the end of the time for it.

        Returns:
            What the work returns or raises, later.

        Raises:
            BusyError: too many wait already.
        """
        job = _Task(work, deadline, Future(), copy_context())
        with self._changed:
            waiting = sum(map(len, self._waiting.values()))
            if waiting >= self._most_waiting + self._most_threads - len(self._running):
                raise BusyError(COME_AGAIN)
            self._waiting.setdefault(client, deque()).append(job)
            if self._idle <= waiting and self._threads < self._most_threads:
                self._threads += 1
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
            self._changed.notify_all()
        return job.done

    def others(self) -> int:
        """Tell whether there is something to be done, and for whom.

        Returns:
            How many jobs run, and how many clients wait, together.
        """
        return len(self._running) + len(self._waiting)

    def close(self) -> None:
        """Call off what runs, and turn away what waits."""
        with self._changed:
            waiting = [job for jobs in self._waiting.values() for job in jobs]
            self._waiting.clear()
            for deadline in self._running:
                deadline.call_off()
        for job in waiting:
            job.done.cancel()

    def _work(self) -> None:
        """Do one job after the other, until there was none for a while."""
        while (job := self._next()) is not None:
            if job.done.set_running_or_notify_cancel():
                job.deadline.begin()
                try:
                    result = job.context.run(job.work, job.deadline)
                    job.deadline.finish()
                    job.done.set_result(result)
                except BaseException as error:
                    job.deadline.finish()
                    job.done.set_exception(error)
            with self._changed:
                self._running.discard(job.deadline)
                self._changed.notify_all()

    def _next(self) -> _Task[Any] | None:
        """The next job, of the client whose turn it is; None when the thread may end."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting, IDLE_SECONDS)
            self._idle -= 1
            if not self._waiting:
                self._threads -= 1
                return None
            client, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._waiting[client] = jobs
            self._running.add(job.deadline)
            return job


def client_in(scope: Mapping[str, Any]) -> str:
    """Name who asks a server, as far as clients take turns and have limits.

    Args:
        scope: of the request (ASGI 3.0, HTTP connection scope).

    Returns:
        The name that access control has found, else the address.
    """
    address = scope["client"][0] if scope.get("client") else ""
    return str(scope.get("state", {}).get("client", address))
