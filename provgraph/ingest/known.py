"""What a store has of a source already: all of it, its beginning, or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from provgraph import __version__
from provgraph.ingest.reading.sources import Checksum, Source, checksum, checksum_of
from provgraph.model.batches import batches
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.waiting import retry_while_unreachable

#: How many sources are looked up at once.
AT_ONCE = 64


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


def look_up(
    sources: Iterable[Source],
    store: Store,
    format_name: str | None,
    namespace: str,
    *,
    patient: bool = True,
) -> Iterator[KnownSource]:
    """Look the sources up.

    Args:
        sources: what is to be loaded.
        store: where to.
        format_name: the format to read them as; None for any.
        namespace: in which their paths mean files.
        patient: whether a store that goes away is waited for here.
    """
    for some in batches(((source, checksum_of(source)) for source in sources), AT_ONCE):
        look = partial(_looked_up, some, store, format_name, namespace)
        yield from retry_while_unreachable(look) if patient else look()


def is_whole(load: LoadRecord | None, format_name: str | None = None) -> bool:
    """Whether nothing is left to do for a source of which this is the load.

    What could not be read may be readable to another version of provgraph.
    """
    if load is None or (format_name is not None and load.format != format_name):
        return False
    return load.status == "loaded" or (load.status == "partial" and load.version == __version__)


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
    """The longest load of what is now the source's beginning.

    Of a database the last load, which says a part of it.
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
        beginning = checksum(source.path, load.size)
        if beginning is not None and beginning.sha256 == load.sha256:
            return load
    return None
