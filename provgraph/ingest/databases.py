"""Databases as sources."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from provgraph.loaders.ctaprov_address import Database

if TYPE_CHECKING:
    from provgraph.loaders.ctaprov import Snapshot


def snapshot(database: Database) -> "AbstractContextManager[Snapshot]":
    """The database at this moment; see `provgraph.loaders.ctaprov.snapshot`."""
    # The driver takes a tenth of a second that only databases need to spend.
    from provgraph.loaders import ctaprov  # noqa: PLC0415

    return ctaprov.snapshot(database)
