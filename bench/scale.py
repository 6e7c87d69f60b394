"""``python -m bench.scale [--most N] [--write]``: what stores of 10^3 to 10^7 elements cost.

Each kind of store grows from size to size. At each size its lineages are timed: of DL3 files, and
of the ends of chains that are as long as the depth. Stores and what was measured are kept in
``.bench/scale``: the same command, of the same commit, goes on where an earlier one stopped.
"""

import argparse
import json
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import night
from bench.__main__ import machine
from bench.lineage import roots_of
from bench.measure import say, shown, timed
from bench.servers import STORES, opened
from bench.shapes import chain, write
from provgraph.model.lineage import Node
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from tests.services import Neo4jServer, PostgresServer

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "scale.md"
SIZES = tuple(10**power for power in range(3, 8))
#: Lengths of chains; one is in the stores that are ten times as large.
DEPTHS = tuple(10**power for power in range(5))
#: Questions of which the times are taken, by the number of records in their answer.
_ROUNDS = {1: 300, 10: 300, 100: 300, 1_000: 100, 10_000: 30}
_WARM_UP = 30
#: How much is written before it is noted down how far the store has come.
_STEP = 50_000
_BATCH = 2_000
_BEYOND = (10**8, 10**9)
_DL3 = "DL3"
#: Where below its folder a store has its data, without logs of transactions.
_DATA = {"SQLite": "store", "PostgreSQL": "data/base", "Neo4j": "data/databases"}
_INTRODUCTION = """# Stores of any size

Printed by `make bench-scale`; `make bench-scale ARGS=--write` writes this page. Stores grow by runs
like ctapipe's, from DL0 to DL3 (27 nodes and relations an observation), and are asked at each
size: for what led to a DL3 file (22 records), and for what led to the end of chains of 1 to 10,000
records. Times are of the Python API, p50 / p99 of 300 questions; of 100 for chains of 1,000, of 30
for chains of 10,000, whose p99 is the slowest. The rate is of the elements that came since the size
before.
"""


def main() -> None:
    """Measure what is not yet measured, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"put the tables into {PAGE.relative_to(PAGE.parents[2])}",
    )
    asked = parser.parse_args()
    commit = machine().rpartition("commit ")[2]
    notes = {kind: _Notes(night.CACHE / "scale" / kind, commit) for kind in STORES}
    for kind in STORES:
        for size in SIZES:
            if size <= asked.most and size not in notes[kind].sizes:
                _grow(kind, notes[kind], size)
    text = "\n".join((_INTRODUCTION, *(_tables(kind, notes[kind]) for kind in STORES), machine()))
    print(text)
    if asked.write:
        PAGE.write_text(f"{text}\n", encoding="utf-8")


class _Notes:
    """How far a store has come, and what was measured there."""

    def __init__(self, folder: Path, commit: str) -> None:
        self.folder, self._path = folder, folder / "notes.json"
        known = json.loads(self._path.read_text()) if self._path.exists() else {}
        if known.get("commit") != commit:
            shutil.rmtree(folder, ignore_errors=True)
            known = {"commit": commit, "written": 0, "seconds": 0.0, "sizes": {}}
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, Any] = known

    @property
    def written(self) -> int:
        """How many elements the store has."""
        return int(self._known["written"])

    @property
    def sizes(self) -> dict[int, dict[str, Any]]:
        """What was measured at each size."""
        return {int(size): row for size, row in self._known["sizes"].items()}

    def grown(self, written: int, seconds: float) -> None:
        """So many elements are there, for which the store took so many seconds more."""
        self._known["written"], self._known["seconds"] = written, self._known["seconds"] + seconds
        self._save()

    def measured(self, size: int, room: int, times: dict[str, tuple[float, float]]) -> None:
        """The store was asked at this size."""
        added = size - max(self.sizes, default=0)
        rate = added / self._known["seconds"]
        self._known["sizes"][size] = {"rate": rate, "room": room / size, "times": times}
        self._known["seconds"] = 0.0
        self._save()

    def _save(self) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._known))
        part.rename(self._path)


def _grow(kind: str, notes: _Notes, size: int) -> None:
    """Bring a store to a size, and ask it there."""
    say(f"{kind}: {size:,} elements")
    with _kept(kind, notes.folder) as url, opened(url) as store:
        _fill(store, notes, size)
        times = _asked(store, size)
    # What a server that has ended leaves behind: before, much of it is in memory.
    files = (notes.folder / _DATA[kind]).rglob("*")
    notes.measured(size, sum(path.stat().st_size for path in files if path.is_file()), times)


def _fill(store: Store, notes: _Notes, size: int) -> None:
    for length in DEPTHS[1:]:
        if notes.written < length * 10 <= size:
            write(store, chain(length, f"chain{length}"))
    while notes.written < size:
        start, end = notes.written, min(notes.written + _STEP, size)
        begun = time.monotonic()
        night.fill(store, end, batch=_BATCH, written=start)
        notes.grown(end, time.monotonic() - begun)
        say(f"  {end:,}")


def _asked(store: Store, size: int) -> dict[str, tuple[float, float]]:
    """What is asked for → p50 and p99 in seconds."""
    files = roots_of(store, size)
    times = {_DL3: _percentiles(store, files, 300)}
    for depth in DEPTHS:
        if depth * 10 <= size:
            name = f"product:chain{max(depth, DEPTHS[1])}-0"
            times[str(depth)] = _percentiles(store, [find(store, name)], _ROUNDS[depth], depth)
    return times


def _percentiles(
    store: Store, files: list[Node], rounds: int, depth: int | None = None
) -> tuple[float, float]:
    for turn in range(_WARM_UP if rounds > _WARM_UP else 3):
        lineage(store, files[turn % len(files)], depth=depth)
    taken = sorted(
        timed(lambda turn=turn: lineage(store, files[turn % len(files)], depth=depth))  # type: ignore[misc]
        for turn in range(rounds)
    )
    return taken[rounds // 2], taken[math.ceil(rounds * 0.99) - 1]


@contextmanager
def _kept(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a store whose data stay in a folder."""
    if kind == "SQLite":
        (folder / _DATA[kind]).mkdir(exist_ok=True)
        yield f"sqlite:///{folder / _DATA[kind] / 'store.db'}"
    elif kind == "PostgreSQL":
        with PostgresServer(data_dir=folder, shared_buffers="1GB") as postgres:
            yield postgres.url()
    else:
        with Neo4jServer(data_dir=folder, heap="2g", pagecache="2g", long_lived=True) as server:
            yield server.url


def _tables(kind: str, notes: _Notes) -> str:
    """What was measured of a kind of store, and what larger stores would cost."""
    depths = [str(depth) for depth in DEPTHS]
    heads = ["elements", "loaded", "room", "lineage of a DL3", *(f"chain of {d}" for d in depths)]
    lines = [f"## {kind}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for size, row in sorted(notes.sizes.items()):
        times = [_shown(row["times"].get(name)) for name in (_DL3, *depths)]
        rate, room = f"{row['rate']:,.0f} elements/s", f"{row['room']:,.0f} bytes an element"
        lines.append(f"| {size:,} | {rate} | {room} | {' | '.join(times)} |")
    return "\n".join((*lines, "", *_beyond(notes.sizes)))


def _shown(times: tuple[float, float] | None) -> str:
    return "" if times is None else " / ".join(map(shown, times))


def _beyond(sizes: dict[int, dict[str, Any]]) -> Iterator[str]:
    """What larger stores would cost, by what changed between the two largest; at best nothing."""
    if len(sizes) < 2:
        return
    (small, first), (large, second) = sorted(sizes.items())[-2:]
    times = first["times"][_DL3][0], second["times"][_DL3][0]
    room = (second["room"] * large - first["room"] * small) / (large - small)
    for size in _BEYOND:
        power = math.log(size / large) / math.log(large / small)
        rate = second["rate"] * min(1.0, second["rate"] / first["rate"]) ** power
        p50 = times[1] * max(1.0, times[1] / times[0]) ** power
        yield (
            f"From {small:,} and {large:,} on, {size:,} elements would take "
            f"{size / rate / 3600:,.0f} hours to load in one process and {size * room / 1e9:,.0f} "
            f"GB, and the lineage of a DL3 file {shown(p50)}."
        )
    yield ""


if __name__ == "__main__":
    main()
