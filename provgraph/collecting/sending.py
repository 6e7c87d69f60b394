"""Sending: sources go to a server, small ones together, and each has its report."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext, suppress
from typing import Final

from provgraph.collecting.delivery import check_order, readable, refused
from provgraph.collecting.posting import Body, LoadServer, packed_together
from provgraph.errors import LoadError
from provgraph.ingest.reading.sources import Source, expanded
from provgraph.ingest.reports import Report

#: A shipment holds so many sources at most, as many as a load writes at once, and about so many
#: bytes. The first holds fewer, so that the server soon has something to do.
_SOURCES: Final = 500
_FIRST_SOURCES: Final = 100
_BYTES: Final = 16 << 20


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

    with ExitStack() as kept, ThreadPoolExecutor(1, "send") as sender:
        found = (each for name in names for each in readable(expanded(name, kept), format_name))
        # While one shipment is loaded there, the next is packed here, and goes off right behind it.
        under_way: Future[list[Report]] | None = None
        for together in _shipments(found):
            shipment = _Shipment(together, namespace, format_name)
            before, under_way = under_way, sender.submit(shipment.sent, server, under_way)
            yield from before.result() if before else ()
        yield from under_way.result() if under_way else ()


def _shipments(found: Iterable[tuple[Source, str] | Report]) -> Iterator[list[Source | Report]]:
    """Put sources together that lie one behind the other, with the reports between them."""
    together: list[Source | Report] = []
    size, most = 0, _FIRST_SOURCES
    for each in found:
        source = each if isinstance(each, Report) else each[0]
        more = _size(source)
        if together and (size + more > _BYTES or len(together) == most):
            yield together
            together, size, most = [], 0, _SOURCES
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


class _Shipment:
    """Sources that are sent together, with the reports between them."""

    def __init__(
        self, together: Sequence[Source | Report], namespace: str, format_name: str | None
    ) -> None:
        """Pack the sources."""
        self._together = together
        self._namespace, self._format = namespace, format_name
        self._sources = [each for each in together if isinstance(each, Source)]
        self._body: Body | None = None
        if len(self._sources) > 1:
            with suppress(LoadError):  # the source that can't be read has its report later
                self._body = packed_together(self._sources, namespace, format_name)

    def sent(self, server: LoadServer, before: "Future[list[Report]] | None") -> list[Report]:
        """Send the sources, and answer with the reports in order.

        Nothing is sent behind a shipment that failed.
        """
        with self._body or nullcontext():
            if before is not None and before.exception() is not None:
                return []
            reports = iter(self._reports(server))
        return [
            report
            for each in self._together
            for report in ([each] if isinstance(each, Report) else next(reports))
        ]

    def _reports(self, server: LoadServer) -> list[list[Report]]:
        """The reports on each source.

        Where they are not taken as a whole, they travel one by one: what the server does not take
        is refused, and others go on.
        """
        if self._body is not None:
            with suppress(LoadError):
                found = server.load_together(self._body, len(self._sources))
                return [[report] for report in found]
        return [self._sent_alone(server, each) for each in self._sources]

    def _sent_alone(self, server: LoadServer, source: Source) -> list[Report]:
        """Send one source by itself; where the server does not take it, the report says why."""
        try:
            return server.load_source(source, self._namespace, self._format)
        except LoadError as error:
            return [refused(source.name, "the whole source", str(error))]
