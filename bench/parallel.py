"""Two processes that load disjoint halves, against one that loads both."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.logs import write_logs
from bench.measure import Figure, at_least, say
from bench.servers import empty

#: Logs of one run that are loaded, by the kind of store.
RUNS = {"PostgreSQL": 2_000, "Neo4j": 1_000}
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """The stores that several hosts share."""
    for kind, runs in RUNS.items():
        with TemporaryDirectory(prefix="provgraph-bench-") as folder:
            halves = [Path(folder) / name for name in ("first", "second")]
            for half, first in zip(halves, (0, runs), strict=True):
                half.mkdir()
                write_logs(half, runs // 2, first)
            # the server compiles what it often runs
            _seconds(kind, [[half] for half in halves])
            one, two = [], []
            for _ in range(ROUNDS):
                one.append(runs / _seconds(kind, [halves]))
                two.append(runs / _seconds(kind, [[half] for half in halves]))
                say(f"  {kind}: {one[-1]:.0f} runs/s by one process, {two[-1]:.0f} by two")
        name = f"load {runs} logs of one run into {kind} by two processes; by one"
        yield at_least(name, median(two), median(one), 1.5, "runs/s")


def _seconds(kind: str, shares: Sequence[Sequence[Path]]) -> float:
    """The seconds from the word go to the end of the last process.

    Each has its share of the folders.
    """
    with empty(kind) as (url, store), ExitStack() as stack:
        with store.writing():
            pass  # tables, constraints and indexes are there
        loaders = [stack.enter_context(_loader(url, share)) for share in shares]
        pipes = [(loader.stdin, loader.stdout) for loader in loaders]
        for _, output in pipes:
            if output is None or output.readline() != b"ready\n":
                raise AssertionError("a loader did not get ready")
        started = time.perf_counter()
        for start, _ in pipes:
            if start is not None:
                start.close()
        codes = [loader.wait() for loader in loaders]
        taken = time.perf_counter() - started
        if any(codes):
            raise AssertionError(f"a loader failed: {codes}")
    return taken


def _loader(url: str, folders: Sequence[Path]) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "bench.parallel_loader", url, *map(str, folders))
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
