"""Checking 100,000 elements against PROV-CONSTRAINTS, in a store and in a log, against loading
them.
"""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.logs import write_log
from bench.measure import Figure, at_most, say, timed
from bench.servers import empty
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.validation.sources import check_sources, check_store

#: Runs that make a source of 100,000 nodes and relationships.
RUNS = 1_830
ROUNDS = 3
LIMIT = 3


def figures() -> Iterator[Figure]:
    """Of a store, and of a log that is in none."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, empty("SQLite") as (_, store):
        log = Path(folder) / "one.provlog"
        write_log(log, RUNS)
        loading = timed(partial(_load, store, log), time.process_time)
        in_store = median(
            timed(partial(check_store, store), time.process_time) for _ in range(ROUNDS)
        )
        say(f"  loaded in {loading:.1f} s, checked in {in_store:.1f} s")
        in_log = median(timed(partial(_check, log), time.process_time) for _ in range(ROUNDS))
    yield at_most(
        "validate a store (SQLite) of 10^5 elements; loading them", in_store, loading, LIMIT
    )
    yield at_most(
        "validate a log of 10^5 elements that is in no store; loading them", in_log, loading, LIMIT
    )


def _load(store: Store, log: Path) -> None:
    list(load(store, [str(log)]))


def _check(log: Path) -> None:
    list(check_sources([str(log)]))
