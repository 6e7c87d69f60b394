"""Databases as sources."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from provgraph.loaders.ctaprov.address import Database

if TYPE_CHECKING:
    from provgraph.loaders.ctaprov.snapshot import Snapshot


def snapshot(database: Database) -> "AbstractContextManager[Snapshot]":
    """The database at this moment; see `provgraph.loaders.ctaprov.snapshot.snapshot`."""
    # The driver takes a tenth of a second that only databases need to spend.
    from provgraph.loaders.ctaprov import snapshot  # noqa: PLC0415

    return snapshot.snapshot(database)
