"""What the loaders under test load: the real logs of the corpus and one long log of many runs."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.logs import write_logs
from provgraph.ingest.loading import load
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reading.sources import Source
from provgraph.ingest.reports import Report
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.values import canonical_json
from provgraph.store.digest import Content, digest
from provgraph.store.records import LoadRecord
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.faults.limits import BATCH

#: Runs of the long log: more than a loader integrates at once, so that a fault may hit between two
#: parts of it.
RUNS = 3 * BATCH // 2


@dataclass(frozen=True)
class Part:
    """A source, or what stands before a byte of it; `end` is None for all."""

    path: Path
    end: int | None = None


@dataclass(frozen=True)
class Expected:
    """What a store holds in which exactly some sources were loaded, by one process that nothing
    disturbed.
    """

    digest: str
    contents: Counter[str]
    stats: Mapping[str, int]
    reports: tuple[Report, ...]

    @property
    def exit_code(self) -> int:
        """That of ``provgraph load``: 1 when a source is partial or refused."""
        return exit_code_of(self.reports)


@dataclass(frozen=True)
class Material:
    """The sources, in a folder of their own where they are not in the corpus."""

    sources: tuple[Path, ...]

    @property
    def logs(self) -> "Material":
        """All but the long log."""
        return Material(self.sources[:-1])

    @cached_property
    def by_checksum(self) -> dict[str, Path]:
        """SHA-256 → the source."""
        return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in self.sources}

    @cached_property
    def whole(self) -> Expected:
        """What all sources together give."""
        return expected(tuple(map(Part, self.sources)))

    @cached_property
    def runs(self) -> dict[str, frozenset[str]]:
        """SHA-256 → the ids of the runs in that source."""
        return {checksum: runs_in(Part(path)) for checksum, path in self.by_checksum.items()}

    def runs_of(self, load: LoadRecord) -> frozenset[str]:
        """The ids of the runs that the load has brought."""
        return runs_in(self._part(load))

    def of(self, loads: Collection[LoadRecord]) -> Expected:
        """What is there after these loads."""
        return expected(tuple(sorted({self._part(load) for load in loads}, key=str)))

    def _part(self, load: LoadRecord) -> Part:
        """What the load has read.

        Of one that is unfinished, all that stands before the byte that it came to.
        """
        return Part(
            self.by_checksum[load.sha256], load.read_to if load.status == "unfinished" else None
        )


def gather(folder: Path) -> Material:
    """The sources: all logs of the corpus, and a long log that is written into the folder."""
    long = folder / "long.provlog"
    with TemporaryDirectory(dir=folder) as parts:
        write_logs(Path(parts), RUNS)
        logs = (path.read_text(encoding="utf-8") for path in sorted(Path(parts).iterdir()))
        long.write_text("\n".join(logs), encoding="utf-8")
    return Material((*sorted(LOGS.iterdir()), long))


@lru_cache(maxsize=64)
def expected(parts: tuple[Part, ...]) -> Expected:
    """What an empty store in memory holds when these were loaded."""
    with closing(open_store("sqlite://")) as store, TemporaryDirectory() as folder:
        names = [str(each.path if each.end is None else _cut(each, Path(folder))) for each in parts]
        reports = tuple(load(store, names) if names else ())
        return Expected(digest(store.scan()), counted(store.scan()), store.stats(), reports)


def counted(contents: Iterable[Content]) -> Counter[str]:
    """The records as the digest reads them, each with how often it is there."""
    return Counter(canonical_json([kind, content]) for kind, content in contents)


def exit_code_of(reports: Sequence[Report]) -> int:
    """What ``provgraph load`` ends with after these reports."""
    return 0 if all(report.is_clean for report in reports) else 1


@lru_cache(maxsize=256)
def runs_in(part: Part) -> frozenset[str]:
    """The ids of the runs in it."""
    documents = list(Reading(Source(str(part.path), part.path)).read(DEFAULT_NAMESPACE))
    read = (
        each
        for each in documents
        if part.end is None or (each.end is not None and each.end <= part.end)
    )
    return frozenset(document.run.id for document in read if document.run is not None)


def _cut(part: Part, folder: Path) -> Path:
    """A file with what stands before the end."""
    cut = folder / part.path.name
    cut.write_bytes(part.path.read_bytes()[: part.end])
    return cut
