"""Loads sources into a store: read, integrate in batches, report on each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, groupby, islice
from multiprocessing import get_context
from uuid import uuid4

from provgraph import __version__
from provgraph.errors import SettingsError
from provgraph.ingest.integration import Disagreement, integrate
from provgraph.ingest.reading import Reading, read_whole
from provgraph.ingest.sources import Source, check_names, checksum, expanded
from provgraph.loaders.protocol import Problem
from provgraph.loaders.registry import formats_read, loader_named
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.records import Document
from provgraph.model.times import utc
from provgraph.store.protocol import LoadRecord, Store

#: How many documents one transaction takes.
BATCH = 500
#: How many sources' checksums are looked up at once.
CHECKED_AT_ONCE = 64
#: How many sources wait for each reading process.
AHEAD = 8


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one source; the keys of ``load --json`` (CONTRACT section 4), and where sources disagree."""

    source: str
    format: str | None
    status: str
    load: str | None = None
    sha256: str | None = None
    activities: int = 0
    entities: int = 0
    agents: int = 0
    relations: int = 0
    problems: tuple[Problem, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it was refused."""
        return self.status in ("loaded", "unchanged")

    def counting(self, counts: Mapping[str, int]) -> "Report":
        """The same report with what the source names."""
        return replace(
            self,
            activities=counts["activities"],
            entities=counts["entities"],
            agents=counts["agents"],
            relations=counts["relations"],
        )


def load(
    store: Store,
    names: Iterable[str | Source],
    *,
    format_name: str | None = None,
    namespace: str = DEFAULT_NAMESPACE,
    jobs: int = 1,
    passed_over: Callable[[Source], None] = lambda source: None,
) -> Iterator[Report]:
    """Load sources, and report on each when all of it is in the store.

    Args:
        store: where to.
        names: files, also gzipped, folders, or ``-`` for standard input; or sources.
        format_name: a loader's name; None to recognise each source by its content.
        namespace: in which the sources' paths mean files (CONTRACT section 2 rule 7).
        jobs: how many processes read; one writes.
        passed_over: called for each file in a folder that is none of ours.

    Yields:
        a report a source, in order.

    Raises:
        SettingsError: the namespace or the format makes no sense.
        StoreError: the store failed; what was reported before is in it.
    """
    check_namespace(namespace)
    names = list(names)
    check_names(names)
    if format_name is not None:
        loader_named(format_name)
    loading = _Loading(store, namespace)
    with ExitStack() as stack:
        sources = (source for name in names for source in expanded(name, stack))
        checked = _checked(sources, store, namespace)
        if jobs == 1:
            found = _read(checked, format_name, namespace)
        else:
            found = _read_in_processes(checked, format_name, namespace, jobs)
        for folder, group in groupby(found, key=lambda each: each[0].folder):
            yield from _take(loading, folder, group, passed_over)
    yield from loading.flush()


def _take(
    loading: "_Loading", folder: str | None, group: Iterable["_Found"], passed_over: Callable[[Source], None]
) -> Iterator[Report]:
    """Load the sources of one folder, or those that were named one by one."""
    strangers = ours = 0
    for source, reading, documents in group:
        if isinstance(reading, LoadRecord):
            loading.say(_unchanged(source, reading))
            ours += 1
            continue
        first = next(iterator := iter(documents), None)
        if not reading.is_ours and folder is not None:
            passed_over(source)
            strangers += 1
            continue
        ours += 1
        yield from loading.take(reading, iterator if first is None else chain([first], iterator))
    if folder is not None and not ours:
        loading.say(nothing_in(folder, strangers))


def check_namespace(namespace: str) -> None:
    """Refuse a namespace that could not be told from a path.

    Raises:
        SettingsError: it is empty, or holds ``/``, ``@`` or white space.
    """
    if not namespace or set("/@") & set(namespace) or any(c.isspace() for c in namespace):
        raise SettingsError(f"{namespace!r} can't be a namespace: give a word without '/', '@' and spaces")


class _Loading:
    """Gathers the documents of many small sources into few transactions, and those of a large one into several."""

    def __init__(self, store: Store, namespace: str) -> None:
        self._store = store
        self._namespace = namespace
        self._documents: list[Document] = []
        self._done: list[Report] = []

    def take(self, reading: Reading, documents: Iterable[Document]) -> Iterator[Report]:
        """Integrate what a source says, at once or with the next ones."""
        for document in documents:
            self._documents.append(document)
            if len(self._documents) >= BATCH:
                self._integrate(())
        self._done.append(_report(reading))
        if len(self._documents) >= BATCH or len(self._done) >= BATCH:
            yield from self.flush()

    def say(self, report: Report) -> None:
        """Report on a source that needs no integration, in its turn."""
        self._done.append(report)

    def flush(self) -> Iterator[Report]:
        """Write what is gathered, with the record of each source that is complete by that."""
        done, self._done = self._done, []
        loads = {index: self._record(report) for index, report in enumerate(done) if report.status in _RECORDED}
        disagreements = self._integrate(list(loads.values())) if loads or self._documents else []
        for index, report in enumerate(done):
            last = tuple(disagreements) if index == len(done) - 1 else ()
            yield replace(report, load=loads[index].id, disagreements=last) if index in loads else report

    def _integrate(self, loads: Sequence[LoadRecord]) -> list[Disagreement]:
        documents, self._documents = self._documents, []
        with self._store.writing() as transaction:
            return integrate(transaction, documents, loads)

    def _record(self, report: Report) -> LoadRecord:
        return LoadRecord(
            id=str(uuid4()),
            source=report.source,
            format=report.format or "",
            namespace=self._namespace,
            sha256=report.sha256 or "",
            time=utc(datetime.now(UTC).isoformat(timespec="milliseconds")),
            version=__version__,
            status=report.status,
            counts={name: getattr(report, name) for name in _COUNTS},
            problems=tuple((problem.where, problem.what) for problem in report.problems),
        )


_RECORDED = ("loaded", "partial")
_COUNTS = ("activities", "entities", "agents", "relations")
_Found = tuple[Source, Reading | LoadRecord, Iterable[Document]]
_Checked = tuple[Source, str, LoadRecord | None]


def _checked(sources: Iterable[Source], store: Store, namespace: str) -> Iterator[_Checked]:
    """Each source with its checksum and the complete load of the very same bytes, if there was one."""
    remaining = iter(sources)
    while some := list(islice(remaining, CHECKED_AT_ONCE)):
        checksums = [checksum(source) for source in some]
        known = store.unchanged([each for each in checksums if each], namespace)
        for source, sha256 in zip(some, checksums, strict=True):
            yield source, sha256, known.get(sha256)


def _read(checked: Iterable[_Checked], format_name: str | None, namespace: str) -> Iterator[_Found]:
    """Each source with its documents as a stream; one that was loaded before with that load."""
    for source, sha256, known in checked:
        reading = Reading(source, sha256, format_name)
        yield (source, known, ()) if known else (source, reading, reading.read(namespace))


def _read_in_processes(
    checked: Iterable[_Checked], format_name: str | None, namespace: str, jobs: int
) -> Iterator[_Found]:
    """As `_read`, by several processes, each a few sources ahead of the writer."""
    ahead: deque[Callable[[], _Found]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for source, sha256, known in checked:
            if known:
                ahead.append(partial(_already, source, known))
            else:
                future = pool.submit(read_whole, source, sha256, format_name, namespace)
                ahead.append(partial(_finished, source, future))
            if len(ahead) > AHEAD * jobs:
                yield ahead.popleft()()
        while ahead:
            yield ahead.popleft()()


def _already(source: Source, known: LoadRecord) -> _Found:
    return source, known, ()


def _finished(source: Source, future: Future[tuple[Reading, list[Document]]]) -> _Found:
    return (source, *future.result())


def _report(reading: Reading) -> Report:
    return Report(
        reading.source.name,
        reading.format_name if reading.is_ours else None,
        reading.status,
        sha256=reading.sha256 or None,
        problems=reading.listed_problems,
    ).counting(reading.counts)


def _unchanged(source: Source, known: LoadRecord) -> Report:
    return Report(source.name, known.format, "unchanged", known.id, known.sha256).counting(known.counts)


def nothing_in(folder: str, files: int) -> Report:
    """The report on a folder in which nothing is ours."""
    what = f"none of its {files} files is of a format that provgraph reads: {formats_read()}"
    return Report(folder, None, "refused", problems=(Problem("the whole folder", what),))
