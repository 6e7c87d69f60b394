"""Writing loads: each load becomes visible as a whole, or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provgraph.errors import StoreError
from provgraph.ingest.deciding.assertions import make_assertions
from provgraph.ingest.deciding.integration import ChangePlan, current_plan, plan_changes
from provgraph.ingest.reading.reading import Reading
from provgraph.ingest.reports import (
    Report,
    is_whole,
    load_record,
    new_load_id,
    report_on_known,
    report_on_reading,
)
from provgraph.model.attributes import text_size
from provgraph.model.records import Document, Mention, Run, batches
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import Assertion, LoadRecord
from provgraph.store.views import View
from provgraph.store.waiting import retry_while_unreachable

#: How many bytes of documents are integrated at once when they are of one source or of small ones;
#: a source with more of them is a large one. About 2,000 runs of ctapipe, or 60,000 statements of
#: PROV; to decide on them takes 200 MB.
WHOLE_BYTES = 64 << 20
#: How many bytes of a large source are integrated at once: the next ones are read meanwhile.
BATCH_BYTES = 8 << 20
#: What a record takes besides its texts.
_RECORD_BYTES = 500
#: How many files of one run are asserted together.
_MENTIONS = 1_000


@dataclass
class PendingSource:
    """A small source of which all documents are read."""

    reading: Reading
    documents: list[Document]
    load: str = field(default_factory=new_load_id)


def next_batch(documents: Iterator[Document], most: int) -> tuple[list[Document], int]:
    """Take the next documents to be integrated together.

    Args:
        documents: those that are left.
        most: how many bytes they may take.

    Returns:
        as many as that allows, at least one, or none at the end; and how many bytes they take. When
        they take less than that, none are left.
    """
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += size_of(document)
        if size >= most:
            break
    return batch, size


def in_portions(documents: Iterable[Document]) -> Iterator[Document]:
    """Divide documents that name very many files, so that they fit into batches.

    Args:
        documents: as loaders made them.

    Yields:
        most documents as they are. Of the others the run with its first files and all else, then
        the run with more files; only the last portion tells where the record ends.
    """
    for document in documents:
        if len(document.mentions) <= _MENTIONS:
            yield document
            continue
        portions = batches(document.mentions, _MENTIONS)
        yield replace(document, mentions=tuple(next(portions)), end=None)
        run = document.run and Run(document.run.id, {})
        yield from (Document(run, tuple(some)) for some in portions)
        yield Document(run, end=document.end)


def by_run(documents: Sequence[Document]) -> list[Document]:
    """Put what documents say of the files of one run together: a PROV document says it one by one.

    Args:
        documents: of a batch.

    Returns:
        the documents that say something else, too; and a document a run, or several when the run
        has very many files.
    """
    files: dict[str, list[Mention]] = defaultdict(list)
    others = []
    for each in documents:
        if each.run and each.mentions and each == Document(Run(each.run.id, {}), each.mentions):
            files[each.run.id].extend(each.mentions)
        else:
            others.append(each)
    for run, mentions in files.items():
        others += [Document(Run(run, {}), tuple(some)) for some in batches(mentions, _MENTIONS)]
    return others


def size_of(document: Document) -> int:
    """Estimate how many bytes of memory a document takes.

    Args:
        document: as a loader made it.

    Returns:
        the length of its texts, and something for each record.
    """
    size = 0
    for mention in document.mentions:
        # It may make an entity.
        size += 2 * _RECORD_BYTES + len(mention.place or "") + len(mention.identifier or "")
        if mention.attributes:
            size += text_size(mention.attributes.values())
    for relation in document.relations:
        size += _RECORD_BYTES + len(relation.source.id) + len(relation.target.id)
        if relation.attributes:
            size += text_size(relation.attributes.values())
    for said in (document.entities, document.agents, document.descriptions):
        if said:
            size += sum(_RECORD_BYTES + text_size(each.attributes.values()) for each in said)
    for settings in document.settings:
        size += settings.text_size
    if document.run is not None and document.run.facts:
        size += _RECORD_BYTES + text_size(document.run.facts.values())
    return size


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
        known = known_loads(transaction, [*(each.reading for each in pending), *begun], namespace)
        done = {
            each.load: load
            for each in pending
            if is_whole(load := known.get(each.reading.content_sha256)) and load
        }
        _check_beginnings(pending, known)
        new = [each for each in pending if each.load not in done]
        # The early plan was made for all sources: it is of no use when some are there by now.
        planned = current_plan(transaction, None if done else early, turn, _documents(new))
        loads = [load_record(each.reading, each.load, namespace) for each in new]
        apply(transaction, planned, loads, [said for each in new for said in assertions[each.load]])
    return [
        report_on_known(each.reading.source, load, each.reading.sha256)
        if (load := done.get(each.load)) and load.id != each.load
        else report_on_reading(
            each.reading, each.load, planned.disagreements if each is pending[-1] else ()
        )
        for each in pending
    ]


def write_said(transaction: Transaction, load: LoadRecord, document: Document) -> None:
    """Write what somebody says in a command.

    Args:
        transaction: that is to be committed afterwards.
        load: the record of the load.
        document: what is said.
    """
    planned = plan_changes(transaction, [document])
    apply(transaction, planned, [load], make_assertions(load.id, 0, [document]))


def known_loads(
    transaction: Transaction, sources: Iterable[Reading | LoadRecord], namespace: str
) -> dict[str, LoadRecord]:
    """Find the loads of the sources that have a checksum; a file that changes has none.

    Args:
        transaction: in which the sources are written.
        sources: readings of sources, or what an earlier load noted of them.
        namespace: in which they are read (`docs/contract.md`, rule 7).

    Returns:
        checksum → the load, of those that the store knows.
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


def apply(
    transaction: Transaction,
    planned: ChangePlan,
    loads: list[LoadRecord],
    assertions: list[Assertion],
) -> None:
    """Write a plan, and who said what it was made of.

    Args:
        transaction: that is to be committed afterwards.
        planned: the plan, which still holds.
        loads: the records of the loads that are whole with it.
        assertions: what these loads, or parts of one, say.
    """
    planned.changes.loads = loads
    planned.changes.assertions = assertions
    transaction.apply(planned.changes, planned.touched)
