"""Filling an empty Neo4j by files for ``neo4j-admin``, against loading.

``python -m bench.copying RUNS`` measures another size: 700,000 runs are about 10 million records
and relations. Then only a sample is loaded, for its rate.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.logs import write_logs
from bench.measure import Figure, at_least, say, timed
from bench.servers import empty, opened
from provgraph.ingest.copying import copy
from provgraph.ingest.loading import load
from provgraph.store.digest import digest
from provgraph.store.neo4j.import_files import ImportFiles
from provgraph.store.protocol import Store
from tests.services import Neo4jServer

RUNS = 10_000
#: How many of them are loaded into Neo4j at most.
SAMPLE = 2_000


def figures(runs: int = RUNS) -> Iterator[Figure]:
    """The rate of both ways, in records and relations a second."""
    with TemporaryDirectory(prefix="provgraph-bench-") as name:
        folder = Path(name)
        sample = min(runs, SAMPLE)
        _write(folder / "first", sample, 0)
        _write(folder / "rest", runs - sample, sample)
        loaded = _loading(folder / "first")
        with opened(f"sqlite:///{folder / 'store.db'}") as store:
            for each in ("first", "rest"):
                list(load(store, [str(folder / each)]))
            size = _size(store)
            filled = size / _filling(store, folder)
        figure = (
            f"fill an empty Neo4j with {size} records and relations by files; load {sample} runs"
        )
        yield at_least(figure, filled, loaded, 10, "/s")


def _write(folder: Path, runs: int, first: int) -> None:
    folder.mkdir()
    if runs:
        write_logs(folder, runs, first)


def _size(store: Store) -> int:
    return sum(count for what, count in store.stats().items() if what != "loads")


def _loading(folder: Path) -> float:
    """The rate of loading, with a server that is warm."""
    for _ in range(2):
        with empty("Neo4j") as (_, store):
            store.make()
            seconds = timed(lambda: list(load(store, [str(folder)])))
            rate = _size(store) / seconds
    say(f"  loaded: {rate:.0f} /s")
    return rate


def _filling(store: Store, folder: Path) -> float:
    """The seconds from the command to the first answer; the start of the server is left out."""
    seconds: list[float] = []
    with imported(store, folder, seconds) as server, opened(server.url) as filled:
        seconds.append(timed(filled.loads))
        written, made, indexed = seconds
        say(f"  files {written:.1f} s, neo4j-admin {made:.1f} s, indexes {indexed:.1f} s")
        if digest(filled.scan()) != digest(store.scan()):
            raise AssertionError("the database that was filled has another digest")
    return sum(seconds)


@contextmanager
def imported(
    store: Store, folder: Path, seconds: list[float] | None = None
) -> Iterator[Neo4jServer]:
    """A server on what a store holds, by files for ``neo4j-admin``.

    Args:
        store: any.
        folder: for the files.
        seconds: gets how long it took to write the files, and to import them.
    """
    files = ImportFiles(folder / "files")

    def write() -> None:
        with store.original() as original:
            copy(original, store.address, files)

    taken = [timed(write)]
    server = Neo4jServer(heap="2g", pagecache="1g", long_lived=True)
    with_args = ("database", "import", "full", "neo4j", "@import.args")
    server.administer("--version", folder=folder)  # makes the server's folder
    taken.append(timed(lambda: server.administer(*with_args, folder=folder / "files")))
    if seconds is not None:
        seconds += taken
    with server:
        yield server


if __name__ == "__main__":
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS):
        say(str(figure))
