"""What a Neo4j database is when a store is opened there: whole, imported, or an unfinished copy."""

from typing import NamedTuple

from provgraph.errors import NewerStoreError, UnfinishedCopyError
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.facts import LOCK, REVISION
from provgraph.store.neo4j.searching import fill_entries, fill_parameters

_QUERY = (
    f"OPTIONAL MATCH {LOCK} RETURN l.copyOf, l.imported, coalesce(l.revision, 0), "
    "EXISTS { MATCH (:Activity) } OR EXISTS { MATCH (:Entity) }"
)


class Opened(NamedTuple):
    """What was found.

    Attributes:
        was_imported: whether the constraints and indexes were made just now, since ``neo4j-admin``
            imports none.
        has_records: whether there is anything that can be asked for.
    """

    was_imported: bool
    has_records: bool


def refuse_other(address: str, revision: int, copy_of: str | None) -> None:
    """Pass a whole store of this provgraph, or of an older one.

    Args:
        address: of the store, without password.
        revision: that its writers have noted.
        copy_of: of which store it is a copy that is not whole; None for a whole store.

    Raises:
        NewerStoreError: a newer provgraph has written there.
        UnfinishedCopyError: it is a copy that is not whole.
    """
    if revision > REVISION:
        raise NewerStoreError(address, str(revision), str(REVISION))
    if copy_of is not None:
        raise UnfinishedCopyError(address, copy_of)


def opened(connection: Connection) -> Opened:
    """Look at a database, and complete it when it was imported.

    Files of `provgraph.store.neo4j.import_files` hold records alone. Whoever opens the store first,
    though she may only ask, makes the constraints and indexes.

    Args:
        connection: to the database.

    Returns:
        What was found.

    Raises:
        UnfinishedCopyError: the database is a copy that is not whole.
        NewerStoreError: a newer provgraph has written there.
        StoreError: the server refuses.
    """
    copy_of, is_imported, revision, has_records = connection.read(_QUERY)[0]
    refuse_other(str(connection), revision, copy_of)
    if is_imported:
        schema.make_missing(connection)
        fill_entries(connection)
        fill_parameters(connection)
        schema.fill_external(connection)
        schema.fill_early(connection)
        connection.execute(f"MATCH {LOCK} REMOVE l.imported")
    return Opened(bool(is_imported), has_records)


def complete(connection: Connection) -> None:
    """Make what a writer needs, and bring a database of an older provgraph up to date.

    Args:
        connection: to the database.

    Raises:
        UnfinishedCopyError: the database is a copy that is not whole.
        NewerStoreError: a newer provgraph has written there.
        StoreError: the server refuses.
    """
    if not opened(connection).was_imported:
        existing = schema.existing_indexes(connection)
        if schema.ALIASES in existing and schema.TERMS not in existing:
            fill_entries(connection)
        if schema.ALIASES in existing and schema.PARAMETER_TERMS not in existing:
            fill_parameters(connection)
        schema.create_missing(connection)
