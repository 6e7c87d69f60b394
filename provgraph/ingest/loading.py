"""Loading: sources are looked up in the store, read, and handed on to be written.

Who loads a source again gets a report and changes nothing (`docs/contract.md`, rule 8).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from multiprocessing import get_context

from provgraph.errors import SettingsError
from provgraph.ingest import writing
from provgraph.ingest.large_loads import LargeLoad
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading.process import SMALLEST
from provgraph.ingest.reading.reading import Reading, read_whole
from provgraph.ingest.reading.sources import (
    Checksum,
    Source,
    check_names,
    checksum,
    checksum_of,
    expanded,
)
from provgraph.ingest.reports import (
    Report,
    is_whole,
    report_on_known,
    report_on_reading,
    report_on_strangers,
)
from provgraph.ingest.writing import (
    PendingSource,
    by_run,
    in_portions,
    next_batch,
    write_together,
)
from provgraph.loaders.registry import loader_named
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.records import Document, batches
from provgraph.model.values import storable_text
from provgraph.settings import NEW_OBJECTS_OF_LONG_WORK, few_collections
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.waiting import retry_while_unreachable

#: How many sources wait for each reading process; large ones have one of their own.
AHEAD = 8

#: How many small sources are written at once.
TOGETHER = 500

#: How many sources are looked up at once.
AT_ONCE = 64


def load(
    store: Store,
    names: Iterable[str | Source],
    *,
    format_name: str | None = None,
    namespace: str = DEFAULT_NAMESPACE,
    jobs: int = 1,
    observer: Observer | None = None,
) -> Iterator[Report]:
    """Load sources, and report on each as soon as all of it is in the store.

    A store that goes away is waited for; loading the same sources again goes on where it stopped.

    Args:
        store: where to.
        names: files, also gzipped, folders, ``-`` for standard input, URLs of databases, or
            sources.
        format_name: a loader's name; None to recognise each source by its content.
        namespace: in which the sources' paths mean files (`docs/contract.md`, rule 7).
        jobs: how many processes read; one writes.
        observer: is told how it goes on.

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
    retry_while_unreachable(store.make)
    loading = _SourceGatherer(store, namespace, observer or Observer())
    with few_collections(NEW_OBJECTS_OF_LONG_WORK), ExitStack() as stack:
        sources = (source for name in names for source in expanded(name, stack))
        found = look_up(sources, store, format_name, namespace)
        read_here = _reader(format_name, namespace)
        read = (
            map(read_here, found)
            if jobs == 1
            else _ahead(found, format_name, namespace, jobs, read_here)
        )
        for folder, group in groupby(read, key=lambda each: each.source.folder):
            yield from loading.take_folder(folder, group)
        yield from loading.flush()


def check_namespace(namespace: str) -> None:
    """Refuse a namespace that could not be told from a path (`docs/contract.md`, rule 7).

    Args:
        namespace: the name of a file system that several hosts share.

    Raises:
        SettingsError: it is empty, holds ``/``, ``@`` or white space, or can't be stored.
    """
    if not namespace or set("/@") & set(namespace) or any(c.isspace() for c in namespace):
        raise SettingsError(
            f"{namespace!r} can't be a namespace: give a word without '/', '@' and spaces"
        )
    if storable_text(namespace) != namespace:
        raise SettingsError(f"{namespace!r} can't be a namespace: give a word in UTF-8")


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source, and what the store has of it.

    Attributes:
        source: the source.
        checksum: of its bytes; None when they can't be read.
        known: the load that has all of it in the store.
        begun: the load behind whose end there is more to read.
    """

    source: Source
    checksum: Checksum | None
    known: LoadRecord | None = None
    begun: LoadRecord | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A source with the load that has all of it already, or with its documents as a stream."""

    source: Source
    known: LoadRecord | None
    reading: Reading
    documents: Iterator[Document]


class _SourceGatherer:
    """Gathers small sources for common transactions, and reports in the order of the sources."""

    def __init__(self, store: Store, namespace: str, observer: Observer) -> None:
        self._store = store
        self._namespace = namespace
        self._observer = observer
        self._gathered: list[PendingSource | Report] = []
        self._contents: set[str] = set()
        self._bytes = 0

    def take_folder(self, folder: str | None, group: Iterable[_Read]) -> Iterator[Report]:
        """Load the sources of one folder, or those that were named one by one.

        Args:
            folder: the folder's name; None for sources that were named.
            group: the sources.

        Yields:
            reports on sources that are done with.
        """
        strangers = ours = 0
        for each in group:
            if each.known is not None:
                self._gathered.append(report_on_known(each.source, each.known, each.known.sha256))
                ours += 1
                continue
            documents = in_portions(each.documents)
            first, size = next_batch(documents, writing.WHOLE_BYTES)
            if not each.reading.is_ours and folder is not None:
                self._observer.pass_over(each.source)
                strangers += 1
                continue
            ours += 1
            yield from self._take(each.reading, first, size, documents)
        if folder is not None and not ours:
            self._gathered.append(report_on_strangers(folder, strangers))

    def _take(
        self, reading: Reading, first: list[Document], size: int, more: Iterator[Document]
    ) -> Iterator[Report]:
        """Write a large source at once; keep a small one to be written together with the next."""
        if size >= writing.WHOLE_BYTES or reading.finishes or reading.source.database is not None:
            yield from self.flush()
            documents = chain(_emptied(first), more)
            yield LargeLoad(self._store, reading, documents, self._observer).write(self._namespace)
            return
        if reading.status == "refused":
            self._gathered.append(report_on_reading(reading))
            return
        content = reading.content_sha256
        if self._bytes + size > writing.WHOLE_BYTES or content in self._contents:
            # The same bytes under another name are to be found in the store.
            yield from self.flush()
        self._contents.add(content)
        self._gathered.append(PendingSource(reading, by_run(first)))
        self._bytes += size
        if len(self._gathered) >= TOGETHER:
            yield from self.flush()

    def flush(self) -> Iterator[Report]:
        """Write the sources that are gathered.

        Yields:
            the report on each gathered source, in their order.
        """
        gathered, self._gathered, self._bytes = self._gathered, [], 0
        self._contents.clear()
        pending = [each for each in gathered if isinstance(each, PendingSource)]
        reports = iter(write_together(self._store, pending, self._namespace) if pending else ())
        for each in gathered:
            yield each if isinstance(each, Report) else next(reports)


def _emptied(documents: list[Document]) -> Iterator[Document]:
    """Documents in their order; each leaves the list, for a list of many takes much memory."""
    documents.reverse()
    while documents:
        yield documents.pop()


def _reader(format_name: str | None, namespace: str) -> Callable[[KnownSource], _Read]:
    """Make the function that opens a source to be read in this process."""

    def read(each: KnownSource) -> _Read:
        reading = Reading(each.source, each.checksum, each.begun, format_name)
        return _Read(each.source, each.known, reading, reading.read(namespace))

    return read


def _ahead(
    found: Iterable[KnownSource],
    format_name: str | None,
    namespace: str,
    jobs: int,
    read_here: Callable[[KnownSource], _Read],
) -> Iterator[_Read]:
    """Read sources in several processes, a few ahead of the writer; large ones in this process."""
    ahead: deque[Callable[[], _Read]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for each in found:
            if (
                each.known
                or each.checksum is None
                or each.checksum.size >= SMALLEST
                or each.source.database
            ):
                ahead.append(partial(read_here, each))
            else:
                reading = Reading(each.source, each.checksum, each.begun, format_name)
                ahead.append(partial(_finished, pool.submit(read_whole, reading, namespace)))
            if len(ahead) > AHEAD * jobs:
                yield ahead.popleft()()
        while ahead:
            yield ahead.popleft()()


def _finished(future: Future[tuple[Reading, list[Document]]]) -> _Read:
    reading, documents = future.result()
    return _Read(reading.source, None, reading, iter(documents))


# What the store has of a source already: all of it, its beginning, or nothing.


def look_up(
    sources: Iterable[Source],
    store: Store,
    format_name: str | None,
    namespace: str,
    *,
    patient: bool = True,
) -> Iterator[KnownSource]:
    """Look up what a store has of sources already.

    Args:
        sources: what is to be loaded.
        store: where to.
        format_name: the format to read them as; None for any.
        namespace: the namespace of their paths.
        patient: whether a store that goes away is waited for here.

    Yields:
        each source with what is known of it, in order.

    Raises:
        UnreachableError: the store is away.
    """
    for some in batches(((source, checksum_of(source)) for source in sources), AT_ONCE):
        look = partial(_looked_up, some, store, format_name, namespace)
        yield from retry_while_unreachable(look) if patient else look()


def _looked_up(
    some: Sequence[tuple[Source, Checksum | None]],
    store: Store,
    format_name: str | None,
    namespace: str,
) -> list[KnownSource]:
    same = store.loads_of([found.sha256 for _, found in some if found], namespace)
    grown = {source.stored_name for source, found in some if found and found.sha256 not in same}
    earlier = store.loads_from(grown, namespace)
    looked_up = []
    for source, found in some:
        load = same.get(found.sha256) if found else None
        if is_whole(load, format_name):
            looked_up.append(KnownSource(source, found, known=load))
        elif load is not None and load.status == "unfinished":
            looked_up.append(KnownSource(source, found, begun=load))
        else:
            looked_up.append(KnownSource(source, found, begun=_beginning(source, found, earlier)))
    return looked_up


def _beginning(
    source: Source, found: Checksum | None, earlier: Sequence[LoadRecord]
) -> LoadRecord | None:
    """Find the longest load of what is now the beginning of a source.

    Of a database that is the last load, which knows a part of its rows.
    """
    if found is None:
        return None
    mine = [
        load
        for load in earlier
        if load.source == source.stored_name and load.status in ("loaded", "partial")
    ]
    if source.database is not None:
        return mine[-1] if mine else None
    shorter = (load for load in mine if load.read_to is not None and 0 < load.size < found.size)
    for load in sorted(shorter, key=lambda load: -load.size):
        beginning = checksum(source.path, load.size, source.part.start if source.part else 0)
        if beginning is not None and beginning.sha256 == load.sha256:
            return load
    return None
