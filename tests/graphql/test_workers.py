"""Short requests never wait behind long ones, and nobody works for who has gone."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from provgraph.errors import BusyError, OverdueError
from provgraph.graphql import workers
from provgraph.graphql.workers import Workers
from provgraph.server_settings import ServingLimits
from provgraph.store.deadlines import Deadline
from tests.store.test_lanes import held


async def stays() -> None:
    """A client that waits for its answer."""
    await asyncio.Event().wait()


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
    return [await threads.run(7, "client", work, stays) for _ in range(2)]


def test_a_crowd_with_one_long_question_holds_the_short_ones_up_but_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    monkeypatch.setattr(workers, "SHORT_THREADS", 1)
    threads, runs = Workers(ServingLimits()), list[str]()
    work = counted(Deadline.check, runs)

    async def crowd() -> None:
        await asyncio.gather(*(threads.run(7, "client", work, stays) for _ in range(6)))

    with held(threads._long):
        asyncio.run(crowd())
    assert runs.count("graphql-short") == 1
    assert runs.count("graphql-long") == 6


def test_a_long_request_that_is_alone_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SHORT_WORK", -1.0)
    runs = list[str]()
    work = counted(Deadline.check, runs)
    assert asyncio.run(Workers(ServingLimits()).run(7, "client", work, stays)) == 1
    assert runs == ["graphql-short"]


def test_work_ends_when_the_time_is_over() -> None:
    threads = Workers(ServingLimits(seconds=0))
    with pytest.raises(OverdueError, match="longer than 0 s"):
        asyncio.run(threads.run(7, "client", counted(Deadline.check, []), stays))


def test_nobody_works_for_a_client_that_has_gone() -> None:

    def until_called_off(deadline: Deadline) -> None:
        while not deadline.is_over():
            pass
        deadline.check()

    async def leaves() -> None:
        return

    with pytest.raises((OverdueError, BusyError)):
        asyncio.run(
            Workers(ServingLimits()).run(7, "client", counted(until_called_off, []), leaves)
        )
