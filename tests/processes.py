"""What tests of several processes share: how to start ours, and how to wait for what they do."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROVGRAPH = (sys.executable, "-m", "provgraph.commands.main")
#: Long, for a loaded machine; a test that waits for so long has failed.
DEADLINE = 300.0


def environment(home: Path, store: str, **more: str) -> dict[str, str]:
    """A user with a home and a store of her own."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": str(home), "PROVGRAPH_STORE": store, **more}


def _without_privileges() -> tuple[str, ...]:
    """Before a command of root, for whom no file is unreadable.

    It obeys the rights of files as others do.
    """
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")


UNPRIVILEGED = _without_privileges()


def run(
    home: Path, store: str, *arguments: str, before: tuple[str, ...] = (), **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command, behind another that starts it, to its end in the user's home."""
    return subprocess.run(
        [*before, *PROVGRAPH, *arguments],
        cwd=home,
        env=environment(home, store),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
        **options,
    )


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def loads_in(database: Path) -> list[str]:
    """The sources of all load records of a SQLite store, also while others write to it."""
    if not database.exists():
        return []
    connection = sqlite3.connect(database)
    try:
        return sorted(source for (source,) in connection.execute("SELECT source FROM load"))
    except sqlite3.OperationalError:  # its tables are being made
        return []
    finally:
        connection.close()
