"""The memory in which a log of any size is loaded."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.logs import write_log
from bench.measure import Figure, say
from bench.servers import empty

#: The size of the log; a smaller one may be asked for.
MEGABYTES = int(os.environ.get("PROVGRAPH_BENCH_MEGABYTES", "1000"))
#: Into Neo4j it takes longer: this part of the size is loaded there.
NEO4J_SHARE = 10
LIMIT = 300
_RUN_BYTES = 25_300


def figures() -> Iterator[Figure]:
    """The embedded store, and the client of Neo4j."""
    yield _figure("SQLite", MEGABYTES)
    yield _figure("Neo4j", MEGABYTES // NEO4J_SHARE)


def _figure(kind: str, megabytes: int) -> Figure:
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, empty(kind) as (url, _):
        log = Path(folder) / "large.provlog"
        say(f"writing a log of {megabytes} MB")
        write_log(log, megabytes * 1_000_000 // _RUN_BYTES + 1)
        size = log.stat().st_size / 1e6
        started = time.monotonic()
        peak = peak_of(
            sys.executable, "-m", "provgraph.commands.main", "load", "--store", url, str(log)
        )
        say(
            f"  {size:.0f} MB into {kind} in {time.monotonic() - started:.0f} s, "
            f"{peak:.0f} MB at most"
        )
    name = f"memory of `provgraph load` with a log of {size:.0f} MB, {kind}"
    return Figure(name, f"{peak:.0f} MB", "", f"{peak:.0f} MB", f"≤ {LIMIT} MB", peak <= LIMIT)


def peak_of(*command: str) -> float:
    """The most MB that a command held in memory."""
    done = subprocess.run(
        (sys.executable, "-m", "bench.peak", *command), check=True, stdout=subprocess.PIPE
    )
    return int(done.stdout) * 1024 / 1e6
