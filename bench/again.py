"""What is loaded again costs little, and so does one log more in a large store."""

import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import night
from bench.logs import write_logs
from bench.measure import Figure, at_least, at_most, medians, say, timed
from bench.servers import empty, opened
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store

#: Sources that are loaded, and then again unchanged.
SOURCES = {"SQLite": 10_000, "PostgreSQL": 1_000, "Neo4j": 1_000}
#: Each time into an empty store.
ROUNDS = 3
#: Elements of the large store.
LARGE = 1_000_000
#: Logs that are loaded one by one.
LOGS = 200
#: Loads before the clock counts.
WARM_UP = 20
NEO4J_WARM_UP = 200
#: How long the Neo4j database may take to fill.
NEO4J_SECONDS = 200
_Load = Callable[[int], None]


def figures() -> Iterator[Figure]:
    """Unchanged sources, then one log more."""
    for kind, sources in SOURCES.items():
        yield _unchanged(kind, sources)
    yield _one_more_in_sqlite()
    yield _one_more_in_neo4j()


def _unchanged(kind: str, sources: int) -> Figure:
    first, again = [], []
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        write_logs(Path(folder), sources)
        for _ in range(ROUNDS):
            with empty(kind) as (_, store):
                first.append(sources / timed(lambda: _loaded(store, folder, "loaded", sources)))
                again.append(sources / timed(lambda: _loaded(store, folder, "unchanged", sources)))
                say(f"  {kind}: {first[-1]:.0f} sources/s, again {again[-1]:.0f}")
    name = f"load {sources} unchanged sources again, {kind}; the first time"
    return at_least(name, median(again), median(first), 20, "sources/s")


def _one_more_in_sqlite() -> Figure:
    kept = night.sqlite_file(LARGE)
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, empty("SQLite") as (_, small):
        logs = _logs(Path(folder), LOGS + WARM_UP)
        copied = Path(folder) / "large.db"
        shutil.copy(kept, copied)
        with opened(f"sqlite:///{copied}") as large:
            taken = medians(
                {"small": _loading(small, logs), "large": _loading(large, logs)}, LOGS, WARM_UP
            )
    return at_most(
        f"load one log, SQLite, {LARGE} elements; none", taken["large"], taken["small"], 1.3
    )


def _one_more_in_neo4j() -> Figure:
    """The one database of Neo4j Community grows on the way, to what `NEO4J_SECONDS` write."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, empty("Neo4j") as (_, store):
        logs = _logs(Path(folder), 2 * LOGS + NEO4J_WARM_UP + WARM_UP)
        small = medians({"small": _loading(store, logs)}, LOGS, NEO4J_WARM_UP)["small"]
        say(f"filling Neo4j for {NEO4J_SECONDS} s")
        written = night.fill(store, LARGE, batch=2_000, deadline=time.monotonic() + NEO4J_SECONDS)
        large = medians({"large": _loading(store, logs[LOGS + NEO4J_WARM_UP :])}, LOGS, WARM_UP)[
            "large"
        ]
    return at_most(f"load one log, Neo4j, {written} elements; none", large, small, 1.3)


def _logs(folder: Path, number: int) -> list[Path]:
    """Logs of one run each; with the runs of a night they share configuration files."""
    write_logs(folder, number)
    return sorted(folder.glob("*.provlog"))


def _loading(store: Store, logs: list[Path]) -> _Load:
    """Loads another log at each turn."""
    turns = count()
    return lambda _turn: _loaded(store, str(logs[next(turns)]), "loaded", 1)


def _loaded(store: Store, name: str, status: str, number: int) -> None:
    found = sum(report.status == status for report in load(store, [name]))
    if found != number:
        raise AssertionError(f"{found} sources {status}, not {number}")
