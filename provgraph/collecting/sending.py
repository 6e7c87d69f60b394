"""Sending: sources go to a server, small ones together, and each has its report."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

from provgraph.collecting.delivery import check_order, readable, refused
from provgraph.collecting.posting import LoadServer
from provgraph.errors import LoadError
from provgraph.ingest.reading.sources import Source, expanded
from provgraph.ingest.reports import Report

#: A shipment holds so many sources at most, and about so many bytes.
_SOURCES: Final = 100
_BYTES: Final = 4 << 20


def send(
    server: LoadServer, names: Collection[str], *, format_name: str | None, namespace: str
) -> Iterator[Report]:
    """Send sources to a server, which loads them.

    Args:
        server: where to.
        names: files, folders, or ``-`` for standard input.
        format_name: a loader's name; None to recognise each source by its content.
        namespace: in which the sources' paths mean files.

    Yields:
        a report a source, in order.

    Raises:
        SettingsError: the namespace or the format makes no sense.
        UnreachableError: the server is away, or busy for too long.
        StoreError: the server does not let this load, or failed.
    """
    check_order(names, namespace, format_name)

    def sent(together: Sequence[Source | Report]) -> list[Report]:
        return _sent(server, together, namespace, format_name)

    with ExitStack() as kept, ThreadPoolExecutor(1, "send") as sender:
        found = (each for name in names for each in readable(expanded(name, kept), format_name))
        # While one shipment is loaded there, the next is made here.
        under_way: Future[list[Report]] | None = None
        for together in _shipments(found):
            before, under_way = under_way, sender.submit(sent, together)
            yield from before.result() if before else ()
        yield from under_way.result() if under_way else ()


def _shipments(found: Iterable[tuple[Source, str] | Report]) -> Iterator[list[Source | Report]]:
    """Put sources together that lie one behind the other, with the reports between them."""
    together: list[Source | Report] = []
    size = 0
    for each in found:
        source = each if isinstance(each, Report) else each[0]
        more = _size(source)
        if together and (size + more > _BYTES or len(together) == _SOURCES):
            yield together
            together, size = [], 0
        together.append(source)
        size += more
    if together:
        yield together


def _size(source: Source | Report) -> int:
    """How many bytes are sent; a folder fills a shipment by itself, a report takes no room."""
    if isinstance(source, Report):
        return 0
    try:
        return source.path.stat().st_size if source.path.is_file() else _BYTES
    except OSError:
        return 0


def _sent(
    server: LoadServer,
    together: Sequence[Source | Report],
    namespace: str,
    format_name: str | None,
) -> list[Report]:
    """Send a shipment, and answer with the reports in order.

    Where it is not taken as a whole, its sources travel one by one: what the server does not take
    is refused, and others go on.
    """
    sources = [each for each in together if isinstance(each, Source)]
    if len(sources) > 1:
        try:
            reports = iter(server.load_together(sources, namespace, format_name))
        except LoadError:
            pass
        else:
            return [each if isinstance(each, Report) else next(reports) for each in together]
    return [
        report
        for each in together
        for report in (
            [each]
            if isinstance(each, Report)
            else _sent_alone(server, each, namespace, format_name)
        )
    ]


def _sent_alone(
    server: LoadServer, source: Source, namespace: str, format_name: str | None
) -> list[Report]:
    """Send one source by itself; where the server does not take it, the report says why."""
    try:
        return server.load_source(source, namespace, format_name)
    except LoadError as error:
        return [refused(source.name, "the whole source", str(error))]
