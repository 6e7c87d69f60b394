"""The ctaprov mirror.

A full sync and a check against bare reading and bare COPY, and the sync of one new load.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from bench.logs import write_logs
from bench.measure import Figure, at_least, growth, say, timed, within
from bench.night import sqlite_file
from bench.servers import opened, postgres_server
from provgraph.ingest.loading import load
from provgraph.relational_mirror.syncing import sync
from provgraph.relational_mirror.tables import OWN_SCHEMA, TABLES
from provgraph.store.protocol import Store

#: Nodes and relations of the graph; fewer may be asked for.
ELEMENTS = int(os.environ.get("PROVGRAPH_BENCH_ELEMENTS", "1000000"))
#: Of the large mirror's rows the small one has this part, as 10,000 of 1,000,000.
_PART = 100
_MEGABYTES = 300
_NEW_LOADS = 7
_HOMES = (*(("public", table) for table in TABLES), (OWN_SCHEMA, "record"))
_names = count()


def figures() -> Iterator[Figure]:
    """All of them."""
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as name,
        _copy(ELEMENTS, Path(name)) as (path, store),
    ):
        folder, url = Path(name), _database()
        full, peak = _full(path, url)
        rows = _dump(url, folder / "rows")
        read, copied, dumped = (
            timed(lambda: _read(store)),
            _bare_copy(folder / "rows"),
            timed(lambda: _read_mirror(url)),
        )
        graph = f"a graph of {ELEMENTS} elements, {rows} rows"
        yield at_least(
            f"full sync of {graph}; bare reading of the graph and bare COPY",
            rows / full,
            rows / (read + copied),
            0.4,
            "rows/s",
        )
        yield Figure(
            f"memory of the full sync of {graph}",
            f"{peak:.0f} MB",
            "",
            f"{peak:.0f} MB",
            f"≤ {_MEGABYTES} MB",
            peak <= _MEGABYTES,
        )
        checked = _verified(path, url)
        yield at_least(
            f"`sync --verify` of {graph}; bare reading of both sides",
            rows / checked,
            rows / (read + dumped),
            0.6,
            "rows/s",
        )
        large = _incremental(store, url, folder / "large")
        size = _journal_bytes(path)
    with (
        TemporaryDirectory(prefix="provgraph-bench-") as name,
        _copy(ELEMENTS // _PART, Path(name)) as (path, store),
    ):
        url = _database()
        sync(store, url)
        small = _incremental(store, url, Path(name) / "small")
    yield within(f"sync of one new load into a mirror of {rows} rows", large, 2)
    yield growth(f"the same; into a mirror of {_PART} times fewer rows", small, large, 1.3)
    yield Figure(
        "journal of a store that is loaded 500 runs at a time",
        f"{size:.0f} bytes a run",
        "",
        f"{size:.0f} bytes a run",
        "told",
        is_met=True,
    )


def _database() -> str:
    return postgres_server().create_database(f"mirror{next(_names)}")


@contextmanager
def _copy(elements: int, folder: Path) -> Iterator[tuple[Path, Store]]:
    """A copy of a store of so many elements, to be loaded into."""
    path = folder / "store.db"
    path.write_bytes(sqlite_file(elements).read_bytes())
    with opened(f"sqlite:///{path}") as store:
        yield path, store


def _full(path: Path, url: str) -> tuple[float, float]:
    """The seconds of the first sync as a process of its own, less those of one with nothing to do;
    and its MB.
    """
    command = (sys.executable, "-m", "bench.peak", *_sync_command(path, url))
    started = time.monotonic()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    full = time.monotonic() - started
    idle = _seconds_of(command)
    say(f"  full sync in {full:.1f} s, one with nothing to do in {idle:.1f} s")
    return full - idle, int(done.stdout.split()[-1]) * 1024 / 1e6


def _verified(path: Path, url: str) -> float:
    """The seconds of a check as a process of its own, less those of a sync with nothing to do."""
    command = _sync_command(path, url)
    return _seconds_of((*command, "--verify")) - _seconds_of(command)


def _sync_command(path: Path, url: str) -> tuple[str, ...]:
    return (
        sys.executable,
        "-m",
        "provgraph.commands.main",
        "sync",
        "--store",
        f"sqlite:///{path}",
        "--to",
        url,
    )


def _seconds_of(command: tuple[str, ...]) -> float:
    return timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def _read(store: Store) -> None:
    """The graph, as the digest reads it."""
    for _ in store.scan():
        pass


def _dump(url: str, folder: Path) -> int:
    """Put all rows into files as COPY writes them; returns how many there are."""
    folder.mkdir()
    rows = 0
    with psycopg.connect(url) as connection:
        for schema, table in _HOMES:
            query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            with connection.cursor().copy(query) as copy, (folder / table).open("wb") as file:
                for row in copy:
                    file.write(row)
                    rows += 1
    return rows


def _bare_copy(folder: Path) -> float:
    """The seconds in which the rows go by COPY into the same tables, made as they are before the
    first sync.
    """
    url = _database()
    with opened("sqlite://") as nothing:
        sync(nothing, url)

    def copy_all() -> None:
        with psycopg.connect(url) as connection:
            for schema, table in _HOMES:
                query = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(schema, table))
                with connection.cursor().copy(query) as copy, (folder / table).open("rb") as file:
                    while block := file.read(1 << 20):
                        copy.write(block)

    return timed(copy_all)


def _read_mirror(url: str) -> None:
    with psycopg.connect(url) as connection:
        for schema, table in _HOMES:
            with connection.cursor().copy(
                sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            ) as copy:
                for _ in copy:
                    pass


def _incremental(store: Store, url: str, folder: Path) -> float:
    """The median of the syncs of one new log of one run each."""
    folder.mkdir()
    seconds = []
    for number in range(_NEW_LOADS):
        logs = folder / str(number)
        logs.mkdir()
        write_logs(logs, 1, 2 * number)
        list(load(store, [str(logs)]))
        seconds.append(timed(lambda: sync(store, url)))
    return median(seconds)


def _journal_bytes(path: Path) -> float:
    """How many bytes of the journal there are for each run."""
    with opened(f"sqlite:///{path}") as store:
        runs = store.stats()["activities"]
        with store.viewing() as view:
            return (
                sum(len(entry.mark) + len(entry.content) for entry in view.journal_from(1)) / runs
            )
