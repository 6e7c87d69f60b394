"""Brings a mirror up to date with its store, in one transaction.

A sync reads what the store's journal names, or all. A sync that is killed leaves the mirror as it
was; one that runs twice finds nothing to do (docs/contract.md, The ctaprov mirror).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from provgraph.errors import SettingsError
from provgraph.relational_mirror.connection import (
    address_without_password,
    configure_session,
    connected,
    cursor_of,
    lock,
)
from provgraph.relational_mirror.mapping.mappers import VERSION
from provgraph.relational_mirror.mirror_state import (
    LastTurn,
    MirrorState,
    last_turn,
    read_state,
    reason_to_rebuild,
    write_state,
)
from provgraph.relational_mirror.ownership import Ownership, identified
from provgraph.relational_mirror.provtap import fill_provtap, has_provtap, make_provtap
from provgraph.relational_mirror.rebuilding import Rebuild
from provgraph.relational_mirror.row_numbers import (
    RowNumbers,
    read_last_numbers,
    write_last_numbers,
)
from provgraph.relational_mirror.schema import prepare
from provgraph.relational_mirror.staging import RowCounts, Stage
from provgraph.relational_mirror.tables import OWN_SCHEMA, TABLES
from provgraph.relational_mirror.updating import Updater, changed_subjects
from provgraph.store.protocol import Store
from provgraph.store.waiting import retry_while_unreachable

#: How often a store that shows no snapshots is read again before loaders have to wait.
CATCH_UPS = 5


@dataclass
class Summary:
    """What a sync did.

    Attributes:
        mode: ``full`` or ``incremental``.
        why: why all was copied; None otherwise.
        turns: how many of the store's transactions it brought.
        behind: how many came since it began to read.
        subjects: how many records it looked at.
        counts: table → what changed.
        rows: table → how many rows there are.
        seconds: how long it took.
    """

    mode: str
    why: str | None = None
    turns: int = 0
    behind: int = 0
    subjects: int = 0
    counts: dict[str, RowCounts] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def sync(  # noqa: PLR0913 - each is an option
    store: Store,
    url: str,
    *,
    password: str | None = None,
    schema: str = "public",
    full: bool = False,
    replace: bool = False,
    dry_run: bool = False,
    provtap: bool = False,
) -> Summary:
    """Make the mirror equal to the store (docs/contract.md, The ctaprov mirror).

    Args:
        store: where the provenance is.
        url: ``postgresql://USER@HOST:5432/DATABASE`` of the mirror.
        password: of the mirror's database, instead of one in the URL.
        schema: for the published tables.
        full: whether to make all tables anew.
        replace: whether the mirror may be taken over when it is another store's, or has seen what
            the store does not know any more; only with ``full``.
        dry_run: whether to undo everything at the end.
        provtap: whether to make schema ``provenance``, for a TAP service. Once it is there, each
            sync keeps it.

    Returns:
        What was done, or would be done.

    Raises:
        SettingsError: the URL or the schema makes no sense, or ``replace`` came without ``full``.
        NoStoreError: there is no store.
        UnreachableError: store or mirror went away, and stayed away; nothing is half done.
        MirrorError: the database holds something else, or the mirror of another store; or it
            refuses. Nothing was changed.
    """
    if replace and not full:
        raise SettingsError("to replace the mirror of another store, make all of it anew: full")

    def attempt() -> Summary:
        started = time.monotonic()
        known = identified(store)
        with connected(url, password) as connection, connection.begin() as transaction:
            current = _Sync(store, connection, schema)
            owned = Ownership(address_without_password(url), current.prepare(), known)
            summary = current.run(owned, full, replace)
            current.keep_provtap(summary, is_wanted=provtap)
            summary.seconds = time.monotonic() - started
            if dry_run:
                transaction.rollback()
        return summary

    return retry_while_unreachable(attempt)


class _Sync:
    """One sync in one transaction of the mirror's database."""

    def __init__(self, store: Store, connection: Connection, target: str) -> None:
        self._store = store
        self._connection = connection
        self._target = target
        self._cursor = cursor_of(connection)
        self._is_new = False

    def prepare(self) -> MirrorState | None:
        """Wait for this sync's turn, make the tables, and read what the mirror knows of itself."""
        configure_session(self._cursor)
        lock(self._cursor)
        self._is_new = prepare(self._connection, self._target)
        return read_state(self._cursor)

    def run(self, owned: Ownership, full: bool, replace: bool) -> Summary:
        state = owned.state
        numbers = RowNumbers(read_last_numbers(self._cursor, self._target))
        with self._store.viewing(settled=True) as view:
            if not replace:
                owned.check(view, self._cursor, self._target)
            why = "asked for" if full else reason_to_rebuild(state, view)
            updater = Updater(
                self._cursor, self._target, OWN_SCHEMA, numbers, is_empty=self._is_new
            )
            rebuild = None
            if why is None and state is not None:
                stage = Stage(self._cursor, self._target, OWN_SCHEMA)
                summary = Summary("incremental", turns=view.turn - state.last.turn)
                updater.write_changed(view, changed_subjects(view, state.last.turn), stage)
            else:
                rebuild = Rebuild(self._cursor, self._target)
                summary = Summary("full", why, view.turn)
                updater.write_all(view, rebuild)
            last, is_snapshot = last_turn(view), view.is_snapshot
        if rebuild is not None:
            rebuild.add_indexes()
            stage = rebuild.stage()
            updater = Updater(
                self._cursor,
                rebuild.schema,
                rebuild.schema,
                numbers,
                subject_count=updater.subject_count,
            )
        if not is_snapshot:
            last = self._catch_up(updater, stage, last)
        summary.subjects = updater.subject_count
        self._finish(summary, stage, rebuild, {} if state is None else state.rows)
        write_last_numbers(self._cursor, self._target, numbers)
        write_state(
            self._cursor, self._target, MirrorState(last, VERSION, summary.rows, owned.store)
        )
        with self._store.viewing() as view:
            summary.behind = view.turn - last.turn
        return summary

    def keep_provtap(self, summary: Summary, *, is_wanted: bool) -> None:
        """Make schema ``provenance`` where it is wanted, and fill it where anything changed.

        Raises:
            SettingsError: the mirror itself is in that schema.
            MirrorError: another program's tables are.
        """
        is_there = has_provtap(self._cursor)
        if is_wanted and not is_there:
            make_provtap(self._cursor, self._target)
        is_changed = any(
            each.inserted or each.updated or each.deleted for each in summary.counts.values()
        )
        if (is_there and is_changed) or (is_wanted and not is_there):
            fill_provtap(self._cursor)

    def _finish(
        self,
        summary: Summary,
        stage: Stage,
        rebuild: Rebuild | None,
        rows_before: Mapping[str, int],
    ) -> None:
        """Put what was staged into the tables, and new tables into their place; count the rows."""
        summary.counts = stage.merge()
        if rebuild is not None:
            rebuild.replace_old_tables()
            rows_before = {}
            summary.counts = {table: RowCounts(inserted=rebuild.rows[table]) for table in TABLES}
        for table, counts in summary.counts.items():
            before = rows_before.get(table, 0)
            summary.rows[table] = before + counts.inserted - counts.deleted

    def _catch_up(self, updater: Updater, stage: Stage, last: LastTurn) -> LastTurn:
        """Read again what was written while the store was read, until nothing was.

        Only a store that shows no snapshots needs this.
        """
        for _ in range(CATCH_UPS):
            with self._store.viewing() as view:
                if view.settled == last.turn:
                    break
                updater.write_changed(view, changed_subjects(view, last.turn), stage)
                last = last_turn(view)
        # The last turn is read as a writer, for whom all others wait: a view may show only a part
        # of it.
        with self._store.writing() as transaction:
            if transaction.turn != last.turn:
                changed = changed_subjects(transaction, last.turn)
                updater.write_changed(transaction, changed, stage)
            return last_turn(transaction)
