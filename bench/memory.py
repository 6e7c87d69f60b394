"""The memory in which a log, or a PROV document, of any size is loaded."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documents import write_runs
from bench.logs import write_log
from bench.measure import Figure, say
from bench.servers import empty

#: The size of the log; a smaller one may be asked for.
MEGABYTES = int(os.environ.get("PROVGRAPH_BENCH_MEGABYTES", "1000"))
#: Into Neo4j it takes longer: this part of the size is loaded there.
NEO4J_SHARE = 10
#: A document makes ten elements and relations a run.
DOCUMENT_RUNS = 35_000
LIMIT = 300
_RUN_BYTES = 25_300


def figures() -> Iterator[Figure]:
    """The embedded store, and the client of Neo4j."""
    yield _log_figure("SQLite", MEGABYTES)
    yield _log_figure("Neo4j", MEGABYTES // NEO4J_SHARE)
    yield _document_figure("SQLite", DOCUMENT_RUNS)
    yield _document_figure("Neo4j", DOCUMENT_RUNS)


def _log_figure(kind: str, megabytes: int) -> Figure:
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        log = Path(folder) / "large.provlog"
        say(f"writing a log of {megabytes} MB")
        write_log(log, megabytes * 1_000_000 // _RUN_BYTES + 1)
        return _figure(kind, log, f"a log of {log.stat().st_size / 1e6:.0f} MB")


def _document_figure(kind: str, runs: int) -> Figure:
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        document = Path(folder) / "large.json"
        write_runs(document, runs)
        return _figure(kind, document, f"a PROV-JSON document of {10 * runs + 1} elements")


def _figure(kind: str, source: Path, what: str) -> Figure:
    with empty(kind) as (url, _):
        started = time.monotonic()
        peak = peak_of(
            sys.executable, "-m", "provgraph.commands.main", "load", "--store", url, str(source)
        )
        say(f"  {what} into {kind} in {time.monotonic() - started:.0f} s, {peak:.0f} MB at most")
    name = f"memory of `provgraph load` with {what}, {kind}"
    return Figure(name, f"{peak:.0f} MB", "", f"{peak:.0f} MB", f"≤ {LIMIT} MB", peak <= LIMIT)


def peak_of(*command: str) -> float:
    """The most MB that a command held in memory."""
    done = subprocess.run(
        (sys.executable, "-m", "bench.peak", *command), check=True, stdout=subprocess.PIPE
    )
    return int(done.stdout) * 1024 / 1e6
