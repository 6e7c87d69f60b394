"""`provgraph load` as a process of its own that can be watched, killed and read."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryFile
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

from tests.faults.limits import small_batches

ROOT = Path(__file__).parents[2]
#: A loader that has not ended after so many seconds hangs.
PATIENCE = 900.0


def _program(*before: Callable[[], None]) -> str:
    """Python that makes limits smaller and then is the command ``provgraph``."""
    names = [each.__name__ for each in before]
    return "\n".join(
        (
            f"from {small_batches.__module__} import {', '.join(names)}",
            *(f"{name}()" for name in names),
            "from provgraph.commands.main import main",
            "main()",
        )
    )


class Loader:
    """A running `provgraph load --json`; it is killed at the end of its block if it still runs.

    Attributes:
        started: when, by the monotonic clock.
        reports: what it said on stdout so far: when, and the report.
    """

    def __init__(
        self, url: str, sources: Iterable[Path], *, before: Callable[[], None] | None = None
    ) -> None:
        """Start to load the sources into the store at the URL.

        Args:
            url: of the store.
            sources: what to load.
            before: a function of `tests.faults.limits` that its process runs first.
        """
        self.reports: list[tuple[float, dict[str, Any]]] = []
        self._news = Condition()
        self._errors = TemporaryFile()  # noqa: SIM115 - closed with the block
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _program(small_batches, *([before] if before else [])),
                "--store",
                url,
                "load",
                "--json",
                *map(str, sources),
            ],
            cwd=ROOT,
            env={
                name: value
                for name, value in os.environ.items()
                if not name.startswith("PROVGRAPH_")
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._reader = Thread(target=self._listen, name="loader's reports", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.is_running:
            self.send(signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def said(self) -> str:
        """All that it said on stderr so far."""
        # Read at a place: the loader writes where the file's own position is.
        return os.pread(self._errors.fileno(), 1 << 20, 0).decode()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the loader and what it has started, as a terminal or a batch system
        does.
        """
        if self.is_running:
            os.killpg(self._process.pid, number)

    def end(self, patience: float = PATIENCE) -> int:
        """Wait for its end.

        Returns:
            the exit code, or the negative number of the signal that ended it.

        Raises:
            TimeoutExpired: it did not end.
        """
        code = self._process.wait(patience)
        self._reader.join()
        return code

    def wait_for(self, condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Wait until something holds, or the loader has ended, or patience is over.

        Returns:
            whether it holds.
        """
        deadline = time.monotonic() + patience
        while not (holds := condition()) and self.is_running and time.monotonic() < deadline:
            with self._news:
                self._news.wait(0.005)
        return holds

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.reports.append((time.monotonic(), json.loads(line)))
                self._news.notify_all()
