"""Loading real ctapipe logs: into SQLite in runs per second, into Neo4j against the bare driver with the same rows."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from neo4j import Driver

from bench.logs import write_logs
from bench.measure import Figure, say, timed
from bench.servers import empty, empty_neo4j, neo4j_driver
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store

RUNS = 2_000
NEO4J_RUNS = 500
ROUNDS = 3
#: Rows that the bare driver writes by one statement.
_BATCH = 1_000
Rows = dict[Any, list[dict[str, Any]]]


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
            say(f"  {RUNS / taken[-1]:.0f} runs/s into SQLite, {RUNS / busy[-1]:.0f} per processor second")
    speed, alone = RUNS / median(taken), RUNS / median(busy)
    name = f"load {RUNS} real ctapipe logs of one run (25 kB) into SQLite, one process"
    ours = f"{speed:.0f} runs/s; {alone:.0f} per processor second"
    return Figure(name, ours, "", f"{speed:.0f} runs/s", "≥ 500 runs/s (aim: 1000)", speed >= 500)


def _into_neo4j(logs: Path) -> Figure:
    ours, bare = [], []
    with empty("Neo4j") as (_, store), neo4j_driver() as driver:
        _loading(store, logs, NEO4J_RUNS)()
        nodes, relationships = _rows(driver)
        count = sum(map(len, (*nodes.values(), *relationships.values())))
        for _ in range(ROUNDS):
            empty_neo4j()
            ours.append(timed(_loading(store, logs, NEO4J_RUNS)))
            empty_neo4j()
            bare.append(timed(lambda: _write_bare(driver, nodes, relationships)))
            say(f"  {count / ours[-1]:.0f} rows/s into Neo4j, bare {count / bare[-1]:.0f}")
        empty_neo4j()
    speeds = [count / median(taken) for taken in (ours, bare)]
    ratio = speeds[0] / speeds[1]
    name = f"load {NEO4J_RUNS} such logs into Neo4j ({count} rows); bare driver, same rows, UNWIND … MERGE"
    return Figure(name, f"{speeds[0]:.0f} rows/s", f"{speeds[1]:.0f} rows/s", f"{ratio:.2f} x", "≥ 0.5 x", ratio >= 0.5)


def _loading(store: Store, logs: Path, runs: int) -> Callable[[], None]:
    def work() -> None:
        loaded = sum(report.status == "loaded" for report in load(store, [str(logs)]))
        if loaded != runs:
            raise AssertionError(f"{loaded} logs loaded, not {runs}")

    return work


def _rows(driver: Driver) -> tuple[Rows, Rows]:
    """All that is in the database: nodes by their labels, relationships by the labels of their ends and their type."""
    nodes: Rows = defaultdict(list)
    relationships: Rows = defaultdict(list)
    with driver.session() as session:
        for labels, properties in session.run("MATCH (n) RETURN labels(n), properties(n)"):
            nodes[tuple(labels)].append({"id": properties["id"], "properties": properties})
        query = (
            "MATCH (a)-[r]->(b) RETURN labels(a)[0], type(r), labels(b)[0], r.key IS NOT NULL, "
            "a.id, b.id, r.key, properties(r)"
        )
        for source, kind, target, has_key, start, end, key, properties in session.run(query):
            row = {"start": start, "end": end, "key": key, "properties": properties}
            relationships[source, kind, target, has_key].append(row)
    return nodes, relationships


def _write_bare(driver: Driver, nodes: Rows, relationships: Rows) -> None:
    """The same rows as anybody would write them who knows them all beforehand."""
    with driver.session() as session:
        for labels, rows in nodes.items():
            text = (
                f"UNWIND $rows AS row MERGE (n:{labels[0]} {{id: row.id}}) SET n:{':'.join(labels)}, n = row.properties"
            )
            _send(session, text, rows)
        for (source, kind, target, has_key), rows in relationships.items():
            key = " {key: row.key}" if has_key else ""
            text = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.start}}) MATCH (b:{target} {{id: row.end}}) "
                f"MERGE (a)-[r:{kind}{key}]->(b) SET r += row.properties"
            )
            _send(session, text, rows)


def _send(session: Any, text: str, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        chunk = rows[start : start + _BATCH]
        session.execute_write(lambda transaction, chunk=chunk: transaction.run(text, rows=chunk).consume())
