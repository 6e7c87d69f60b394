"""Waiting for a store that went away, and telling the user of it."""

import logging
import random
import time
from collections.abc import Callable

import pytest

from provgraph.errors import StoreError, UnreachableError
from provgraph.store import waiting
from provgraph.store.waiting import retry, retry_while_unreachable, warn_of_waiting


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made: the clock goes on by them, and nobody waits."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    monkeypatch.setattr(time, "monotonic", lambda: sum(made))
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    return made


def failing(times: int, error: Exception) -> Callable[[], str]:
    """Work that fails so many times, then succeeds."""
    left = [error] * times

    def work() -> str:
        if left:
            raise left.pop()
        return "done"

    return work


def again(work: Callable[[], str]) -> str:
    """Do work for ten seconds, with pauses of one to three seconds, while errors are OSErrors."""
    return retry(
        work,
        lambda error: isinstance(error, OSError),
        seconds=10.0,
        first_pause=1.0,
        longest_pause=3.0,
    )


def test_work_that_succeeds_is_done_once(pauses: list[float]) -> None:
    assert again(failing(0, OSError())) == "done"
    assert pauses == []


def test_pauses_double_up_to_the_longest(pauses: list[float]) -> None:
    assert again(failing(4, OSError())) == "done"
    assert pauses == [1, 2, 3, 3]


def test_no_try_begins_after_the_time_is_over(pauses: list[float]) -> None:
    with pytest.raises(OSError, match="away"):
        again(failing(99, OSError("away")))
    assert pauses == [1, 2, 3, 3]


def test_an_error_that_stays_is_raised_at_once(pauses: list[float]) -> None:
    with pytest.raises(KeyError):
        again(failing(1, KeyError("x")))
    assert pauses == []


def test_a_store_that_comes_back_is_announced_once(
    pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert retry_while_unreachable(failing(3, UnreachableError("the store is away"))) == "done"
    assert [each.getMessage() for each in caplog.records] == [
        "the store is away; trying again for 60 seconds"
    ]
    assert pauses == [0.25, 0.5, 1]


def test_a_store_that_refuses_is_not_asked_again(pauses: list[float]) -> None:
    with pytest.raises(StoreError, match="no room"):
        retry_while_unreachable(failing(1, StoreError("no room")))
    assert pauses == []


def test_only_a_long_wait_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING)
    with warn_of_waiting("here"):
        pass
    assert not caplog.records
    begun: list[float] = []

    class Immediately:
        """A timer that goes off when it is started."""

        daemon = False

        def __init__(self, seconds: float, call: Callable[..., None], words: tuple[str]) -> None:
            begun.append(seconds)
            self._call, self._words = call, words

        def start(self) -> None:
            self._call(*self._words)

        def cancel(self) -> None:
            """Too late."""

    monkeypatch.setattr(waiting, "Timer", Immediately)
    with warn_of_waiting("here"):
        pass
    assert begun == [waiting.PATIENCE]
    (told,) = caplog.records
    assert told.getMessage() == "another process writes to the store at here; waiting for it"
