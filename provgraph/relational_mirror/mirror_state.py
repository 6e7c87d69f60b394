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
class MirrorState:
    """What a mirror knows of itself.

    Attributes:
        last: the last turn of the store that is in it.
        mapping: the version of the mapping that made its rows.
        rows: table → how many rows it has.
    """

    last: LastTurn
    mapping: int
    rows: Mapping[str, int]


def read_state(cursor: Cursor) -> MirrorState | None:
    """Read what the mirror knows of itself.

    Args:
        cursor: of the mirror.

    Returns:
        The state; None before the first sync.
    """
    query = f"SELECT turn, mark, mapping, rows FROM {OWN_SCHEMA}.mirror"  # noqa: S608 - our own name
    row = cursor.execute(query).fetchone()
    if row is None:
        return None
    return MirrorState(LastTurn(row[0], row[1]), row[2], json.loads(row[3]))


def write_state(cursor: Cursor, target: str, state: MirrorState) -> None:
    """Let the mirror know of itself, and when it was synced.

    Args:
        cursor: of the mirror.
        target: the schema of the published tables.
        state: of the mirror.
    """
    cursor.execute(f"DELETE FROM {OWN_SCHEMA}.mirror")  # noqa: S608 - our own name
    cursor.execute(
        f"INSERT INTO {OWN_SCHEMA}.mirror (one, target, turn, mark, mapping, rows, synced_at) "  # noqa: S608
        "VALUES (1, %s, %s, %s, %s, %s, %s)",
        [
            target,
            state.last.turn,
            state.last.mark,
            state.mapping,
            json.dumps(state.rows),
            datetime.now(UTC),
        ],
    )


def reason_to_rebuild(state: MirrorState | None, view: View) -> str | None:
    """Tell why the store's journal is not enough to bring a mirror up to date.

    Args:
        state: of the mirror; None before the first sync.
        view: of the store.

    Returns:
        The reason in words for people; None when the journal is enough.
    """
    if state is None:
        return "first sync"
    if state.mapping != VERSION:
        return "the rows of another version of provgraph"
    last = state.last
    entries = view.journal_from(last.turn)
    if last.turn > 0:
        first = next(entries, None)
        if first is None or first.turn != last.turn or first.mark != last.mark:
            return "the store is another one, or was put back to an earlier state"
    if sum(1 for _ in entries) < view.settled - last.turn:
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
