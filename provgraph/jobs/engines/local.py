"""Runs scripts on this machine: each with a wrapper of its own, in a session of its own."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from provgraph.jobs import wrapper
from provgraph.jobs.engines.protocol import WorkState
from provgraph.jobs.folder import JobFolder

PROGRAM: Final = Path(wrapper.__file__)
#: Input, output and messages of a wrapper, which has none.
_NOTHING_OPEN: Final = tuple(
    (os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)
)


class LocalEngine:
    """The engine that is always there. It needs nothing but this machine."""

    name = "local"
    interval = 0.03

    def submit(self, folder: JobFolder, options: dict[str, str]) -> str:
        """Have the script of a job run.

        Args:
            folder: of the job, with its order.
            options: ignored: they are for clusters.

        Returns:
            The number of the wrapper's process, and since when it lives.
        """
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-S", str(PROGRAM), str(folder.control)],
            {},
            file_actions=_NOTHING_OPEN,
            setsid=True,
        )
        return _handle(pid, wrapper.since(pid))

    def state(self, folder: JobFolder, handle: str) -> WorkState:
        """Tell how far a script is.

        Args:
            folder: of the job.
            handle: as `submit` gave it.
        """
        _reap(handle)
        started = folder.started()
        is_alive = _is_alive(_noted(started) or handle)
        if folder.ended():
            return WorkState.ENDED
        if is_alive:
            return WorkState.RUNNING if started else WorkState.WAITING
        # Another server may have handed it over, and ended before it could say so.
        return WorkState.WAITING if not started and folder.is_claimed() else WorkState.LOST

    def cancel(self, folder: JobFolder, handle: str) -> None:
        """End a script; returns at once.

        Args:
            folder: of the job.
            handle: as `submit` gave it.
        """
        folder.tell_to_abort()
        started = folder.started()
        named = _noted(started) or handle
        if _is_alive(named):
            with suppress(ProcessLookupError):
                os.kill(_pid(named), signal.SIGTERM)
        elif started and _is_alive(_handle(started["group"], started["groupSince"])):
            with suppress(ProcessLookupError):  # somebody has killed the wrapper alone
                os.killpg(started["group"], signal.SIGKILL)

    def reattach(self, folder: JobFolder) -> str | None:
        """Find a job again that a server handed over before it ended.

        Args:
            folder: of the job.

        Returns:
            Its handle; None when the script was never begun.
        """
        return _noted(folder.started())


def _reap(handle: str) -> None:
    """Let a wrapper that has ended go, if this process started it."""
    with suppress(ChildProcessError):
        os.waitpid(_pid(handle), os.WNOHANG)


def _noted(started: dict[str, Any] | None) -> str | None:
    """The handle of the wrapper that noted when the script began; None before.

    It need not be the one that this server knows: another server may have handed the job over, too.
    """
    return _handle(started["pid"], started["since"]) if started else None


def _handle(pid: int, since: str | None) -> str:
    return f"{pid}:{since or ''}"


def _pid(handle: str) -> int:
    return int(handle.partition(":")[0])


def _is_alive(handle: str) -> bool:
    since = handle.partition(":")[2]
    return bool(since) and wrapper.since(_pid(handle)) == since
