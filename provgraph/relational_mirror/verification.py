"""Verifies a mirror: every row that is missing, extra or different is named; nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from psycopg import sql
from sqlalchemy import Connection

from provgraph.errors import MirrorError
from provgraph.relational_mirror.comparison import Comparison, Difference
from provgraph.relational_mirror.connection import (
    Cursor,
    address_without_password,
    configure_session,
    connected,
    cursor_of,
)
from provgraph.relational_mirror.mapping.mappers import VERSION
from provgraph.relational_mirror.mirror_state import MirrorState, read_state
from provgraph.relational_mirror.ownership import Ownership, identified
from provgraph.relational_mirror.schema import no_mirror, recognised
from provgraph.store.protocol import Store
from provgraph.store.waiting import retry_while_unreachable

#: How often a store that shows no snapshots is compared again when it was written to meanwhile.
_ATTEMPTS = 3


@dataclass
class Verification:
    """What a comparison found.

    Attributes:
        rows: table → how many rows were expected.
        behind: how many of the store's transactions the mirror does not have yet.
        differences: every row that is not as it should be.
    """

    rows: dict[str, int] = field(default_factory=dict)
    behind: int = 0
    differences: list[Difference] = field(default_factory=list)


def verify(
    store: Store, url: str, *, password: str | None = None, schema: str = "public"
) -> Verification:
    """Compare the mirror with the store (docs/contract.md, The ctaprov mirror: ``--verify``).

    Args:
        store: where the provenance is.
        url: of the mirror, as in `provgraph.relational_mirror.syncing.sync`.
        password: of the mirror's database, instead of one in the URL.
        schema: of the published tables.

    Returns:
        What differs.

    Raises:
        SettingsError: the URL makes no sense.
        UnreachableError: store or mirror went away.
        NoStoreError: there is no store.
        MirrorError: there is no mirror, or that of another store, or one that another version of
            provgraph made.
    """
    for _ in range(_ATTEMPTS):
        verification, is_settled = retry_while_unreachable(
            lambda: _verify(store, url, password, schema)
        )
        if is_settled or not verification.differences:
            break
    return verification


def _verify(store: Store, url: str, password: str | None, schema: str) -> tuple[Verification, bool]:
    """What differs, and whether the store was the same all the time."""
    known = identified(store)
    with _reading(url, password) as connection:
        if not recognised(connection, schema):
            raise no_mirror(schema)
        cursor = cursor_of(connection)
        configure_session(cursor)
        (snapshot,) = cursor.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        second_cursor = partial(_cursor_in_snapshot, url, password, snapshot)
        state = _usable_state(cursor)
        Ownership(address_without_password(url), state, known).check_store()
        with store.viewing(settled=True) as view:
            comparison = Comparison(cursor, schema, view, second_cursor)
            differences = comparison.differences()
            behind = view.turn - state.last.turn
        with store.viewing() as later:
            is_settled = view.is_snapshot or later.turn == view.turn
        return Verification(comparison.row_counts, behind, differences), is_settled


def _usable_state(cursor: Cursor) -> MirrorState:
    state = read_state(cursor)
    if state is None or state.mapping != VERSION:
        raise MirrorError("the mirror was made by another version of provgraph; sync it first")
    return state


@contextmanager
def _reading(url: str, password: str | None) -> Iterator[Connection]:
    """A connection that reads one snapshot."""
    with connected(url, password) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def _cursor_in_snapshot(url: str, password: str | None, snapshot: str) -> Iterator[Cursor]:
    """A second connection to the mirror, which sees what the first sees."""
    with _reading(url, password) as connection:
        cursor = cursor_of(connection)
        cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        configure_session(cursor)
        yield cursor
