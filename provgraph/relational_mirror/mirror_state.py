"""What a mirror knows of itself, and whether the store's journal goes on from there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.mapping.mappers import VERSION
from provgraph.relational_mirror.tables import OWN_SCHEMA
from provgraph.store.views import View


class LastTurn(NamedTuple):
    """The last transaction of a store that was read.

    Attributes:
        turn: its number.
        mark: of its journal entry; None where there is none. It differs from store to store.
    """

    turn: int
    mark: bytes | None


@dataclass(frozen=True, slots=True)
class MirroredStore:
    """The store that a mirror is of.

    Attributes:
        id: the store's own; None in a mirror that an older provgraph made.
        address: where it was when it was last synced, without password.
    """

    id: str | None
    address: str

    def __str__(self) -> str:
        """The address with the beginning of the id, which tells two stores at one place apart."""
        return f"{self.address} (id {self.id[:8]}…)" if self.id else self.address


@dataclass(frozen=True, slots=True)
class MirrorState:
    """What a mirror knows of itself.

    Attributes:
        last: the last turn of the store that is in it.
        mapping: the version of the mapping that made its rows.
        rows: table → how many rows it has.
        store: whose mirror it is.
    """

    last: LastTurn
    mapping: int
    rows: Mapping[str, int]
    store: MirroredStore


def read_state(cursor: Cursor) -> MirrorState | None:
    """Read what the mirror knows of itself.

    Args:
        cursor: of the mirror.

    Returns:
        The state; None before the first sync.
    """
    query = f"SELECT turn, mark, mapping, rows, store, store_at FROM {OWN_SCHEMA}.mirror"  # noqa: S608 - our own name
    row = cursor.execute(query).fetchone()
    if row is None:
        return None
    turn, mark, mapping, rows, store, address = row
    return MirrorState(
        LastTurn(turn, mark), mapping, json.loads(rows), MirroredStore(store, address or "")
    )


def sync_time(cursor: Cursor) -> datetime:
    """Read when a mirror was last synced.

    Args:
        cursor: of a mirror that has a state.
    """
    query = f"SELECT synced_at FROM {OWN_SCHEMA}.mirror"  # noqa: S608 - our own name
    row = cursor.execute(query).fetchone()
    found: datetime = row[0] if row is not None else datetime.min.replace(tzinfo=UTC)
    return found


def write_state(cursor: Cursor, target: str, state: MirrorState) -> None:
    """Let the mirror know of itself, and when it was synced.

    Args:
        cursor: of the mirror.
        target: the schema of the published tables.
        state: of the mirror.
    """
    cursor.execute(f"DELETE FROM {OWN_SCHEMA}.mirror")  # noqa: S608 - our own name
    cursor.execute(
        f"INSERT INTO {OWN_SCHEMA}.mirror "  # noqa: S608
        "(one, target, turn, mark, mapping, rows, synced_at, store, store_at) "
        "VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            target,
            state.last.turn,
            state.last.mark,
            state.mapping,
            json.dumps(state.rows),
            datetime.now(UTC),
            state.store.id,
            state.store.address,
        ],
    )


def reason_to_rebuild(state: MirrorState | None, view: View) -> str | None:
    """Tell why the store's journal is not enough to bring a mirror up to date.

    Args:
        state: of a mirror that is this store's; None before the first sync.
        view: of the store.

    Returns:
        The reason in words for people; None when the journal is enough.
    """
    if state is None:
        return "first sync"
    if state.mapping != VERSION:
        return "the rows of another version of provgraph"
    last = state.last
    if sum(1 for _ in view.journal_from(last.turn + 1)) < view.settled - last.turn:
        return "the store's journal does not go back so far"
    return None


def last_turn(view: View) -> LastTurn:
    """The turn up to which a view shows everything.

    Args:
        view: of the store.

    Returns:
        The turn and its mark.
    """
    entry = next(view.journal_from(view.settled), None)
    return LastTurn(view.settled, None if entry is None else bytes(entry.mark))
