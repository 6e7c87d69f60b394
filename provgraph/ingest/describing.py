"""Descriptions of tools are added, edited and approved; each time by a load of its own.

So ``forget`` takes back what ``describe`` has said, and a copy or mirror of the store has it.
"""

from provgraph.errors import NotFoundError, SettingsError
from provgraph.ingest.reports import current_time, load_record_of_command
from provgraph.ingest.writing import write_said
from provgraph.model.attributes import attributes_of
from provgraph.model.descriptions import (
    APPROVED_AT,
    APPROVED_BY,
    CONTENT,
    ToolDescription,
    base_id,
    revision_id,
)
from provgraph.model.records import Description, Document, End
from provgraph.model.values import storable_text, storable_value
from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.store.protocol import Store, Transaction
from provgraph.store.revisions import revisions
from provgraph.store.views import View
from provgraph.store.waiting import retry_while_unreachable

#: What such a load's format is called; there is no loader of this name.
FORMAT = "description"


def describe(
    store: Store, said: ToolDescription, by: str | None, *, agent: str | None = None
) -> tuple[int, bool]:
    """Add a revision of the description of a tool, unless the last one says the same.

    Args:
        store: where to.
        said: what is said of the tool.
        by: who says so; None when nobody is to be named.
        agent: who has said so to a server; None of who has the store itself.

    Returns:
        The number of the revision, and whether it is new.

    Raises:
        UnreachableError: the store went away and stayed away.
    """
    store.make()
    last = max(revisions(store, [said.base]).get(said.base, ()), default=0)
    named = None if by is None else storable_text(by)

    def write() -> tuple[int, bool]:
        with store.writing() as transaction:
            number, newest = _newest(transaction, said.base, last)
            if newest is not None and newest.attributes.get(CONTENT) == (said.content,):
                return number, False
            records = said.records(number + 1, named, current_time())
            _say(transaction, f"describe {said.base}", records, agent)
        return number + 1, True

    return retry_while_unreachable(write)


def _newest(view: View, base: str, last: int) -> tuple[int, Description | None]:
    """The newest revision: the last that was seen, or one that was added at the same time."""

    def known(number: int) -> Description | None:
        end = End(Kind.ACTIVITY_DESCRIPTION, revision_id(base, number))
        return view.descriptions([end]).get(end)

    newest = known(last) if last else None
    while (later := known(last + 1)) is not None:
        last, newest = last + 1, later
    return last, newest


def approve(
    store: Store, name: str, version: str | None, by: str, *, agent: str | None = None
) -> int:
    """Approve the last revision of the description of a tool.

    Args:
        store: that holds it.
        name: of the tool.
        version: of the tool; None for the description of all versions.
        by: who approves.
        agent: who has said so to a server; None of who has the store itself.

    Returns:
        The number of the revision.

    Raises:
        NotFoundError: the tool isn't described.
        SettingsError: nobody is named.
        UnreachableError: the store went away and stayed away.
    """
    if not by.strip():
        raise SettingsError("say who approves: --by NAME")
    base = base_id(name, version)
    known = revisions(store, [base]).get(base)
    if not known:
        raise _unknown(base)
    last = max(known)
    facts = {APPROVED_BY: storable_text(by), APPROVED_AT: current_time()}
    mark = Description(known[last].id, DescriptionType.ACTIVITY, attributes_of(facts))

    def write() -> None:
        with store.writing() as transaction:
            found = transaction.descriptions([mark.as_end]).get(mark.as_end)
            if found is None:
                raise _unknown(base)
            # Who approves it at the same time may have been first.
            if APPROVED_BY not in found.attributes:
                _say(transaction, f"approve {mark.id}", (mark,), agent)

    retry_while_unreachable(write)
    return last


def _unknown(base: str) -> NotFoundError:
    return NotFoundError(base, "no tool of this name and version is described here")


def _say(
    transaction: Transaction, what: str, records: tuple[Description, ...], agent: str | None
) -> None:
    """Write descriptions as one load."""
    said = [[each.id, each.type, storable_value(dict(each.attributes))] for each in records]
    load = load_record_of_command(what, FORMAT, said, agent)
    write_said(transaction, load, Document(descriptions=records))
