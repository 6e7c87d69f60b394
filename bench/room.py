"""How much room a run takes: bytes of each table and index after real ctapipe logs are loaded."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench.logs import write_logs
from bench.measure import Figure, say
from bench.servers import empty
from provgraph.ingest.loading import load
from provgraph.store.relational.postgresql import postgresql_engine

RUNS = 2_000
_DEMANDED = 6_000
#: Parts that take fewer bytes a run are not told.
_SMALL = 20
#: Needs the table dbstat, which SQLite has where it was compiled in.
_SQLITE = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
#: Sizes of tables and of indexes, each with what is stored out of line.
_POSTGRESQL = """
SELECT relname, CASE relkind WHEN 'r' THEN pg_table_size(oid) ELSE pg_relation_size(oid) END
FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"""


def figures() -> Iterator[Figure]:
    """The stores in SQL."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        write_logs(Path(folder), RUNS)
        for kind in ("SQLite", "PostgreSQL"):
            with empty(kind) as (url, store):
                loaded = sum(report.status == "loaded" for report in load(store, [folder]))
                if loaded != RUNS:
                    raise AssertionError(f"{loaded} logs loaded, not {RUNS}")
                store.close()
                yield _figure(kind, _of_file(url) if kind == "SQLite" else _of_database(url))


def _figure(kind: str, parts: Iterable[tuple[str, int]]) -> Figure:
    """The sum; its parts are told as progress, the largest first."""
    found = sorted(parts, key=lambda part: -part[1])
    say(f"  {kind}, bytes a run:")
    for name, size in found:
        if size >= _SMALL * RUNS:
            say(f"  {size / RUNS:6.0f} {name}")
    total = sum(size for _, size in found) / RUNS
    return Figure(
        f"room of a run in {kind}, of {RUNS} real ctapipe logs of one run (25 kB)",
        f"{total / 1000:.1f} kB a run",
        "",
        f"{total / 1000:.1f} kB a run",
        f"≤ {_DEMANDED / 1000:g} kB a run",
        total <= _DEMANDED,
    )


def _of_file(url: str) -> list[tuple[str, int]]:
    path = str(make_url(url).database)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            return connection.execute(_SQLITE).fetchall()
        except sqlite3.OperationalError:
            return [("all, for SQLite was compiled without dbstat", Path(path).stat().st_size)]


def _of_database(url: str) -> list[tuple[str, int]]:
    engine = postgresql_engine(url, None)
    with engine.connect() as connection:
        found = [(str(name), int(size)) for name, size in connection.execute(text(_POSTGRESQL))]
    engine.dispose()
    return found
