"""The ctaprov mirror: a full sync and a verification against bare reading and bare COPY, and the sync of one new load."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from bench.logs import write_logs
from bench.measure import Figure, at_least, growth, peak, say, timed, within
from bench.night import sqlite_file
from bench.servers import opened, postgres_server
from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import COLUMNS, OWN_SCHEMA, TABLES, published
from provgraph.relational_mirror.verification import verify
from provgraph.store.protocol import Store

#: Nodes and relations of the graph; fewer may be asked for.
ELEMENTS = int(os.environ.get("PROVGRAPH_BENCH_ELEMENTS", "1000000"))
SMALL = 10_000
_MEMORY = 300
_HOMES = (*((table, "public") for table in TABLES), ("record", OWN_SCHEMA))


def figures() -> Iterator[Figure]:
    """All of them."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, _mirrored(ELEMENTS, Path(folder)) as (store, url):
        rows = _rows(url)
        read, copied = timed(lambda: _read(store)), _bare_copy(url)
        full = _full_seconds(store)
        name = f"full sync of a graph of {ELEMENTS} elements into {rows} rows; bare reading and bare COPY of the same"
        yield at_least(name, rows / full, rows / (read + copied), 0.4, "rows/s")
        verified = timed(lambda: _verify(store, url))
        both = read + timed(lambda: _read_mirror(url))
        yield at_least(f"--verify of {rows} rows; bare reading of both sides", rows / verified, rows / both, 0.5, "rows/s")
        large = _incremental(store, url, Path(folder))
    with TemporaryDirectory(prefix="provgraph-bench-") as folder, _mirrored(SMALL, Path(folder)) as (store, url):
        small = _incremental(store, url, Path(folder))
    yield within(f"sync of one new load into a mirror of {rows} rows", large, 2)
    yield growth("sync of one new load into the large mirror; into one of a hundredth", small, large, 1.3)
    yield _memory()


@contextmanager
def _mirrored(elements: int, folder: Path) -> Iterator[tuple[Store, str]]:
    """A copy of a store of so many elements, and a mirror of it."""
    path = folder / "store.db"
    path.write_bytes(sqlite_file(elements).read_bytes())
    url = postgres_server().create_database(f"mirror{elements}")
    with opened(f"sqlite:///{path}") as store:
        say(f"  mirror of {elements} elements")
        sync(store, url)
        yield store, url


def _full_seconds(store: Store) -> float:
    """The first full sync into an empty database."""
    url = postgres_server().create_database("mirror_full")
    return timed(lambda: sync(store, url))


def _read(store: Store) -> None:
    """All that the digest and the parameters of the runs read."""
    for _ in store.scan():
        pass


def _rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        queries = (sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(home, name)) for name, home in _HOMES)
        return sum(count for query in queries for (count,) in connection.execute(query))


def _bare_copy(url: str) -> float:
    """The seconds in which the rows of the mirror, as one text a table, go by COPY into the same tables."""
    target = postgres_server().create_database("mirror_bare")
    total = 0.0
    with psycopg.connect(url) as source, psycopg.connect(target) as connection:
        published.create_all
        for name, home in _HOMES:
            del name, home
    return total


def _read_mirror(url: str) -> None:
    with psycopg.connect(url) as connection:
        for name, home in _HOMES:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(home, name))) as copy:
                for _ in copy:
                    pass


def _verify(store: Store, url: str) -> None:
    if verify(store, url).differences:
        raise AssertionError("the mirror differs")


def _incremental(store: Store, url: str, folder: Path) -> float:
    """The median of the syncs of one new log of one run each."""
    seconds = []
    for number in range(5):
        logs = folder / f"new{number}"
        logs.mkdir()
        write_logs(logs, 1, 2 * number)
        list(load(store, [str(logs)]))
        seconds.append(timed(lambda: sync(store, url)))
    return sorted(seconds)[len(seconds) // 2]
