"""Delivery: sources are put into a spool, and taken out of it into a store exactly once."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from provgraph.collecting import spool as spools
from provgraph.collecting.courier import deliver_in_own_process
from provgraph.collecting.label import Label
from provgraph.collecting.posting import LoadServer, Parcel
from provgraph.collecting.spool import put_in_spool
from provgraph.databases.postgresql import is_postgresql_url
from provgraph.errors import (
    LoadError,
    ProvGraphError,
    SettingsError,
    StoreError,
    UnknownFormatError,
    UnreachableError,
)
from provgraph.ingest.loading import check_namespace, load
from provgraph.ingest.reading.bundles import content_of
from provgraph.ingest.reading.reading import format_of
from provgraph.ingest.reading.sources import Source, check_names, checksum, expanded
from provgraph.ingest.reports import Report, report_from, report_on_strangers
from provgraph.loaders.protocol import Problem
from provgraph.loaders.registry import loader_named
from provgraph.model.values import storable_text
from provgraph.settings import IN_MEMORY, destination
from provgraph.store.protocol import Store

#: How long a load waits for its logs to be delivered, in seconds.
DELIVERY_SECONDS = 10.0
#: The status of a source that is put aside.
SPOOLED = "spooled"
#: After so many logs that the store failed on, it is the store and not the logs.
_MOST_STORE_FAILURES = 3


#: A source's report, and its folder in the spool unless it was refused.
SpooledSource = tuple[Report, Path | None]


def spool_sources(
    spool: Path, names: Collection[str], *, format_name: str | None, namespace: str, store: str
) -> Iterator[SpooledSource]:
    """Put sources into a spool; those that no loader reads are refused at once.

    Args:
        spool: the folder.
        names: files, folders, or ``-`` for standard input.
        format_name: a loader's name; None to recognise each source by its content.
        namespace: in which the sources' paths mean files.
        store: the URL of the store that they are for.

    Yields:
        each source's report, ``spooled`` or ``refused``, and its folder in the spool. Files of a
        folder that no loader reads are passed over.

    Raises:
        SettingsError: the namespace, the format or the store makes no sense.
        SpoolError: the spool can't be written.
    """
    if store in IN_MEMORY:
        raise SettingsError(
            "a store in memory is gone when its process ends: give one that logs can be "
            "delivered to"
        )
    check_order(names, namespace, format_name)

    def put(source: Source) -> Path:
        return put_in_spool(
            spool,
            content_of(source.path, source.name),
            source.name,
            namespace=namespace,
            format_name=format_name,
            store=destination(store),
        )

    with ExitStack() as kept:
        for name in names:
            yield from _set_aside(expanded(name, kept), format_name, put)


def _set_aside(
    sources: Iterable[Source], format_name: str | None, put: Callable[[Source], Path]
) -> Iterator[SpooledSource]:
    """Put the sources behind one name into the spool."""
    for found in readable(sources, format_name):
        if isinstance(found, Report):
            yield found, None
        else:
            source, source_format = found
            item = put(source)
            yield Report(source.stored_name, source_format, SPOOLED, sha256=_checksum(item)), item


def readable(
    sources: Iterable[Source], format_name: str | None
) -> Iterator[tuple[Source, str] | Report]:
    """Look at the sources behind one name, without loading them.

    Args:
        sources: in order.
        format_name: a loader's name; None to recognise each source by its content.

    Yields:
        each source with its format, or a report that it is refused; and a report on a folder in
        which nothing is ours. Files of a folder that no loader reads are passed over.
    """
    strangers, ours = Counter[str](), 0
    for source in sources:
        try:
            yield source, format_of(source, format_name)
        except LoadError as error:
            if source.folder is not None and isinstance(error, UnknownFormatError):
                strangers[source.folder] += 1
                continue
            yield refused(source.name, "the whole source", str(error))
        ours += 1
    if not ours:
        yield from (report_on_strangers(folder, count) for folder, count in strangers.items())


def check_order(names: Collection[str], namespace: str, format_name: str | None) -> None:
    """Refuse what makes no sense.

    Args:
        names: what is to be put aside or sent.
        namespace: in which its paths mean files.
        format_name: a loader's name, or None.

    Raises:
        SettingsError: the names, the namespace or the format.
    """
    check_namespace(namespace)
    check_names(names)
    if any(map(is_postgresql_url, names)):
        raise SettingsError(
            "a database can't be put aside in a spool, or sent to a server; load it into a store"
        )
    if format_name is not None:
        loader_named(format_name)


def deliver_spooled(
    spool: Path, aside: Iterable[SpooledSource], store: str
) -> tuple[list[Report], list[Report]]:
    """Have a spool delivered by a process of its own, for a few seconds.

    Args:
        spool: the folder.
        aside: what was put into it just now.
        store: the store's URL.

    Returns:
        the reports of what was put aside, as it came out; and those of what had waited there
            before.
    """
    aside = list(aside)
    delivered: dict[tuple[str, str | None], Report] = {}
    if any(item is not None for _, item in aside):
        printed = deliver_in_own_process(spool, store, DELIVERY_SECONDS)
        for report in _reports_in(printed):
            delivered[report.source, report.sha256] = report
    ours = [delivered.get((report.source, report.sha256), report) for report, _ in aside]
    return ours, [report for report in delivered.values() if report not in ours]


def _reports_in(printed: str) -> list[Report]:
    """The reports that a courier has printed."""
    lines = filter(_is_whole_line, printed.splitlines(keepends=True))
    return [report_from(json.loads(line)) for line in lines]


def _is_whole_line(line: str) -> bool:
    """Whether a line was printed to its end: a process that is killed may leave half a line."""
    return line.endswith("\n")


def deliver(
    store: Store | LoadServer, spool: Path, destination: str | None = None
) -> Iterator[Report]:
    """Load what waits in a spool, and take away what the store has then.

    An item leaves the spool only after its load is complete; one whose delivery was cut off in
    between is recognised by its checksum the next time. What can't be read, in part or whole, is
    kept in the spool's folder ``refused``.

    Args:
        store: where to; a server loads into its own store.
        spool: the folder.
        destination: deliver only what is meant for this store; None for everything.

    Yields:
        a report an item, when it is done with.

    Raises:
        UnreachableError: the store went away; the rest waits.
        StoreError: the store failed on some items; they wait, the others are delivered.
        SpoolError: the spool, or an item in it, can't be read or taken away; the others are
            delivered.
        ReaderEndedError: an item can't be read to its end; it waits, the others are delivered.
    """
    spools.remove_leftovers(spool)
    failures = DeliveryFailures()
    for item in spools.waiting_items(spool):
        report = None
        with failures.collected(), spools.claim_item(item) as is_ours:
            report = _delivered(store, item, destination) if is_ours else None
        if report is not None:
            yield report
    failures.raise_first()


class DeliveryFailures:
    """Errors that are kept until the other logs are delivered.

    One log that fails does not keep the others back. A store that fails on several logs is not
    asked for the rest.
    """

    def __init__(self) -> None:
        self._of_the_store: list[StoreError] = []
        self._others: list[ProvGraphError] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keep an error of the block for later.

        Raises:
            UnreachableError: the store went away.
            StoreError: the store has failed too often.
        """
        try:
            yield
        except UnreachableError:
            raise
        except StoreError as error:
            self._of_the_store.append(error)
            if len(self._of_the_store) == _MOST_STORE_FAILURES:
                raise
        except ProvGraphError as error:
            self._others.append(error)

    def raise_first(self) -> None:
        """Raise the first error that was kept, if there is one; errors of the store go first."""
        for error in (*self._of_the_store, *self._others):
            raise error


def _delivered(store: Store | LoadServer, item: Path, destination: str | None) -> Report | None:
    """Deliver one item; None when it is meant for another store."""
    try:
        label = spools.label_of(item)
        if destination not in (None, label.store):
            return None
        report = _loaded(store, item, label)
    except LoadError as error:
        report = refused(str(item), "the whole item", str(error))
    if report.is_clean:
        spools.remove_item(item)
    else:
        spools.refuse_item(item, _why(report))
    return report


def _loaded(store: Store | LoadServer, item: Path, label: Label) -> Report:
    if isinstance(store, LoadServer):
        parcel = Parcel(label.source, label.namespace, label.format, label.address)
        (report,) = store.load(item / label.content, parcel)
        return report
    source = Source(label.source, item / label.content, address=label.address)
    try:
        (report,) = load(store, [source], format_name=label.format, namespace=label.namespace)
    except SettingsError as error:
        raise LoadError(str(error)) from error
    return report


def _why(report: Report) -> str:
    kept = {"partial": "its readable part is in the store"}.get(
        report.status, "nothing of it is in the store"
    )
    problems = "".join(f"{problem.where}: {problem.what}\n" for problem in report.problems)
    return f"{report.source}: {report.status}; {kept}.\n{problems}"


def refused(source: str, where: str, what: str) -> Report:
    """Report on a source that goes nowhere.

    Args:
        source: its name.
        where: in it there is something wrong.
        what: is wrong.
    """
    return Report(storable_text(source), None, "refused", problems=(Problem(where, what),))


def _checksum(item: Path) -> str | None:
    found = checksum(item / spools.label_of(item).content)
    return found.sha256 if found else None
