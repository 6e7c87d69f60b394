"""Loading real ctapipe logs.

Into SQLite in runs per second, into Neo4j against the bare driver with the same rows.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import bare
from bench.logs import write_logs
from bench.measure import Figure, at_least, say, timed
from bench.servers import empty, empty_neo4j, neo4j_driver
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store

RUNS = 2_000
NEO4J_RUNS = 500
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Both kinds of store."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        logs = Path(folder)
        write_logs(logs, RUNS)
        yield _into_sqlite(logs)
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        logs = Path(folder)
        write_logs(logs, NEO4J_RUNS)
        yield _into_neo4j(logs)


def _into_sqlite(logs: Path) -> Figure:
    """By the clock; beside it per second of processor time, which other programs disturb less."""
    taken, busy = [], []
    for _ in range(ROUNDS):
        with empty("SQLite") as (_, store):
            before = time.process_time()
            taken.append(timed(_loading(store, logs, RUNS)))
            busy.append(time.process_time() - before)
            say(
                f"  {RUNS / taken[-1]:.0f} runs/s into SQLite, "
                f"{RUNS / busy[-1]:.0f} per processor second"
            )
    speed, alone = RUNS / median(taken), RUNS / median(busy)
    name = f"load {RUNS} real ctapipe logs of one run (25 kB) into SQLite, one process"
    ours = f"{speed:.0f} runs/s; {alone:.0f} per processor second"
    return Figure(name, ours, "", f"{speed:.0f} runs/s", "≥ 1500 runs/s (aim: 2500)", speed >= 1500)


def _into_neo4j(logs: Path) -> Figure:
    ours, reference = [], []
    with empty("Neo4j") as (_, store), neo4j_driver() as driver:
        _loading(store, logs, NEO4J_RUNS)()
        nodes, relationships = bare.rows_of(driver)
        count = bare.count(nodes, relationships)
        for _ in range(ROUNDS):
            empty_neo4j()
            ours.append(timed(_loading(store, logs, NEO4J_RUNS)))
            empty_neo4j()
            reference.append(timed(lambda: bare.write(driver, nodes, relationships)))
            say(f"  {count / ours[-1]:.0f} rows/s into Neo4j, bare {count / reference[-1]:.0f}")
        empty_neo4j()
    name = (
        f"load {NEO4J_RUNS} such logs into Neo4j ({count} rows); "
        "bare driver, same rows, UNWIND … MERGE"
    )
    return at_least(name, count / median(ours), count / median(reference), 1.0, "rows/s")


def _loading(store: Store, logs: Path, runs: int) -> Callable[[], None]:
    def work() -> None:
        loaded = sum(report.status == "loaded" for report in load(store, [str(logs)]))
        if loaded != runs:
            raise AssertionError(f"{loaded} logs loaded, not {runs}")

    return work
