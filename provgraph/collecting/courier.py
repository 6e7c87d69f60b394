"""The courier: a process of its own that delivers a spool.

So a store that hangs costs a job only the few seconds that the courier may take.
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
    """Deliver what waits in a spool, within a time limit.

    What is not delivered in time stays in the spool, whole. A courier that is not done half a
    second after its limit is killed.

    Args:
        spool: the folder.
        store: the store's URL. It is handed over in the environment, where no other user sees a
            password in it.
        seconds: how long this may take.
        errors: where the process says what went wrong, such as `subprocess.DEVNULL`; None is
            standard error.

    Returns:
        what the courier printed: the reports on what it delivered, a line of JSON each. The last
        line may be cut off when the courier was killed.
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
