"""The progress line: on a terminal only, and only when the work takes time."""

import io

import pytest

from provgraph.commands import progress
from provgraph.commands.progress import Progress


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


def use(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Put a stderr in place: in the test itself, since pytest puts its own before each test."""
    monkeypatch.setattr("sys.stderr", stderr)
    return stderr


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step takes longer than the line waits."""
    monkeypatch.setattr(progress, "INTERVAL", -1.0)


@pytest.mark.usefixtures("slow")
def test_what_is_done_is_counted_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use(Terminal(), monkeypatch)
    with Progress("sources") as line:
        line.step()
        line.put_aside(1_200)
        line.wrote(500)
        line.wrote(500)
    written = terminal.getvalue()
    assert "1 sources done" in written
    assert "1 sources done, 1200 records of the next one read" in written
    assert "1 sources done, 1000 records of the next one" in written
    assert "\n" not in written
    assert written.endswith("\r\x1b[K")


@pytest.mark.usefixtures("slow")
def test_what_is_read_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use(Terminal(), monkeypatch)
    line = Progress("records")
    line.read(1200)
    line.read(34)
    assert terminal.getvalue().endswith("1,234 records read")


@pytest.mark.usefixtures("slow")
def test_a_result_finds_an_empty_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use(Terminal(), monkeypatch)
    line = Progress("sources")
    line.clear()
    assert terminal.getvalue() == ""
    line.step()
    line.clear()
    line.clear()
    assert terminal.getvalue().count("\r\x1b[K") == 2


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use(Terminal(), monkeypatch)
    with Progress("sources") as line:
        line.step()
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("slow")
def test_a_pipe_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = use(io.StringIO(), monkeypatch)
    with Progress("sources") as line:
        line.step()
    assert pipe.getvalue() == ""
