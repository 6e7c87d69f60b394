"""Clients take turns, a full queue is told, and at the end work is called off."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from provgraph.errors import BusyError
from provgraph.store.deadlines import Deadline
from provgraph.store.lanes import Lane

#: Long, for a busy machine; a test that waits for so long has failed.
PATIENCE = 60.0


@contextmanager
def held(lane: Lane) -> Iterator[Deadline]:
    """A lane whose one thread is held by a job."""
    let_go, begun = threading.Event(), threading.Event()

    def hold(_: Deadline) -> None:
        begun.set()
        assert let_go.wait(PATIENCE)

    deadline = Deadline(PATIENCE)
    job = lane.submit("holder", hold, deadline)
    assert begun.wait(PATIENCE)
    yield deadline
    let_go.set()
    job.result(PATIENCE)


def noted(order: list[str], name: str, _: Deadline) -> None:
    """Work that notes that it ran."""
    order.append(name)


def test_clients_take_turns() -> None:
    lane, order = Lane(1, 10, "lane"), list[str]()
    with held(lane):
        jobs = [
            lane.submit(name[0], partial(noted, order, name), Deadline(PATIENCE))
            for name in ("a1", "a2", "a3", "b1")
        ]
    for job in jobs:
        job.result(PATIENCE)
    assert order == ["a1", "b1", "a2", "a3"]


def test_a_full_queue_is_told() -> None:
    lane = Lane(1, 1, "lane")
    with held(lane):
        waiting = lane.submit("a", lambda _: "done", Deadline(PATIENCE))
        with pytest.raises(BusyError):
            lane.submit("b", lambda _: "done", Deadline(PATIENCE))
    assert waiting.result(PATIENCE) == "done"


def test_at_the_end_work_is_called_off_and_who_waits_is_turned_away() -> None:
    lane = Lane(1, 1, "lane")
    with held(lane) as deadline:
        waiting = lane.submit("a", lambda _: "done", Deadline(PATIENCE))
        lane.close()
        assert waiting.cancelled()
        assert deadline.is_over()
