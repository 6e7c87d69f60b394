"""What the servers have in common: ports, waiting, stopping, killing, logs."""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HOST = "127.0.0.1"
#: The ports that are given out: below the range from which clients get theirs, for a port of that
#: range could be taken by any outgoing connection between a kill and the restart on the same port.
LOWEST_PORT = 20_000
HIGHEST_PORT = 31_999
#: Into how many parts the ports are divided, so that tests that run side by side never take each
#: other's, not even while a server is down.
PARTS = 8
#: How long processes that were killed may take to be gone, in seconds: long, for a busy machine.
GONE_SECONDS = 300.0
# Fixed test password: the servers listen on loopback and hold test data only.
PASSWORD = "provgraph-tests"


class ServiceUnavailable(RuntimeError):  # noqa: N818 - says a state, as in HTTP's 503
    """A server cannot be had on this machine: says what, where, and what to do."""

    def __init__(self, what: str, *, where: str, todo: str) -> None:
        super().__init__(f"{what}\n  where: {where}\n  what to do: {todo}")
        self.what, self.where, self.todo = what, where, todo

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it comes out of another process.

        Exceptions are rebuilt from what is not keywords alone.
        """
        return partial(type(self), where=self.where, todo=self.todo), (self.what,)


_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that this function gives nobody else.

    Raises:
        ServiceUnavailable: there is none.
    """
    for port in _candidates():
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            _given.add(port)
            return port
    raise ServiceUnavailable(
        "no free port",
        where=f"{HOST}, {LOWEST_PORT}-{HIGHEST_PORT}",
        todo="stop some of what listens there",
    )


def _candidates() -> list[int]:
    """The ports of this test process in an order of chance: other test runs may be at work."""
    size = (HIGHEST_PORT + 1 - LOWEST_PORT) // PARTS
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = LOWEST_PORT + worker % PARTS * size
    return random.SystemRandom().sample(range(first, first + size), size)


def tail(path: Path, lines: int = 40) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(no log: {error})"


class Server(ABC):
    """One server process on ports and data of its own, both kept over a restart."""

    name: str
    install_hint = "run tests/services/install.sh as root, or install what it names"

    def __init__(self, *, data_dir: Path | None = None, start_timeout: float = 600.0) -> None:
        """With a ``data_dir`` the data outlives :meth:`close`; else it is temporary."""
        self.start_timeout = start_timeout
        self._keep = data_dir is not None
        if data_dir is not None:
            data_dir.mkdir(parents=True, exist_ok=True)
        self.home = data_dir or Path(tempfile.mkdtemp(prefix=f"provgraph-{self.name}-"))
        self.log = self.home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        # The last resort for a test run that ends without its fixtures' finalizers.
        atexit.register(self.close)

    # -- what each kind of server says about itself --------------------------

    @abstractmethod
    def _prepare(self) -> None:
        """Make the data folder and the configuration; called before every start."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Start the server's process, its output going to ``self.log``."""

    @abstractmethod
    def _ping(self) -> None:
        """Run one query; raise when the server does not answer it."""

    # -- life cycle ----------------------------------------------------------

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start, and return once a query is answered."""
        if self.running:
            return self
        deadline = time.monotonic() + self.start_timeout
        try:
            self._prepare()
            self._process = self._launch()
            self._wait_until_answering(deadline)
        except BaseException:
            self.kill()
            raise
        return self

    def _wait_until_answering(self, deadline: float) -> None:
        while True:
            assert self._process is not None
            code = self._process.poll()
            if code is not None:
                raise self._failed(f"exited with {code} before it answered")
            try:
                self._ping()
                return
            except Exception as error:  # any: the driver's own errors vary while it comes up
                if time.monotonic() > deadline:
                    raise self._failed(
                        f"gave no answer in {self.start_timeout:.0f} s ({error})"
                    ) from error
            time.sleep(0.1)

    def _failed(self, why: str) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"{self.name} {why}; the end of its log:\n{tail(self.log)}",
            where=str(self.log),
            todo="read the log; check memory and disk space",
        )

    def stop(self, timeout: float = GONE_SECONDS) -> None:
        """An orderly stop; the data stays."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    _stop_signal = signal.SIGTERM

    def kill(self) -> None:
        """``kill -9``, as a crash would; the data stays.

        It returns when all of the server's processes are gone. Until then they hold its shared
        memory, and PostgreSQL would refuse to start again.
        """
        if self._process is None:
            return
        if self._process.poll() is not None:  # gone: its number may be another's by now
            self._process = None
            return
        # A server that stands still starts no further children while they are counted. It ends
        # before them, or it would see them die and begin to recover.
        _hold(self._process.pid)
        children = [_Child(pid) for pid in _children(self._process.pid)]
        self._process.kill()
        for child in children:
            child.kill()
        self._process.wait()
        for child in children:
            child.wait(GONE_SECONDS)
        self._process = None

    def restart(self) -> Self:
        """Stop if running, then start on the same data and ports."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """Stop for good and remove temporary data."""
        atexit.unregister(self.close)
        if self._keep:
            self.stop()
        else:
            self.kill()  # nobody will read the data again: no need to wait for a checkpoint
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Child:
    """A process that another one started; it is told from later ones of the same number."""

    def __init__(self, pid: int) -> None:
        try:
            self._descriptor: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._descriptor = None

    def kill(self) -> None:
        """End it at once; nothing happens when it has ended."""
        if self._descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def wait(self, seconds: float) -> None:
        """Return when it has ended.

        Raises:
            TimeoutError: it has not, in so many seconds.
        """
        if self._descriptor is None:
            return
        ending = select.poll()
        ending.register(self._descriptor, select.POLLIN)
        ended = ending.poll(1000 * seconds)
        os.close(self._descriptor)
        self._descriptor = None
        if not ended:
            raise TimeoutError(f"a process that was killed is still there after {seconds:.0f} s")


def _hold(pid: int) -> None:
    """Stop a child of ours, and return when it stands still or has ended."""
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


def _children(parent: int) -> list[int]:
    """The direct children of a process, from /proc (empty where there is none)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # "pid (name) state ppid ..."; the name may itself hold spaces and brackets.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile
    return found
