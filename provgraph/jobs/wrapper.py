"""The program around a script: it notes when the script began and how it ended.

The engine starts it, by its path and with the folder of the control files as its argument, on this
machine or on a node of a cluster; it needs Python alone. It outlives the server. It ends the script
and all its processes when the time is over, when there is too much output, and when it is told to.

``order.json`` says what to do; ``started.json`` and ``ended.json`` say what was done. It imports
little, since every job waits for that.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How often it looks at time and output, and how long a script has to end by itself; in seconds.
_LOOK, _GRACE = 0.25, 5.0
#: Another wrapper of the same job was first.
_NOT_FIRST = 75
#: ``PR_SET_CHILD_SUBREAPER``: who leaves the script's process group stays below this process.
_SUBREAPER = 36


def main(control: str) -> int:
    """Run the script of a job, once.

    Args:
        control: the folder of the job's control files.

    Returns:
        What to exit with: the exit code of the script, 75 when another wrapper runs it.
    """
    with open(f"{control}/order.json", encoding="utf-8") as file:
        order = json.load(file)
    try:
        os.close(os.open(f"{control}/claimed", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return _NOT_FIRST
    stopped: list[str] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append("aborted"))
    for limit, most in ((resource.RLIMIT_FSIZE, order["output"]), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (soft, hard))
    _keep_orphans()
    began = _time()
    try:
        process = _start(control, order)
    except OSError as error:
        _write(
            f"{control}/ended.json",
            {
                "began": began,
                "time": _time(),
                "code": 127,
                "why": f"the script can't be started: {error}",
            },
        )
        return 127
    _write(
        f"{control}/started.json",
        {
            "time": began,
            "host": os.uname().nodename,
            **_self(),
            "group": process.pid,
            "groupSince": since(process.pid),
        },
    )
    why = _wait(process, control, order, stopped)
    code = process.wait()
    _end_all(process.pid)
    _write(f"{control}/ended.json", {"began": began, "time": _time(), "code": code, "why": why})
    return code if code >= 0 else 128 - code


def _start(control: str, order: "dict[str, Any]") -> "subprocess.Popen[bytes]":
    """The script, in a session of its own; as another user, where the order says so."""
    who = {} if order["user"] is None else {"user": order["user"], "group": order["group"]}
    if who:
        who["extra_groups"] = []
    with open(f"{control}/stdout", "wb") as out, open(f"{control}/stderr", "wb") as err:
        return subprocess.Popen(  # noqa: S603 - the order is the server's
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=order["work"],
            env=order["environment"],
            start_new_session=True,
            umask=0o022,
            **who,
        )


def _wait(
    process: "subprocess.Popen[bytes]", control: str, order: "dict[str, Any]", stopped: list[str]
) -> "str | None":
    """Wait for the end of the script, or bring it about; why, where it was brought about."""
    deadline = time.monotonic() + order["seconds"] if order["seconds"] else float("inf")
    while True:
        left = deadline - time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, min(_LOOK, left)))
            return stopped[0] if stopped else None
        if stopped or os.path.exists(f"{control}/abort"):
            why = "aborted"
        elif time.monotonic() >= deadline:
            why = "time"
        elif _size(order["work"]) + _size(control) > order["output"]:
            why = "output"
        else:
            continue
        _signal(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        _signal(process.pid, signal.SIGKILL)
        return why


def _size(folder: str) -> int:
    """How many bytes lie in a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _keep_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _end_all(group: int) -> None:
    """End what the script has left behind, in its group and out of it."""
    _signal(group, signal.SIGKILL)
    while left := _children():
        for each in left:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        for each in left:
            with suppress(ChildProcessError):
                os.waitpid(each, 0)


def _children() -> "list[int]":
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(each) for each in file.read().split()]
    except OSError:
        return []


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _self() -> "dict[str, object]":
    """This process, so that nobody takes a later one of the same number for it."""
    return {
        "pid": os.getpid(),
        "since": since(os.getpid()),
        "batch": os.environ.get("SLURM_JOB_ID"),
    }


def since(pid: int) -> "str | None":
    """Tell when a process began.

    Args:
        pid: its number.

    Returns:
        Since when it lives, in the words of the system; None when it lives no longer.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return None
    state, *rest = text.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


def _write(path: str, said: "dict[str, object]") -> None:
    """Write a file whole, so that it is there with all its bytes or not at all."""
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{path}.new", path)


def _time() -> str:
    """The present time, as ``2026-11-29T03:09:15.123Z``."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
