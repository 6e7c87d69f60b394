"""Writing loads: each load becomes visible as a whole, or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count, islice
from uuid import uuid4

from provgraph import __version__
from provgraph.errors import StoreError
from provgraph.ingest.deciding.assertions import make_assertions, unasserted_documents
from provgraph.ingest.deciding.integration import ChangePlan, current_plan, plan_changes
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reports import Report, report_on_known, report_on_reading
from provgraph.model.records import Document, key_of
from provgraph.model.values import utc
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import Assertion, Changes, LoadRecord
from provgraph.store.views import View
from provgraph.store.waiting import retry_while_unreachable

#: How many documents are integrated at once; a source with more of them is a large one.
BATCH = 500


def new_load_id() -> str:
    """Make an id for a load.

    A load keeps its id when its transaction is tried again. So a commit of which the answer was
    lost is recognised, and does not become a second load.
    """
    return str(uuid4())


def current_time() -> str:
    """Give the present time as a canonical UTC time, with microseconds."""
    return utc(datetime.now(UTC).isoformat(timespec="microseconds"))


@dataclass
class PendingSource:
    """A small source of which all documents are read."""

    reading: Reading
    documents: list[Document]
    load: str = field(default_factory=new_load_id)


def write_together(store: Store, pending: Sequence[PendingSource], namespace: str) -> list[Report]:
    """Write small sources in one transaction.

    The changes are planned on a view, while other processes may write. The plan is made anew when
    another process has written meanwhile what the plan was decided from
    (`provgraph.ingest.deciding.integration.current_plan`). So several processes mostly work at the
    same time, and the result is as if they had worked one after the other.

    Args:
        store: where the sources are written to.
        pending: the sources; no two have the same checksum.
        namespace: the namespace in which they were read (`docs/contract.md`, rule 7).

    Returns:
        a report on each source, in their order.

    Raises:
        UnreachableError: the store went away and stayed away.
    """
    return retry_while_unreachable(lambda: _write_together(store, pending, namespace))


def _write_together(store: Store, pending: Sequence[PendingSource], namespace: str) -> list[Report]:
    with store.viewing() as view:
        turn, early = view.settled, _attempt(view, _documents(pending))
    assertions = {each.load: make_assertions(each.load, 0, each.documents) for each in pending}
    with store.writing() as transaction:
        begun = [each.reading.begun for each in pending if each.reading.begun is not None]
        known = _known_loads(transaction, [*(each.reading for each in pending), *begun], namespace)
        done = {
            each.load: load
            for each in pending
            if is_whole(load := known.get(each.reading.content_sha256)) and load
        }
        _check_beginnings(pending, known)
        new = [each for each in pending if each.load not in done]
        # The early plan was made for all sources: it is of no use when some are there by now.
        planned = current_plan(transaction, None if done else early, turn, _documents(new))
        loads = [_record(each.reading, each.load, namespace) for each in new]
        _apply(
            transaction, planned, loads, [said for each in new for said in assertions[each.load]]
        )
    return [
        report_on_known(each.reading.source, load, each.reading.sha256)
        if (load := done.get(each.load)) and load.id != each.load
        else report_on_reading(
            each.reading, each.load, planned.disagreements if each is pending[-1] else ()
        )
        for each in pending
    ]


def is_whole(load: LoadRecord | None, format_name: str | None = None) -> bool:
    """Tell whether a load leaves nothing to do for its source.

    What one version of provgraph could not read, another version may be able to read: a partial
    load counts only for the version that made it.

    Args:
        load: the newest load of the source's bytes; None when there is none.
        format_name: the format that the source is to be read as; None for any.

    Returns:
        True when the source need not be read again.
    """
    if load is None or (format_name is not None and load.format != format_name):
        return False
    return load.status == "loaded" or (load.status == "partial" and load.version == __version__)


def _known_loads(
    transaction: Transaction, sources: Iterable[Reading | LoadRecord], namespace: str
) -> dict[str, LoadRecord]:
    """Find the loads of the sources that have a checksum, by checksum.

    A file that changed while it was read has none.
    """
    sha256s = {
        each.content_sha256 if isinstance(each, Reading) else each.sha256 for each in sources
    }
    return transaction.loads_of(sha256s - {""}, namespace)


def _check_beginnings(pending: Iterable[PendingSource], known: Mapping[str, LoadRecord]) -> None:
    """Check that the beginnings of logs that grew are still in the store.

    Only the end of such a log was read, so its beginning must not have been forgotten meanwhile.
    """
    for each in pending:
        if (begun := each.reading.begun) is not None and begun.sha256 not in known:
            raise StoreError(
                f"somebody forgot the load {begun.id} while {each.reading.source.stored_name} was "
                "read on behind it; load the source again"
            )


def _progress(begun: LoadRecord | None) -> tuple[str, int | None] | None:
    """Tell how far a load has come: its id, and the byte behind the last record written."""
    return None if begun is None else (begun.id, begun.read_to)


def _attempt(view: View, documents: Sequence[Document]) -> ChangePlan | None:
    """Plan what the documents change.

    Returns None when the view was of a store in the middle of a change.
    """
    try:
        return plan_changes(view, documents)
    except LookupError:
        # Not every store shows one moment alone; what it can't make out is decided when it is this
        # process's turn.
        return None


def _documents(pending: Sequence[PendingSource]) -> list[Document]:
    return [document for each in pending for document in each.documents]


def _apply(
    transaction: Transaction,
    planned: ChangePlan,
    loads: list[LoadRecord],
    assertions: list[Assertion],
) -> None:
    planned.changes.loads = loads
    planned.changes.assertions = assertions
    transaction.apply(planned.changes, planned.touched)


class LargeLoad:
    """The load of a source that is too large to be held in memory.

    The source is read and written bit by bit in one transaction. Where the store can't have so
    large a transaction (`provgraph.store.records.StoreLimits`) there are several, and the load is
    ``unfinished`` meanwhile. Each transaction first looks how far the load has come: another
    process may have gone on with it, or have forgotten it.
    """

    def __init__(self, store: Store, reading: Reading, documents: Iterator[Document]) -> None:
        """Take a source that is being read.

        Args:
            store: where the source is written to.
            reading: of the source, at its beginning.
            documents: all documents of the reading.
        """
        self._store = store
        self._beginning = reading.begun
        self._documents: Iterator[Document] | None = documents
        self._take(reading, new_load_id())

    def _take(self, reading: Reading, load: str) -> None:
        """Begin a load, or go on behind the end of an interrupted one, which keeps its id."""
        begun = reading.begun if reading.finishes else None
        self._reading = reading
        self._come_to = _progress(reading.begun)
        self._load = begun.id if begun else load
        self._counted = dict(begun.counts) if begun and begun.read_to else {}
        #: An assertion is made of more than a byte, so these numbers are no earlier ones.
        self._next_part = (begun.read_to if begun else None) or 0

    def write(self, namespace: str, wrote: Callable[[int], None]) -> Report:
        """Write all of the source.

        Args:
            namespace: the namespace in which it is read.
            wrote: is called after each batch, with the number of documents in it.

        Returns:
            the report on the source.

        Raises:
            UnreachableError: the store went away and stayed away.
        """
        return retry_while_unreachable(lambda: self._attempt(namespace, wrote))

    def _attempt(self, namespace: str, wrote: Callable[[int], None]) -> Report:
        earlier = self._earlier(namespace)
        while True:
            with self._store.writing() as transaction:
                known = _known_loads(
                    transaction, (self._reading, self._beginning or self._reading), namespace
                )
                same = known.get(self._reading.content_sha256)
                if same is not None and is_whole(same):
                    return (
                        self._report(same)
                        if same.id == self._load
                        else report_on_known(self._reading.source, same, self._reading.sha256)
                    )
                documents = self._documents_behind(self._begun(same, known), namespace)
                # Should this fail, nobody knows how far it came.
                self._documents = None
                if not self._write_some(transaction, documents, earlier, namespace, wrote):
                    break
            self._documents = documents
        return self._report(self._record(namespace, self._reading.status))

    def _begun(self, same: LoadRecord | None, known: Mapping[str, LoadRecord]) -> LoadRecord | None:
        """Find the load to go on from: an unfinished one of the source, or one of its beginning."""
        if same is not None and same.status == "unfinished":
            return same
        return self._beginning if self._beginning and self._beginning.sha256 in known else None

    def _documents_behind(self, begun: LoadRecord | None, namespace: str) -> Iterator[Document]:
        """Give the documents that are not in the store yet."""
        if self._documents is None or (self._reading.sha256 and _progress(begun) != self._come_to):
            self._take(self._reading.again(begun), self._load)
            return self._reading.read(namespace)
        return self._documents

    def _report(self, load: LoadRecord) -> Report:
        return report_on_reading(self._reading, self._load).with_counts(load.counts)

    def _write_some(
        self,
        transaction: Transaction,
        documents: Iterator[Document],
        earlier: frozenset[bytes],
        namespace: str,
        wrote: Callable[[int], None],
    ) -> bool:
        """Write as much as one transaction takes; True when there may be more."""
        limit, end = self._store.limits.documents, None
        for _ in count() if limit is None else range(max(1, limit // BATCH)):
            some = list(islice(documents, BATCH))
            if not some:
                transaction.apply(
                    Changes(loads=[self._record(namespace, self._reading.status)]), ()
                )
                return False
            new = unasserted_documents(transaction, some, earlier) if earlier else some
            assertions = make_assertions(self._load, self._next_part, new)
            _apply(transaction, plan_changes(transaction, new), [], assertions)
            self._next_part += len(assertions)
            end = some[-1].end
            wrote(len(some))
        # Not the reading's own: more may be read than is written. Some sources can't be gone on
        # with at all.
        unfinished = replace(
            self._record(namespace, "unfinished"), read_to=end if self._reading.read_to else None
        )
        transaction.apply(Changes(loads=[unfinished]), ())
        self._come_to = _progress(unfinished)
        return True

    def _earlier(self, namespace: str) -> frozenset[bytes]:
        """Find the keys of earlier loads of a database.

        What they have asserted already, most of the database, is not asserted again.
        """
        source = self._reading.source
        if source.database is None or self._reading.begun is None:
            return frozenset()
        loads = self._store.loads_from([source.stored_name], namespace)
        return frozenset(
            key_of(Kind.LOAD, load.id) for load in loads if load.status in ("loaded", "partial")
        )

    def _record(self, namespace: str, status: str) -> LoadRecord:
        record = _record(self._reading, self._load, namespace)
        counts = {
            name: number + self._counted.get(name, 0) for name, number in record.counts.items()
        }
        return replace(record, status=status, counts=counts)


def _record(reading: Reading, load: str, namespace: str) -> LoadRecord:
    return LoadRecord(
        id=load,
        source=reading.source.stored_name,
        format=reading.format_name or "",
        namespace=namespace,
        sha256=reading.content_sha256,
        time=current_time(),
        version=__version__,
        status=reading.status,
        counts=reading.counts,
        problems=tuple((problem.where, problem.what) for problem in reading.listed_problems),
        size=reading.checksum.size if reading.checksum else 0,
        read_to=reading.read_to,
        continues=reading.begun.id if reading.begun and reading.begun.id != load else None,
    )
