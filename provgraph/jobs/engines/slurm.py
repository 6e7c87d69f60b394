"""Runs scripts on a cluster with Slurm, through its own commands.

A job's folder lies in a file system that all nodes see under the same path, and so does Python.
How a script ended is in the wrapper's file, so no accounting (sacct) is needed; `squeue` tells of
jobs that wait, and of those that are gone.
"""

import os
import shlex
import subprocess
import sys
import time
from threading import Lock
from typing import Final

from provgraph.errors import JobRefusedError, UnreachableError
from provgraph.jobs.engines.local import PROGRAM
from provgraph.jobs.engines.protocol import WorkState
from provgraph.jobs.folder import JobFolder

_SECONDS: Final = 30
#: So long a list of `squeue` is good, and so long a job may be in none before it is lost: the
#: wrapper's file may come late through a network.
_FRESH, _LATE = 0.5, 5.0
#: What Slurm's commands need of the environment; nothing of it reaches a job.
_PASSED_ON: Final = ("PATH", "SLURM_CONF", "LANG")


class SlurmEngine:
    """The engine of a cluster."""

    name = "slurm"
    interval = 1.0

    def __init__(self) -> None:
        """Begin without knowing any job."""
        self._lock = Lock()
        self._listed: dict[str, str] = {}
        self._time = 0.0
        self._missed: dict[str, float] = {}

    def submit(self, folder: JobFolder, options: dict[str, str]) -> str:
        """Have the script of a job run.

        Args:
            folder: of the job, with its order.
            options: what the client said for Slurm: ``slurm_mem`` is the option ``--mem``.

        Returns:
            The number of the job in Slurm.

        Raises:
            JobRefusedError: Slurm does not take it.
            UnreachableError: Slurm does not answer.
        """
        batch = folder.path / "batch.sh"
        command = shlex.join([sys.executable, "-I", "-S", str(PROGRAM), str(folder.control)])
        batch.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
        said = [f"--{name.removeprefix('slurm_')}={text}" for name, text in options.items()]
        return (
            _run(
                "sbatch",
                "--parsable",
                f"--job-name={_name(folder)}",
                f"--chdir={folder.work}",
                "--output=/dev/null",
                "--export=NIL",
                "--no-requeue",
                *said,
                str(batch),
            )
            .partition(";")[0]
            .strip()
        )

    def state(self, folder: JobFolder, handle: str) -> WorkState:
        """Tell how far a script is.

        Args:
            folder: of the job.
            handle: the number of the job in Slurm.
        """
        has_started = folder.started() is not None
        try:
            is_listed = handle in self._all()
        except UnreachableError:
            is_listed = True  # nobody knows; it is asked again
        if folder.ended():
            self._missed.pop(handle, None)
            return WorkState.ENDED
        if is_listed or not self._is_late(handle):
            return WorkState.RUNNING if has_started else WorkState.WAITING
        return WorkState.LOST

    def cancel(self, folder: JobFolder, handle: str) -> None:
        """End a script, or take it off the queue; returns at once.

        Args:
            folder: of the job.
            handle: the number of the job in Slurm.

        Raises:
            UnreachableError: Slurm does not answer.
        """
        folder.tell_to_abort()  # the wrapper ends what runs, and says how
        if folder.started() is None:
            _run("scancel", "--quiet", handle)

    def reattach(self, folder: JobFolder) -> str | None:
        """Find a job again that a server handed over before it ended.

        Args:
            folder: of the job.

        Returns:
            Its number in Slurm; None when the script was never begun, and waits nowhere.

        Raises:
            UnreachableError: Slurm does not answer.
        """
        started = folder.started()
        if started and started["batch"]:
            return str(started["batch"])
        listed = _run("squeue", "--noheader", "--format=%A", f"--name={_name(folder)}").split()
        return listed[0] if listed else None

    def _all(self) -> dict[str, str]:
        """Number → state of all jobs that wait or run; the list is asked for once for all."""
        with self._lock:
            if time.monotonic() - self._time > _FRESH:
                rows = _run("squeue", "--noheader", "--format=%A %T").splitlines()
                self._listed = dict(row.split(maxsplit=1) for row in rows)
                self._time = time.monotonic()
            return self._listed

    def _is_late(self, handle: str) -> bool:
        first = self._missed.setdefault(handle, time.monotonic())
        return time.monotonic() - first > _LATE


def _name(folder: JobFolder) -> str:
    return f"provgraph-{folder.path.name}"


def _run(program: str, *arguments: str) -> str:
    """Run one of Slurm's commands; what it prints.

    Raises:
        JobRefusedError: it refuses what is asked.
        UnreachableError: Slurm is not there, or does not answer.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - each is one argument, and no shell reads it
            [program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreachableError(f"{program} of Slurm can't be run: {error}") from None
    if done.returncode == 0:
        return done.stdout
    told = done.stderr.strip() or f"it ended with {done.returncode}"
    if "slurm controller" in told or "Socket timed out" in told or "Connection refused" in told:
        raise UnreachableError(f"Slurm does not answer: {told}")
    raise JobRefusedError(f"{program} of Slurm refuses: {told}")
