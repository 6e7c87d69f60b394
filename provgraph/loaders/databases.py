"""Opens a PostgreSQL database that is loaded, whichever program's it is: ctaprov's or OPUS's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg

from provgraph.databases.postgresql import Cause, cause_of, words_of
from provgraph.errors import LoadError, LoginError, ProvGraphError, UnreachableError
from provgraph.loaders.ctaprov.address import Database
from provgraph.loaders.ctaprov.snapshot import Snapshot
from provgraph.loaders.opus.postgresql import job_snapshot
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document


class DatabaseMoment(Protocol):
    """One moment of a database.

    Attributes:
        format_name: what reports call the format.
    """

    format_name: str

    def checksum(self) -> tuple[str, int]:
        """What tells this moment of the database from others.

        Returns:
            A SHA-256 over all that is read, and the number of rows.
        """

    def documents(self, start: int = 0) -> Iterator[Document | Problem]:
        """Read the database.

        Args:
            start: the ``end`` of the last document that is known already; 0 for all.

        Yields:
            Documents in the same order for the same rows, and problems.
        """


@contextmanager
def snapshot(database: Database) -> Iterator[DatabaseMoment]:
    """Open a database at this moment, whatever is written to the database meanwhile.

    Nothing is ever written here.

    Args:
        database: where the database is.

    Yields:
        The moment; it ends with the context.

    Raises:
        UnreachableError: the server does not answer, refuses the user, or goes away.
        UnknownFormatError: the database is neither a ctaprov one nor one of OPUS.
        LoadError: a table can't be read.
    """
    try:
        with psycopg.connect(**database.parameters) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield job_snapshot(connection, database.schema) or Snapshot(database, connection)
            connection.rollback()
    except (psycopg.Error, UnicodeDecodeError) as error:
        raise _translated(database, error) from error


def _translated(database: Database, error: Exception) -> ProvGraphError:
    """The driver's error in the words of a source that is read."""
    words, cause = words_of(error), cause_of(error)
    if cause is Cause.FORBIDDEN:
        return LoadError(f"can't be read: {words}; let the user SELECT from all its tables")
    if cause in (Cause.FAILED, Cause.NEEDED):
        return LoadError(f"can't be read: {words}")
    if cause is Cause.LOGIN:
        return LoginError(
            f"the database {database.name} does not let the user in: the user name or the password "
            "is wrong, or none was given; check the URL and PGPASSFILE"
        )
    if cause is Cause.REFUSED:
        return LoginError(f"the database {database.name} does not let the user in: {words}")
    if cause is Cause.NO_DATABASE:
        return LoadError(f"can't be read: the server has no database {database.name}")
    return UnreachableError(
        f"the database {database.name} can't be reached: {words}; is the server up?"
    )
