"""Invalidation: what was deleted, damaged or withdrawn is marked: files, runs, and recalls.

The record stays in the graph with its mark, and so does all that was made from it.
"""

import hashlib

from provgraph.errors import LoadError, LookupFailedError, SettingsError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.reports import current_time, load_record_of_command
from provgraph.ingest.writing import write_said
from provgraph.model.derived import INVALIDATED, INVALIDATED_BY, INVALIDATION_REASON
from provgraph.model.identifiers import DEFAULT_NAMESPACE, is_strong
from provgraph.model.lineage import Node, display_name
from provgraph.model.recalls import recall_of, stated_recall
from provgraph.model.records import Document, Run, StatedEntity
from provgraph.model.values import Attributes, storable_text, utc
from provgraph.model.vocabulary import Kind
from provgraph.store.protocol import Store
from provgraph.store.records import LoadRecord
from provgraph.store.waiting import retry_while_unreachable

#: What such a load's format is called; there is no loader of this name.
FORMAT = "invalidation"
#: How many characters of a record's id stand in what the load is called.
_LONGEST_NAME = 500


def invalidate(
    store: Store,
    record: Node,
    at: str | None,
    reason: str,
    by: str | None = None,
    *,
    agent: str | None = None,
) -> LoadRecord:
    """Mark a file, a run or what a recall means as invalid (`docs/contract.md`, Commands).

    The mark is recorded as a load of its own, so that forgetting this load takes the mark away.

    Args:
        store: the store that holds the record.
        record: what is invalid; of a recall the node that stands for it
            (`provgraph.model.recalls.recall_node`), which need not be in the store.
        at: since when, in ISO 8601, read as UTC when it names no zone; None for the present.
        reason: why, in words for people.
        by: who says so; None when nobody is to be named.
        agent: who has said so to a server; None of who has the store itself.

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
        raise SettingsError("a reason is needed, such as 'deleted by the clean-up of 2026-11'")
    time = _time(at)
    mark: Attributes = {INVALIDATED: (time,), INVALIDATION_REASON: (storable_text(reason),)}
    if by is not None:
        mark = {**mark, INVALIDATED_BY: (storable_text(by),)}
    is_run = record.kind is Kind.ACTIVITY
    said = [record.id, mark]
    counts = {"activities": int(is_run), "entities": int(not is_run)}
    load = load_record_of_command(_source(record.id), FORMAT, said, agent, **counts)
    return retry_while_unreachable(lambda: _write(store, load, _said(record, mark)))


def take_back(store: Store, record: Node) -> list[LoadRecord]:
    """Take back all marks of a record that `invalidate` made, by whomever.

    Args:
        store: the store that holds the record.
        record: what is not invalid after all.

    Returns:
        The loads that are gone, oldest first.

    Raises:
        LookupFailedError: nobody has marked the record so.
        UnreachableError: the store went away and stayed away.
    """
    loads = store.loads_from([_source(name) for name in _names(store, record)], DEFAULT_NAMESPACE)
    found = [load for load in loads if load.format == FORMAT]
    if not found:
        raise LookupFailedError(
            f"{display_name(record)} bears no mark of `provgraph invalidate`"
            + (
                ": a source that was loaded marks it; `provgraph forget LOAD` takes a load back"
                if record.invalidation is not None
                else "; `provgraph search --invalid` lists what is marked"
            )
        )
    return [forget(store, load.id) for load in found]


def _source(name: str) -> str:
    """What a mark's load is called; a long name is cut, since indexes have limits."""
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}… {hashlib.sha256(name.encode()).hexdigest()}"
    return f"invalidate {name}"


def _names(store: Store, record: Node) -> list[str]:
    """The names under which a record may have been marked: it may have got a stronger one since."""
    with store.viewing() as view:
        known = view.entities([record.id]) if record.kind is Kind.ENTITY else {}
    strong = (name for each in known.values() for name in each.identifiers if is_strong(name))
    former = (name for each in known.values() for name in each.former)
    return sorted({record.id, *strong, *former})


def _said(record: Node, mark: Attributes) -> Document:
    """The document that marks a record."""
    if record.kind is Kind.ACTIVITY:
        return Document(run=Run(record.id, mark))
    recall = recall_of(record.id)
    if recall is not None:
        return Document(entities=(stated_recall(recall, mark),))
    return Document(entities=(StatedEntity(record.id, mark),))


def _time(at: str | None) -> str:
    try:
        return current_time() if at is None else utc(at)
    except LoadError as error:
        raise SettingsError(f"at {at}: {error}; give a time like 2026-11-21T08:30:00") from None


def _write(store: Store, load: LoadRecord, document: Document) -> LoadRecord:
    with store.writing() as transaction:
        if known := transaction.loads_of([load.sha256], load.namespace).get(load.sha256):
            return known
        write_said(transaction, load, document)
    return load
