"""PROV documents in and out.

PROV-JSON against the prov package, the speed of export, and memory.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from prov.model import ProvDocument

from bench.measure import Figure, medians, say
from bench.memory import LIMIT, MEGABYTES, peak_of
from provgraph.ingest.loading import load
from provgraph.interchange.reading.prov_json import ProvJsonLoader
from provgraph.store.registry import open_store

ELEMENTS = int(os.environ.get("PROVGRAPH_BENCH_ELEMENTS", "100000"))
EXPORTED = int(os.environ.get("PROVGRAPH_BENCH_EXPORTED", "1000000"))
_ELEMENT_BYTES = 110
_ROUNDS = 5
_READ = (
    "import sys; from provgraph.interchange.reading.prov_json import ProvJsonLoader; "
    "from collections import deque; "
    "deque(ProvJsonLoader().documents(open(sys.argv[1], 'rb'), 'default'), 0)"
)


def figures() -> Iterator[Figure]:
    """Reading, export, memory."""
    with TemporaryDirectory(prefix="provgraph-bench-") as folder:
        yield _reading(Path(folder) / "document.json")
        yield _memory(Path(folder) / "large.json")
        yield from _export(Path(folder))


def write_document(path: Path, elements: int) -> None:
    """A PROV-JSON document: a quarter each of files, runs, inputs and outputs."""
    count = elements // 4
    sections = {
        "entity": '"ex:e{0}": {{"prov:label": "file {0}", '
        '"ex:size": {{"$": "{0}", "type": "xsd:int"}}, '
        '"prov:type": {{"$": "ex:File", "type": "xsd:QName"}}}}',
        "activity": '"ex:a{0}": {{"prov:startTime": "2026-11-21T08:30:00Z", '
        '"prov:endTime": "2026-11-21T09:30:00Z", '
        '"prov:label": "run {0}"}}',
        "used": '"_:u{0}": {{"prov:activity": "ex:a{0}", "prov:entity": "ex:e{0}", '
        '"prov:role": "in"}}',
        "wasGeneratedBy": '"_:g{0}": {{"prov:entity": "ex:e{1}", "prov:activity": "ex:a{0}"}}',
    }
    with path.open("w", encoding="utf-8") as file:
        file.write('{"prefix": {"ex": "http://example.org/"}')
        for name, record in sections.items():
            file.write(f',\n"{name}": {{\n')
            file.writelines(
                f"{',' if number else ''}{record.format(number, number + 1)}\n"
                for number in range(count)
            )
            file.write("}")
        file.write("}\n")


def _reading(path: Path) -> Figure:
    write_document(path, ELEMENTS)

    def ours(_: int) -> None:
        with path.open("rb") as stream:
            for _found in ProvJsonLoader().documents(stream, "default"):
                pass

    def package(_: int) -> None:
        ProvDocument.deserialize(path)

    found = medians({"ours": ours, "package": package}, _ROUNDS, 1, time.process_time)
    ratio = found["package"] / found["ours"]
    return Figure(
        f"read PROV-JSON of {ELEMENTS:,} elements; the prov package's deserialize",
        f"{found['ours']:.2f} s",
        f"{found['package']:.2f} s",
        f"{ratio:.2f} x as fast",
        "≥ 3 x",
        ratio >= 3,
    )


def _memory(path: Path) -> Figure:
    write_document(path, MEGABYTES * 1_000_000 // _ELEMENT_BYTES)
    size = path.stat().st_size / 1e6
    peak = peak_of(sys.executable, "-c", _READ, str(path))
    path.unlink()
    return Figure(
        f"memory of reading PROV-JSON of {size:.0f} MB",
        f"{peak:.0f} MB",
        "",
        f"{peak:.0f} MB",
        f"≤ {LIMIT} MB",
        peak <= LIMIT,
    )


def _export(folder: Path) -> Iterator[Figure]:
    """A store's PROV-JSON: elements a second, and memory."""
    document, url, out = (
        folder / "document.json",
        f"sqlite:///{folder / 'store.db'}",
        folder / "out.json",
    )
    write_document(document, EXPORTED)
    say(f"loading {EXPORTED:,} elements")
    store = open_store(url)
    for _ in load(store, [str(document)]):
        pass
    store.close()
    started = time.monotonic()
    peak = peak_of(
        sys.executable, "-m", "provgraph.commands.main", "export", "--store", url, "-o", str(out)
    )
    speed = EXPORTED / (time.monotonic() - started)
    yield Figure(
        f"export of {EXPORTED:,} elements as PROV-JSON",
        f"{speed:,.0f} elements/s",
        "",
        f"{speed:,.0f} elements/s",
        "≥ 30,000 elements/s",
        speed >= 30_000,
    )
    yield Figure(
        "memory of that export",
        f"{peak:.0f} MB",
        "",
        f"{peak:.0f} MB",
        f"≤ {LIMIT} MB",
        peak <= LIMIT,
    )
