"""Writing sources that are too large to be held in memory, batch by batch."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from provgraph.ingest import writing
from provgraph.ingest.deciding.assertions import make_assertions, unasserted_documents
from provgraph.ingest.deciding.integration import plan_changes
from provgraph.ingest.observing import Observer
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reports import (
    Report,
    is_whole,
    load_record,
    new_load_id,
    report_on_known,
    report_on_reading,
)
from provgraph.ingest.sorting import by_file
from provgraph.ingest.writing import apply, by_run, in_portions, known_loads, next_batch
from provgraph.model.records import Document, key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import Changes, LoadRecord
from provgraph.store.waiting import retry_while_unreachable


class LargeLoad:
    """The load of a source that is too large to be held in memory.

    The source is read and written bit by bit in one transaction. Where the store can't have so
    large a transaction (`provgraph.store.records.StoreLimits`) there are several, and the load is
    ``unfinished`` meanwhile. Each transaction first looks how far the load has come: another
    process may have gone on with it, or have forgotten it.
    """

    def __init__(
        self, store: Store, reading: Reading, documents: Iterator[Document], observer: Observer
    ) -> None:
        """Take a source that is being read.

        Args:
            store: where the source is written to.
            reading: of the source, at its beginning.
            documents: all documents of the reading.
            observer: is told how it goes on.
        """
        self._store = store
        self._observer = observer
        self._beginning = reading.begun
        self._documents: Iterator[Document] | None = by_file(documents, observer)
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

    def write(self, namespace: str) -> Report:
        """Write all of the source.

        Args:
            namespace: the namespace in which it is read.

        Returns:
            the report on the source.

        Raises:
            UnreachableError: the store went away and stayed away.
        """
        return retry_while_unreachable(lambda: self._attempt(namespace))

    def _attempt(self, namespace: str) -> Report:
        earlier = self._earlier(namespace)
        while True:
            with self._store.writing() as transaction:
                known = known_loads(
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
                if not self._write_some(transaction, documents, earlier, namespace):
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
            return by_file(in_portions(self._reading.read(namespace)), self._observer)
        return self._documents

    def _report(self, load: LoadRecord) -> Report:
        return report_on_reading(self._reading, self._load).with_counts(load.counts)

    def _write_some(
        self,
        transaction: Transaction,
        documents: Iterator[Document],
        earlier: frozenset[bytes],
        namespace: str,
    ) -> bool:
        """Write as much as one transaction takes; True when there may be more."""
        limit, end, written = self._store.limits.documents, None, 0
        while limit is None or written < limit:
            number, end = self._write_batch(transaction, documents, earlier)
            if not number:
                transaction.apply(
                    Changes(loads=[self._record(namespace, self._reading.status)]), ()
                )
                return False
            written += number
            self._observer.wrote(number)
        # Not the reading's own: more may be read than is written. Some sources can't be gone on
        # with at all.
        unfinished = replace(
            self._record(namespace, "unfinished"), read_to=end if self._reading.read_to else None
        )
        transaction.apply(Changes(loads=[unfinished]), ())
        self._come_to = _progress(unfinished)
        return True

    def _write_batch(
        self, transaction: Transaction, documents: Iterator[Document], earlier: frozenset[bytes]
    ) -> tuple[int, int | None]:
        """Write the next batch: how many documents it has, 0 at the end, and where it ends.

        Nothing of a batch is in memory any more when the next one is read.
        """
        some, _ = next_batch(documents, writing.BATCH_BYTES)
        if not some:
            return 0, None
        number, end = len(some), some[-1].end
        if self._reading.source.database is None:
            some = by_run(some)
        elif earlier:
            some = unasserted_documents(transaction, some, earlier)
        assertions = make_assertions(self._load, self._next_part, some)
        planned = plan_changes(transaction, some, is_written_at_once=True)
        del some
        apply(transaction, planned, [], assertions)
        self._next_part += len(assertions)
        return number, end

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
        record = load_record(self._reading, self._load, namespace)
        counts = {
            name: number + self._counted.get(name, 0) for name, number in record.counts.items()
        }
        return replace(record, status=status, counts=counts)


def _progress(begun: LoadRecord | None) -> tuple[str, int | None] | None:
    """Tell how far a load has come: its id, and the byte behind the last record written."""
    return None if begun is None else (begun.id, begun.read_to)
