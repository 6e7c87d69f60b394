"""Invalidation: a file that was deleted, damaged or withdrawn is marked, and so is a bad run.

The record stays in the graph with its mark, and so does all that was made from it.
"""

import hashlib

from provgraph import __version__
from provgraph.errors import LoadError, LookupFailedError, SettingsError
from provgraph.ingest.deciding.assertions import make_assertions
from provgraph.ingest.deciding.integration import plan_changes
from provgraph.ingest.reports import current_time, new_load_id
from provgraph.model.derived import INVALIDATED, INVALIDATED_BY, INVALIDATION_REASON
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.lineage import Node
from provgraph.model.records import Document, Run, StatedEntity
from provgraph.model.values import Attributes, canonical_json, storable_text, utc
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.waiting import retry_while_unreachable

#: What such a load's format is called; there is no loader of this name.
FORMAT = "invalidation"


def invalidate(
    store: Store, record: Node, at: str | None, reason: str, by: str | None = None
) -> LoadRecord:
    """Mark a file or a run as invalid (`docs/contract.md`, Commands).

    The mark is recorded as a load of its own, so that forgetting this load takes the mark away.

    Args:
        store: the store that holds the record.
        record: what is invalid.
        at: since when, in ISO 8601, read as UTC when it names no zone; None for the present.
        reason: why, in words for people.
        by: who says so; None when nobody is to be named.

    Returns:
        the record of the load. When the very same mark was made before, the earlier load.

    Raises:
        LookupFailedError: the record is an agent.
        SettingsError: the time can't be read, or the reason is empty.
        UnreachableError: the store went away and stayed away.
    """
    if record.kind is Kind.AGENT:
        raise LookupFailedError(
            f"{record.id} is an agent: only entities (files, values) and runs can become invalid"
        )
    if not reason.strip():
        raise SettingsError("a reason is needed: --reason 'deleted by the clean-up of 2026-11'")
    time = _time(at)
    mark: Attributes = {INVALIDATED: (time,), INVALIDATION_REASON: (storable_text(reason),)}
    if by is not None:
        mark = {**mark, INVALIDATED_BY: (storable_text(by),)}
    is_run = record.kind is Kind.ACTIVITY
    load = LoadRecord(
        id=new_load_id(),
        source=f"invalidate {record.id}",
        format=FORMAT,
        namespace=DEFAULT_NAMESPACE,
        sha256=hashlib.sha256(canonical_json([record.id, mark]).encode()).hexdigest(),
        time=current_time(),
        version=__version__,
        status="loaded",
        counts={
            "activities": int(is_run),
            "entities": int(not is_run),
            "agents": 0,
            "relations": 0,
        },
    )
    said = (
        Document(run=Run(record.id, mark))
        if is_run
        else Document(entities=(StatedEntity(record.id, mark),))
    )
    return retry_while_unreachable(lambda: _write(store, load, said))


def _time(at: str | None) -> str:
    try:
        return current_time() if at is None else utc(at)
    except LoadError as error:
        raise SettingsError(f"--at {at}: {error}; give a time like 2026-11-21T08:30:00") from None


def _write(store: Store, load: LoadRecord, document: Document) -> LoadRecord:
    with store.writing() as transaction:
        if known := transaction.loads_of([load.sha256], load.namespace).get(load.sha256):
            return known
        planned = plan_changes(transaction, [document])
        planned.changes.loads = [load]
        planned.changes.assertions = make_assertions(load.id, 0, [document])
        transaction.apply(planned.changes, planned.touched)
    return load
