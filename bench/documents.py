"""One PROV-JSON document of 70,000 elements into SQLite and Neo4j.

Into SQLite against the bare driver with the same rows, into Neo4j against prov2neo, which reads the
same document.
"""

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.against_prov2neo import constraint, prov2neo_seconds, rows_of_tables, write_bare
from bench.measure import Figure, at_least, say, timed
from bench.servers import empty, empty_neo4j, neo4j_driver
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from tests.services.environments import python_with

#: Each run makes ten elements and relations.
RUNS = 7_000
ELEMENTS = 10 * RUNS + 1
ROUNDS = 3
_INPUTS = 4
_SEED = 20261129
_REQUIREMENTS = Path(__file__).with_name("prov2neo.txt")


def figures() -> Iterator[Figure]:
    """Both kinds of store."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        document = Path(folder) / "document.json"
        write_runs(document)
        yield from _into_sqlite(document)
        yield _into_neo4j(document)


def write_runs(path: Path, runs: int = RUNS) -> None:
    """Write a document of runs, each with its inputs, an output and what that was derived from.

    Args:
        path: of the PROV-JSON.
        runs: how many runs; each makes ten elements and relations.
    """
    chosen = random.Random(_SEED)
    organization = {"$": "prov:Organization", "type": "prov:QName"}
    sections: dict[str, dict[str, Any]] = defaultdict(
        dict,
        prefix={"ex": "http://provgraph.example/"},
        agent={"ex:observatory": {"prov:type": organization}},
    )
    for run in range(runs):
        others = [f"ex:file{chosen.randrange(runs)}" for _ in range(_INPUTS + 2)]
        for section, record in _records_of(run, others):
            names = {"activity": f"ex:run{run}", "entity": f"ex:file{run}"}
            said = sections[section]
            said[names.get(section, f"_:{section}{len(said)}")] = record
    path.write_text(json.dumps(sections), encoding="utf-8")


def _records_of(run: int, others: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is said of one run, section by section."""
    activity, made = {"prov:activity": f"ex:run{run}"}, f"ex:file{run}"
    day = f"2026-01-{1 + run % 28:02}"
    times = {"prov:startTime": f"{day}T08:00:00Z", "prov:endTime": f"{day}T09:00:00Z"}
    yield "activity", times | {"ex:tool": f"tool {run % 7}"}
    yield "entity", {"prov:label": f"file {run}", "ex:size": 17 * run, "ex:level": "DL1"}
    yield "wasGeneratedBy", activity | {"prov:entity": made}
    yield "wasAssociatedWith", activity | {"prov:agent": "ex:observatory"}
    for number, other in enumerate(others):
        if number < _INPUTS:
            yield "used", activity | {"prov:entity": other, "prov:role": f"input {number}"}
        else:
            yield "wasDerivedFrom", {"prov:generatedEntity": made, "prov:usedEntity": other}


def _into_sqlite(document: Path) -> Iterator[Figure]:
    """By the clock against the bare driver; beside it per second of processor time."""
    ours, reference, busy = [], [], []
    for _ in range(ROUNDS):
        with empty("SQLite") as (url, store):
            before = time.process_time()
            ours.append(timed(lambda: _load(store, document)))
            busy.append(time.process_time() - before)
            tables = rows_of_tables(url)
        reference.append(write_bare(tables))
        say(
            f"  {ELEMENTS / ours[-1]:.0f} elements/s into SQLite, "
            f"{ELEMENTS / busy[-1]:.0f} per processor second, "
            f"bare {ELEMENTS / reference[-1]:.0f}"
        )
    name = f"PROV-JSON of {ELEMENTS} elements into SQLite"
    speed = ELEMENTS / median(busy)
    measured = f"{speed:.0f} elements/s"
    demanded = "≥ 20000 elements/s"
    yield Figure(f"{name}, one core", measured, "", measured, demanded, speed >= 20_000)
    yield at_least(
        f"{name}; bare executemany, same rows, tables, indexes and PRAGMAs",
        ELEMENTS / median(ours),
        ELEMENTS / median(reference),
        0.2,
        "elements/s",
    )


def _into_neo4j(document: Path) -> Figure:
    python = python_with(_REQUIREMENTS)
    ours, reference = [], []
    with empty("Neo4j") as (_, store), neo4j_driver() as driver:
        for _ in range(ROUNDS):
            ours.append(ELEMENTS / timed(lambda: _load(store, document)))
            empty_neo4j()
            with constraint(driver):
                reference.append(ELEMENTS / prov2neo_seconds(python, document))
            say(f"  {ours[-1]:.0f} elements/s into Neo4j, prov2neo {reference[-1]:.0f}")
    return at_least(
        f"PROV-JSON of {ELEMENTS} elements into Neo4j; prov2neo with its constraint made by hand, "
        "the same document",
        median(ours),
        median(reference),
        8,
        "elements/s",
    )


def _load(store: Store, document: Path) -> None:
    (report,) = load(store, [str(document)])
    if report.status != "loaded":
        raise AssertionError(f"{document.name}: {report}")
