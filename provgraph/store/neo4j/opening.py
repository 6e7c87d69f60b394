"""What a Neo4j database is when a store is opened there: whole, imported, or an unfinished copy."""

from typing import NamedTuple

from provgraph.errors import UnfinishedCopyError
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.facts import LOCK
from provgraph.store.neo4j.searching import fill_entries

_QUERY = (
    f"OPTIONAL MATCH {LOCK} RETURN l.copyOf, l.imported, "
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
        StoreError: the server refuses.
    """
    copy_of, is_imported, has_records = connection.read(_QUERY)[0]
    if copy_of is not None:
        raise UnfinishedCopyError(str(connection), copy_of)
    if is_imported:
        schema.make_missing(connection)
        fill_entries(connection)
        connection.execute(f"MATCH {LOCK} REMOVE l.imported")
    return Opened(bool(is_imported), has_records)


def complete(connection: Connection) -> None:
    """Make what a writer needs, and bring a database of an older provgraph up to date.

    Args:
        connection: to the database.

    Raises:
        UnfinishedCopyError: the database is a copy that is not whole.
        StoreError: the server refuses.
    """
    if not opened(connection).was_imported:
        if schema.exists(connection) and not schema.has_terms(connection):
            fill_entries(connection)
        schema.create_missing(connection)
