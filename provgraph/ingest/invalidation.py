"""Declares a file invalid: deleted, damaged, withdrawn.

It stays in the graph, marked, with all that came of it.
"""

import hashlib

from provgraph import __version__
from provgraph.errors import LoadError, LookupFailedError, SettingsError
from provgraph.ingest.deciding.assertions import make_assertions
from provgraph.ingest.deciding.integration import plan_changes
from provgraph.ingest.writing import current_time, new_load_id
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.lineage import Node
from provgraph.model.records import INVALIDATED, INVALIDATION_REASON, Document, StatedEntity
from provgraph.model.times import utc
from provgraph.model.values import canonical_json, storable_text
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.waiting import retry_while_unreachable

#: What such a load's format is called; there is no loader of this name.
FORMAT = "invalidation"


def invalidate(store: Store, entity: Node, at: str | None, reason: str) -> LoadRecord:
    """Note that an entity is invalid.

    It is recorded as a load of its own, so that forgetting this load takes the mark away again.

    Args:
        store: that holds it.
        entity: what is invalid.
        at: since when, ISO 8601, read as UTC when it names no zone; None for now.
        reason: why, for people.

    Returns:
        the load; the earlier one when the very same was said before.

    Raises:
        LookupFailedError: it is no entity.
        SettingsError: the time is none, or the reason is empty.
    """
    if entity.kind is not Kind.ENTITY:
        raise LookupFailedError(
            f"{entity.id} is an {entity.kind}: only entities (files, values) can become invalid"
        )
    if not reason.strip():
        raise SettingsError("a reason is needed: --reason 'deleted by the clean-up of 2026-11'")
    time = _time(at)
    said = StatedEntity(
        entity.id, {INVALIDATED: (time,), INVALIDATION_REASON: (storable_text(reason),)}
    )
    load = LoadRecord(
        id=new_load_id(),
        source=f"invalidate {entity.id}",
        format=FORMAT,
        namespace=DEFAULT_NAMESPACE,
        sha256=hashlib.sha256(
            canonical_json([said.identifier, said.attributes]).encode()
        ).hexdigest(),
        time=current_time(),
        version=__version__,
        status="loaded",
        counts={"activities": 0, "entities": 1, "agents": 0, "relations": 0},
    )
    return retry_while_unreachable(lambda: _write(store, load, Document(entities=(said,))))


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
