"""One log of 10^5 elements into Neo4j and SQLite, against prov2neo and the bare drivers with the
same content.
"""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from neo4j import Driver

from bench import bare
from bench.logs import write_log
from bench.measure import Figure, at_least, say, timed
from bench.prov_document import write_document
from bench.servers import empty, empty_neo4j, neo4j_driver, neo4j_server
from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.relational.connection import sqlite_database
from tests.services.environments import python_with

#: Runs that make a source of 100,000 nodes and relationships.
RUNS = 1_830
ROUNDS = 3
_REQUIREMENTS = Path(__file__).with_name("prov2neo.txt")
_IMPORT = Path(__file__).with_name("prov2neo_import.py")


def figures() -> Iterator[Figure]:
    """Both kinds of store."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        log = Path(folder) / "one.provlog"
        write_log(log, RUNS)
        yield from _into_neo4j(log)
        yield _into_sqlite(log)


def _into_neo4j(log: Path) -> Iterator[Figure]:
    python, document = python_with(_REQUIREMENTS), log.with_name("prov.json")
    with empty("Neo4j") as (_, store), neo4j_driver() as driver:
        _load(store, log)
        rows = bare.rows_of(driver)
        count, said = bare.count(*rows), write_document(document, *rows)
        empty_neo4j()
        ours, reference, constrained = [], [], []
        for _ in range(ROUNDS):
            ours.append(count / timed(lambda: _load(store, log)))
            empty_neo4j()
            reference.append(count / timed(lambda: bare.write(driver, *rows)))
            empty_neo4j()
            with constraint(driver):
                constrained.append(said / prov2neo_seconds(python, document))
            say(
                f"  {ours[-1]:.0f} elements/s into Neo4j, bare {reference[-1]:.0f}, "
                f"prov2neo {constrained[-1]:.0f}"
            )
        say("prov2neo as it ships, for minutes")
        shipped = said / prov2neo_seconds(python, document)
    speed, name = median(ours), f"one log of {count} elements into Neo4j"
    yield at_least(
        f"{name}; prov2neo as it ships (once), the same as PROV-JSON",
        speed,
        shipped,
        25,
        "elements/s",
    )
    yield at_least(
        f"{name}; prov2neo with its constraint made by hand",
        speed,
        median(constrained),
        8,
        "elements/s",
    )
    yield at_least(
        f"{name}; bare driver, same rows, UNWIND … MERGE",
        speed,
        median(reference),
        0.6,
        "elements/s",
    )


def _into_sqlite(log: Path) -> Figure:
    ours, reference = [], []
    for _ in range(ROUNDS):
        with empty("SQLite") as (url, store):
            taken = timed(lambda: _load(store, log))
            tables = rows_of_tables(url)
        count = sum(len(rows) for _, rows in tables.values())
        ours.append(count / taken)
        reference.append(count / write_bare(tables))
        say(f"  {ours[-1]:.0f} rows/s into SQLite, bare {reference[-1]:.0f}")
    name = (
        f"the same log into SQLite ({count} rows); "
        "bare executemany, same rows, tables, indexes and PRAGMAs"
    )
    return at_least(name, median(ours), median(reference), 0.2, "rows/s")


def _load(store: Store, log: Path) -> None:
    (report,) = load(store, [str(log)])
    if report.status != "loaded":
        raise AssertionError(f"{log.name}: {report}")


def prov2neo_seconds(python: Path, document: Path) -> float:
    """The seconds in which prov2neo reads and imports a document into the empty database.

    Then it is empty again.
    """
    server = neo4j_server()
    address = f"127.0.0.1:{server.bolt_port}"
    # Its driver imports a package `interchange`, which is not the module beside the script.
    command = (
        str(python),
        "-P",
        str(_IMPORT),
        address,
        server.user,
        server.password,
        str(document),
    )
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    empty_neo4j()
    reading, importing = json.loads(done.stdout)
    say(f"  prov2neo: {reading:.1f} s reading, {importing:.1f} s importing")
    return float(reading + importing)


@contextmanager
def constraint(driver: Driver) -> Iterator[None]:
    """The constraint on what prov2neo merges by."""
    with driver.session() as session:
        session.run(
            "CREATE CONSTRAINT prov2neo FOR (n:`prov2neo:node`) "
            "REQUIRE n.`prov2neo:identifier` IS UNIQUE"
        ).consume()
        try:
            yield
        finally:
            session.run("DROP CONSTRAINT prov2neo").consume()


Tables = dict[str, tuple[list[str], list[tuple[object, ...]]]]


def rows_of_tables(url: str) -> Tables:
    """What is in a SQLite store.

    For each table the statements that make it and its indexes, and its rows.
    """
    with _connected(url) as connection:
        # SQLite itself makes and fills what is behind a full-text index; triggers fill the index.
        made = connection.execute(
            "SELECT tbl_name, sql, kinds.type = 'virtual' FROM sqlite_master "
            "JOIN pragma_table_list AS kinds ON kinds.name = tbl_name "
            "WHERE sql IS NOT NULL AND kinds.type <> 'shadow' "
            "ORDER BY sqlite_master.type <> 'table'"
        )
        tables: Tables = {}
        for table, statement, is_index in made.fetchall():
            if table not in tables:
                rows = [] if is_index else connection.execute(f'SELECT * FROM "{table}"').fetchall()
                tables[table] = ([], rows)
            tables[table][0].append(statement)
        return tables


def write_bare(tables: Tables) -> float:
    """The seconds that the rows alone take, in one transaction."""
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as folder,
        _connected(f"sqlite:///{Path(folder) / 'bare.db'}") as connection,
    ):
        for statements, _ in tables.values():
            for statement in statements:
                connection.execute(statement)
        return timed(lambda: _insert(connection, tables))


def _insert(connection: sqlite3.Connection, tables: Tables) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, (_, rows) in tables.items():
        if rows:
            connection.executemany(
                f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(rows[0]))})', rows
            )
    connection.execute("COMMIT")


@contextmanager
def _connected(url: str) -> Iterator[sqlite3.Connection]:
    """The bare driver's connection, with the PRAGMAs of the store's."""
    engine = sqlite_database(url).writer()
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError(f"{connection!r} is not sqlite3's")
        yield connection
    finally:
        pooled.close()
        engine.dispose()
