"""Work that is done again while a store is away."""

from collections.abc import Iterator

import pytest

from provgraph.errors import StoreError, UnreachableError
from provgraph.store import waiting


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No test sleeps: pauses are noted, and the clock goes on by them."""
    noted: list[float] = []
    monkeypatch.setattr("provgraph.store.waiting.time.sleep", noted.append)
    monkeypatch.setattr("provgraph.store.waiting.time.monotonic", lambda: sum(noted))
    return noted


def test_work_is_done_again_until_it_succeeds(pauses: list[float]) -> None:
    answers: Iterator[Exception | str] = iter([UnreachableError("x"), UnreachableError("x"), "ok"])

    def work() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert waiting.retry_while_unreachable(work) == "ok"
    assert len(pauses) == 2


def test_an_error_that_is_final_is_raised_at_once(pauses: list[float]) -> None:
    def work() -> None:
        raise StoreError("refused")

    with pytest.raises(StoreError, match="refused"):
        waiting.retry_while_unreachable(work)
    assert pauses == []


def test_patience_ends_and_pauses_grow_up_to_a_bound(pauses: list[float]) -> None:
    def work() -> None:
        raise UnreachableError("away")

    with pytest.raises(UnreachableError):
        waiting.retry_while_unreachable(work)
    assert sum(pauses) <= waiting.PATIENCE_SECONDS
    assert sum(pauses) > waiting.PATIENCE_SECONDS / 2
    assert max(pauses) <= 5


def test_short_waiting_needs_no_word(caplog: pytest.LogCaptureFixture) -> None:
    with waiting.warn_of_waiting("here"):
        pass
    assert not caplog.records


def test_long_waiting_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[tuple[float, tuple[object, ...]]] = []

    class Clock:
        daemon = False

        def __init__(self, seconds: float, _log: object, words: tuple[object, ...]) -> None:
            started.append((seconds, words))

        def start(self) -> None: ...

        def cancel(self) -> None:
            started.append((0.0, ()))

    monkeypatch.setattr(waiting, "Timer", Clock)
    with waiting.warn_of_waiting("the store"):
        assert len(started) == 1
    assert "the store" in started[0][1]
    assert started[-1] == (0.0, ())
