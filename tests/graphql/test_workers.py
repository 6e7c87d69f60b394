"""Short requests never wait behind long ones, and nobody works for who has gone."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from provgraph.errors import BusyError, OverdueError
from provgraph.graphql import workers
from provgraph.graphql.arrivals import Arrival, Arrivals
from provgraph.graphql.workers import LongDeadline, Workers
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import Deadline
from tests.store.test_lanes import held


async def stays() -> None:
    """A client that waits for its answer."""
    await asyncio.Event().wait()


async def run(
    threads: Workers,
    work: Callable[[Deadline], int],
    gone: Callable[[], Awaitable[object]] = stays,
) -> int:
    """What the work of a request returns, always of the same question."""
    arrival = Arrival(threads.arrivals)
    try:
        return await threads.run(7, "client", work, gone, arrival)
    finally:
        arrival.leave()


def counted(until: Callable[[Deadline], None], runs: list[str]) -> Callable[[Deadline], int]:
    """Work that notes in which threads it ran."""

    def work(deadline: Deadline) -> int:
        runs.append(threading.current_thread().name)
        until(deadline)
        return len(runs)

    return work


def test_a_long_request_begins_anew_among_long_ones_while_others_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    threads, runs = Workers(ServingLimits()), list[str]()
    with held(threads._long):
        work = counted(Deadline.check, runs)
        both = asyncio.run(_twice(threads, work))
    assert both == [2, 3]
    assert runs == ["graphql-short", "graphql-long", "graphql-long"]


async def _twice(threads: Workers, work: Callable[[Deadline], int]) -> list[int]:
    return [await run(threads, work) for _ in range(2)]


def test_a_crowd_with_one_long_question_holds_the_short_ones_up_but_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    monkeypatch.setattr(workers, "SHORT_THREADS", 1)
    threads, runs = Workers(ServingLimits()), list[str]()
    work = counted(Deadline.check, runs)

    async def crowd() -> None:
        await asyncio.gather(*(run(threads, work) for _ in range(6)))

    with held(threads._long):
        asyncio.run(crowd())
    assert runs.count("graphql-short") == 1
    assert runs.count("graphql-long") == 6


def test_a_long_request_that_is_alone_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    runs = list[str]()
    work = counted(Deadline.check, runs)
    assert asyncio.run(run(Workers(ServingLimits()), work)) == 1
    assert runs == ["graphql-short"]


def test_work_ends_when_the_time_is_over() -> None:
    threads = Workers(ServingLimits(seconds=0))
    with pytest.raises(OverdueError, match="longer than 0 s"):
        asyncio.run(run(threads, counted(Deadline.check, [])))


def test_nobody_works_for_a_client_that_has_gone() -> None:

    def until_called_off(deadline: Deadline) -> None:
        while not deadline.is_over():
            pass
        deadline.check()

    async def leaves() -> None:
        return

    with pytest.raises((OverdueError, BusyError)):
        asyncio.run(run(Workers(ServingLimits()), counted(until_called_off, []), leaves))


@pytest.mark.parametrize(("part", "thread"), [(0.6, "graphql-long"), (0.4, "graphql-short")])
def test_a_question_that_was_long_is_short_again_when_it_took_much_less(
    monkeypatch: pytest.MonkeyPatch, part: float, thread: str
) -> None:
    threads, runs = Workers(ServingLimits()), list[str]()
    took = [2 * workers.SHORT_WORK, part * workers.SHORT_WORK, 0.0]
    monkeypatch.setattr(Deadline, "worked", lambda _: took[len(runs) - 1])

    async def ask_thrice() -> None:
        for _ in range(3):
            await run(threads, counted(lambda _: None, runs))

    asyncio.run(ask_thrice())
    assert runs == ["graphql-short", "graphql-long", thread]


class NeverNone(Arrivals):
    """Short requests are always under way; each pause for them lasts a second."""

    pauses = 0

    def let_pass(self, seconds: float) -> float:
        self.pauses += 1
        return 1.0


@pytest.mark.parametrize("look", [LongDeadline.check, LongDeadline.is_over])
def test_a_long_request_pauses_for_short_ones_not_much_longer_than_it_works(
    monkeypatch: pytest.MonkeyPatch, look: Callable[[LongDeadline], object]
) -> None:
    arrivals = NeverNone()
    long = LongDeadline(600, arrivals)
    monkeypatch.setattr(Deadline, "worked", lambda _: 3.0)
    for _ in range(20):
        look(long)
    assert arrivals.pauses == 3 * workers.MOST_PAUSES


def test_nobody_pauses_for_a_request_that_is_known_to_be_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    threads, under_way = Workers(ServingLimits()), list[int]()
    work = counted(lambda deadline: under_way.append(threads.arrivals.number), [])
    asyncio.run(_twice(threads, work))
    assert under_way == [1, 0]
