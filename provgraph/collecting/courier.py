"""The courier: a process of its own that delivers a spool.

A store that hangs costs a job a few seconds then, and nothing else.
"""

import os
import subprocess
import sys
from pathlib import Path

#: How long after its own time limit the process is killed, in seconds.
_GRACE = 0.5


def deliver_in_own_process(
    spool: Path, store: str, seconds: float, errors: int | None = None
) -> str:
    """Deliver what waits in a spool; what is not delivered in time stays there, whole.

    Args:
        spool: the folder.
        store: the store's URL; it goes by the environment, where a password in it is seen by no
            other user.
        seconds: how long this may take.
        errors: where the process says what went wrong, such as `subprocess.DEVNULL`; None is
            standard error.

    Returns:
        what it printed: the reports of what it delivered, a line of JSON each.
    """
    command = (
        sys.executable,
        "-P",
        "-m",
        "provgraph.commands.main",
        "watch",
        "--once",
        "--only-spooled",
        "--json",
        "--timeout",
        str(seconds),
        "--",
        str(spool),
    )
    environment = os.environ | {"PROVGRAPH_STORE": store, "PYTHONIOENCODING": "utf-8"}
    # A session of its own: Ctrl-C for the job is none for the courier, which has a limit of its
    # own.
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds + _GRACE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]
    finally:
        process.kill()
