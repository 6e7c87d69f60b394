"""Brings a mirror up to date.

Reads what the store's journal names, or all, and writes it in one transaction.

A sync that is killed leaves the mirror as it was; one that runs twice finds nothing to do.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from psycopg import sql
from sqlalchemy import Connection

from provgraph.model.batches import batches
from provgraph.model.records import End
from provgraph.model.vocabulary import Kind
from provgraph.relational_mirror import mapping
from provgraph.relational_mirror.connection import Cursor, connected, cursor_of, lock
from provgraph.relational_mirror.mapping import Reference, Settings, Value, row_id, rows_of
from provgraph.relational_mirror.parameters import Blocks
from provgraph.relational_mirror.rebuilding import Rebuild
from provgraph.relational_mirror.records import (
    KINDS,
    Described,
    Gatherer,
    Record,
    key_of,
    status_value_id,
)
from provgraph.relational_mirror.schema import prepare
from provgraph.relational_mirror.settling import (
    Freed,
    Kept,
    Numbers,
    Settled,
    packed,
    settled,
    settled_activity,
)
from provgraph.relational_mirror.staging import (
    RECORD,
    Batch,
    Changed,
    Counts,
    Sink,
    Stage,
    line,
    table_name,
)
from provgraph.relational_mirror.tables import NUMBERED, OWN_SCHEMA, SEQUENCES, TABLES
from provgraph.store.journal import Subject, Subjects, pages, subjects_in
from provgraph.store.protocol import Store
from provgraph.store.records import EntityRecord, JournalEntry
from provgraph.store.views import View
from provgraph.store.waiting import retry_while_unreachable

T = TypeVar("T")
#: How many subjects are read at once.
CHUNK = 500
#: How many rows are handed over at once, at least.
_ROWS = 10_000
#: How often a store that shows no snapshots is read again before loaders have to wait.
CATCH_UPS = 5
_SETTINGS_KEPT = 5_000
_GUIDS_HELD = 200_000
_DESCRIPTION_KINDS = tuple(kind for kind in KINDS if kind.value.endswith("Description"))
_NUMBERED_KINDS = (Subject.PARAMETER_DESCRIPTION, Subject.CONFIG_FILE_DESCRIPTION)


@dataclass(frozen=True, slots=True)
class State:
    """What a mirror knows of itself.

    Attributes:
        turn: the last turn of the store that is in it.
        mark: of that turn's journal entry; None where there was none.
        mapping: the version of the mapping that made its rows.
        rows: how many it has, by table.
    """

    turn: int
    mark: bytes | None
    mapping: int
    rows: Mapping[str, int]


@dataclass
class Summary:
    """What a sync did.

    Attributes:
        mode: ``full`` or ``incremental``.
        why: why all was copied; None otherwise.
        turns: how many of the store's transactions it brought.
        behind: how many came since it began to read.
        subjects: how many records it looked at.
        counts: what changed, by table.
        rows: how many rows there are, by table.
        seconds: how long it took.
    """

    mode: str
    why: str | None = None
    turns: int = 0
    behind: int = 0
    subjects: int = 0
    counts: Counts = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def sync(
    store: Store,
    url: str,
    *,
    password: str | None = None,
    schema: str = "public",
    full: bool = False,
    dry_run: bool = False,
) -> Summary:
    """Make the mirror equal to the store.

    Args:
        store: where the provenance is.
        url: ``postgresql://USER@HOST:5432/DATABASE`` of the mirror.
        password: of the mirror's database, instead of one in the URL.
        schema: for the published tables.
        full: whether to make all tables anew.
        dry_run: whether to undo everything at the end.

    Raises:
        UnreachableError: store or mirror went away, and stayed away; nothing is half done.
        MirrorError: the database holds something else, or refuses.
    """
    return retry_while_unreachable(lambda: _sync(store, url, password, schema, full, dry_run))


def _sync(
    store: Store, url: str, password: str | None, schema: str, full: bool, dry_run: bool
) -> Summary:
    started = time.monotonic()
    with connected(url, password) as connection, connection.begin() as transaction:
        summary = _Sync(store, connection, schema).run(full)
        summary.seconds = time.monotonic() - started
        if dry_run:
            transaction.rollback()
    return summary


class _Sync:
    """One sync in one transaction of the mirror's database."""

    def __init__(self, store: Store, connection: Connection, target: str) -> None:
        self._store = store
        self._connection = connection
        self._target = target
        self._cursor = cursor_of(connection)

    def run(self, full: bool) -> Summary:
        set_up(self._cursor)
        lock(self._cursor)
        is_new = prepare(self._connection, self._target)
        state = state_of(self._cursor)
        numbers = Numbers(last_numbers(self._cursor, self._target))
        with self._store.viewing(settled=True) as view:
            why = "asked for" if full else _reason_for_all(state, view)
            work = Work(self._cursor, self._target, OWN_SCHEMA, numbers, is_empty=is_new)
            if why is None and state is not None:
                stage = Stage(self._cursor, self._target, OWN_SCHEMA)
                summary = Summary("incremental", turns=view.turn - state.turn)
                work.bring(view, _changed(view, state.turn), stage)
            else:
                rebuild = Rebuild(self._cursor, self._target)
                summary = Summary("full", why, view.turn)
                work.bring_all(view, rebuild)
            reached, is_snapshot = _reached(view), view.is_snapshot
        if summary.mode == "full":
            rebuild.index()
            stage = rebuild.stage()
            work = Work(self._cursor, rebuild.schema, rebuild.schema, numbers, seen=work.seen)
        if not is_snapshot:
            reached = self._catch_up(work, stage, reached)
        summary.subjects = work.seen
        summary.counts = stage.merge()
        if summary.mode == "full":
            rebuild.put_in_place()
            summary.counts = {table: Changed(inserted=rebuild.rows[table]) for table in TABLES}
        _set_numbers(self._cursor, self._target, numbers)
        before = {} if state is None or summary.mode == "full" else state.rows
        for table, changed in summary.counts.items():
            summary.rows[table] = before.get(table, 0) + changed.inserted - changed.deleted
        self._note(State(*reached, mapping.VERSION, summary.rows))
        with self._store.viewing() as view:
            summary.behind = view.turn - reached[0]
        return summary

    def _catch_up(
        self, work: "Work", stage: Stage, reached: tuple[int, bytes | None]
    ) -> tuple[int, bytes | None]:
        """Read again what was written while a store that shows no snapshots was read, until nothing
        was.
        """
        for _ in range(CATCH_UPS):
            with self._store.viewing() as view:
                if view.settled == reached[0]:
                    break
                work.bring(view, _changed(view, reached[0]), stage)
                reached = _reached(view)
        # The last turn is read as a writer, for whom all others wait: a view may show only a part
        # of it.
        with self._store.writing() as last:
            if last.turn != reached[0]:
                work.bring(last, _changed(last, reached[0]), stage)
            return _reached(last)

    def _note(self, state: State) -> None:
        self._cursor.execute(f"DELETE FROM {OWN_SCHEMA}.mirror")  # noqa: S608 - our own name
        self._cursor.execute(
            f"INSERT INTO {OWN_SCHEMA}.mirror (one, target, turn, mark, mapping, rows, synced_at) "  # noqa: S608
            "VALUES (1, %s, %s, %s, %s, %s, %s)",
            [
                self._target,
                state.turn,
                state.mark,
                state.mapping,
                json.dumps(state.rows),
                datetime.now(UTC),
            ],
        )


def set_up(cursor: Cursor) -> None:
    """Settings of the session on which the texts of values depend, and none that end a long
    transaction.
    """
    for setting in (
        "datestyle = ISO",
        "timezone = UTC",
        "statement_timeout = 0",
        "jit = off",
        "idle_in_transaction_session_timeout = 0",
        "standard_conforming_strings = on",
    ):
        cursor.execute(sql.SQL("SET LOCAL {}").format(sql.SQL(setting)))


def state_of(cursor: Cursor) -> State | None:
    """What the mirror knows of itself; None before the first sync."""
    row = cursor.execute(f"SELECT turn, mark, mapping, rows FROM {OWN_SCHEMA}.mirror").fetchone()  # noqa: S608
    return None if row is None else State(row[0], row[1], row[2], json.loads(row[3]))


def _reason_for_all(state: State | None, view: View) -> str | None:
    """Why the journal does not do; None when it does."""
    if state is None:
        return "first sync"
    if state.mapping != mapping.VERSION:
        return "the rows of another version of provgraph"
    entries = view.journal_from(state.turn)
    if state.turn > 0:
        first = next(entries, None)
        if first is None or first.turn != state.turn or first.mark != state.mark:
            return "the store is another one, or was put back to an earlier state"
    count = sum(1 for _ in entries)
    return (
        None
        if count >= view.settled - state.turn
        else "the store's journal does not go back so far"
    )


def _changed(view: View, turn: int) -> Subjects:
    """The subjects that transactions after this turn may have changed."""
    return subjects_in(view.journal_from(turn + 1))


def _reached(view: View) -> tuple[int, bytes | None]:
    """The turn up to which everything is visible, and its mark."""
    entry: JournalEntry | None = next(view.journal_from(view.settled), None)
    return view.settled, None if entry is None else bytes(entry.mark)


class Work:
    """Reads records from views, compares them with what the mirror holds, and hands rows to a sink."""

    def __init__(
        self,
        cursor: Cursor,
        target: str,
        own: str,
        numbers: Numbers,
        *,
        is_empty: bool = False,
        seen: int = 0,
    ) -> None:
        """Take the mirror.

        Args:
            cursor: in its transaction.
            target: the schema with its tables.
            own: the schema with its records.
            numbers: for new rows.
            is_empty: whether there is nothing in it.
            seen: how many subjects were looked at before.
        """
        self.seen = seen
        self._cursor = cursor
        self._target = target
        self._own = own
        self._numbers = numbers
        self._is_empty = is_empty
        self._settings: OrderedDict[str, Mapping[str, object]] = OrderedDict()
        self._row_numbers: dict[Reference, int] = {}
        self._freed: Freed = {}
        self._blocks = Blocks()
        self._guids: dict[str, str] | None = None

    def bring_all(self, view: View, sink: Sink) -> None:
        """Write all records of the view."""
        gatherer = Gatherer(view, Described.read(view, CHUNK))
        self._guids = {}
        for kind in KINDS:
            for ids in pages(view, kind, CHUNK):
                self._bring(view, gatherer, kind, ids, sink)

    def bring(self, view: View, subjects: Subjects, sink: Sink) -> None:
        """Write the records of these subjects, and of those whose rows depend on them."""
        gatherer = Gatherer(view, described := Described.read(view, CHUNK))
        affected = self._affected(view, subjects, described)
        for kind in KINDS:
            ids = sorted(affected.get(kind, ()))
            if kind is Subject.ENTITY:
                # Those that are gone first: what was stated of them may be stated of others now.
                left = {each for some in batches(ids, CHUNK) for each in view.entities(some)}
                ids.sort(key=left.__contains__)
            for some in batches(ids, CHUNK):
                self._bring(view, gatherer, kind, some, sink)

    def _affected(self, view: View, subjects: Subjects, described: Described) -> Subjects:
        affected = {kind: set(subjects.get(kind, ())) for kind in KINDS}
        entities, activities = affected[Subject.ENTITY], affected[Subject.ACTIVITY]
        entities |= view.bearers(subjects.get(Subject.NAME, set()))
        suffix = status_value_id("")
        activities |= {each.removesuffix(suffix) for each in entities if each.endswith(suffix)}
        for ids in batches(sorted(entities), CHUNK):
            for stored in view.relations_of(Kind.ENTITY, ids):
                affected[Subject(stored.relation.source.kind.value)].add(stored.source)
        if any(affected[kind] for kind in _DESCRIPTION_KINDS):
            self._add_described(view, affected, described)
        return affected

    def _add_described(self, view: View, affected: Subjects, described: Described) -> None:
        """Descriptions refer to each other, and the rows of runs to those of their tool.

        All are few but the runs.
        """
        tools = set(affected[Subject.ACTIVITY_DESCRIPTION])
        for kind in _DESCRIPTION_KINDS:
            changed = sorted(affected[kind])
            now = view.descriptions([End(Kind(kind.value), each) for each in changed]).values()
            before = (
                kept.record.content["attributes"]
                for kept in filter(_is_readable, self._kept(kind, changed).values())
            )
            for attributes in (*(each.attributes for each in now), *before):
                tools.update(map(str, attributes.get("activityDescription", ())))
            affected[kind].update(end.id for end in described.ends if end.kind.value == kind.value)
        query = sql.SQL('SELECT id FROM {} WHERE "activityDescription_id" = ANY(%s)')
        keys = [row_id(Subject.ACTIVITY_DESCRIPTION, tool) for tool in tools]
        found = self._cursor.execute(query.format(table_name(self._target, "activities")), [keys])
        affected[Subject.ACTIVITY].update(row[0] for row in found)

    def _bring(
        self, view: View, gatherer: Gatherer, kind: Subject, ids: Sequence[str], sink: Sink
    ) -> None:
        records = gatherer.records(kind, ids)
        kept = {} if self._is_empty else self._kept(kind, ids)
        same = {each for each, old in kept.items() if old.holds(records.get(each))}
        same |= {each for each in ids if each not in records and each not in kept}
        if not sink.takes_unchanged:
            ids = [each for each in ids if each not in same]
        kept = {each: old for each, old in kept.items() if each in same or _is_readable(old)}
        self.seen += len(ids)
        before = [old.record for each, old in kept.items() if each not in same]
        settings = (
            self._settings_of(view, [*records.values(), *before])
            if kind is Subject.ACTIVITY
            else {}
        )
        found = {each: self._settled(kept.get(each), records.get(each), settings) for each in ids}
        self._note_numbers(kind, found)
        if kind is Subject.ENTITY:
            self._note_guids(records.values())
        resolved = self._resolved(view, found.values())
        batch = Batch()
        for identifier, each in found.items():
            owner = key_of(kind, identifier)
            record = records.get(identifier)
            if sink.sums_up and _is_held(kept.get(identifier), record, each):
                batch.held += 1
                record = None
            _add_to(batch, owner, sink.prefix(owner), record, each, resolved, sums_up=sink.sums_up)
            if batch.size > _ROWS:
                sink.write(batch)
                batch = Batch()
        if batch.owners:
            sink.write(batch)

    def _settled(self, kept: Kept | None, record: Record | None, settings: Settings) -> Settled:
        if (
            record is not None
            and record.kind is Subject.ACTIVITY
            and (kept is None or kept.holds(record))
        ):
            block = self._blocks.of(record, settings)
            if block is not None:
                return settled_activity(kept, record, block, self._numbers, self._freed)
        return settled(kept, record, settings, self._numbers, self._freed)

    def _kept(self, kind: Subject, ids: Iterable[str]) -> dict[str, Kept]:
        """What the mirror holds of subjects."""
        query = sql.SQL(
            "SELECT id, type, row_id, content, row_ids FROM {} WHERE key = ANY(%s)"
        ).format(table_name(self._own, RECORD))
        keys = [key_of(kind, each) for each in ids]
        found = self._cursor.execute(query, [keys], prepare=True).fetchall() if keys else []
        return {
            identifier: Kept(kind, identifier, type_of, content, key, row_ids)
            for identifier, type_of, key, content, row_ids in found
        }

    def _settings_of(self, view: View, records: Iterable[Record]) -> Settings:
        """The settings of activities, as they are and as they were."""
        keys = {key for record in records for key in record.content["settings"]}
        unknown = [key for key in keys if key not in self._settings]
        for key, each in view.settings(unknown).items():
            self._settings[key] = {"name": each.name, "values": each.values}
        gone = [key for key in unknown if key not in self._settings]
        for key, old in self._kept(Subject.SETTINGS, gone).items():
            self._settings[key] = old.record.content
        found = {key: self._settings[key] for key in keys if key in self._settings}
        while len(self._settings) > _SETTINGS_KEPT:
            self._settings.popitem(last=False)
        return found

    def _note_numbers(self, kind: Subject, found: Mapping[str, Settled]) -> None:
        """Keep the keys of descriptions that parameters and configuration files refer to."""
        if kind in _NUMBERED_KINDS:
            for identifier, each in found.items():
                for ids in each.row_ids.values():
                    self._row_numbers[Reference(kind, identifier)] = ids[0]

    def _resolved(self, view: View, found: Iterable[Settled]) -> dict[Reference, Value]:
        """The keys of the rows that are referred to."""
        references = {
            value
            for each in found
            for rows in (
                *each.rows.plain.values(),
                *([link.values for link in links] for links in each.rows.links.values()),
            )
            for row in rows
            for value in row
            if isinstance(value, Reference)
        }
        entities = {each.id for each in references if each.kind is Subject.ENTITY}
        # Only a stronger name can hide a GUID.
        hiding = [each for each in entities if each.startswith("product:")]
        guids = self._guids
        if guids is None:
            guids = _hidden_guids(view.entities(hiding).values())
        resolved: dict[Reference, Value] = {}
        for reference in references:
            if reference.kind is Subject.ENTITY:
                resolved[reference] = guids.get(reference.id) or row_id(
                    Subject.ENTITY, reference.id
                )
            else:
                resolved[reference] = self._number(reference)
        return resolved

    def _note_guids(self, records: Iterable[Record]) -> None:
        """While all is read, entities come before the runs that refer to them.

        Unless there are too many to hold.
        """
        if self._guids is not None:
            named = ((each.id, each.content["identifiers"]) for each in records)
            self._guids |= {
                name: row_id(Subject.ENTITY, name, others)
                for name, others in named
                if _hides(name, others)
            }
            if len(self._guids) > _GUIDS_HELD:
                self._guids = None

    def _number(self, reference: Reference) -> int | None:
        if reference not in self._row_numbers:
            kept = self._kept(reference.kind, [reference.id]).get(reference.id)
            ids = (
                [number for some in kept.row_ids.values() for number in some]
                if kept is not None
                else []
            )
            if not ids:
                return None
            self._row_numbers[reference] = ids[0]
        return self._row_numbers[reference]


def _hides(name: str, identifiers: Iterable[str]) -> bool:
    """Whether the row's key is not the one that the id alone would give."""
    return name.startswith("product:") and any(each.startswith("guid:") for each in identifiers)


def _hidden_guids(entities: Iterable[EntityRecord]) -> dict[str, str]:
    hiding = (each for each in entities if _hides(each.id, each.identifiers))
    return {each.id: row_id(Subject.ENTITY, each.id, each.identifiers) for each in hiding}


def _is_readable(kept: Kept) -> bool:
    """Whether it can be compared.

    One that somebody has damaged counts as none, and its rows are made anew.
    """
    try:
        rows_of(kept.record, {})
    except (ValueError, TypeError, LookupError, AttributeError):
        return False
    return True


def _add_to(
    batch: Batch,
    owner: bytes,
    prefix: str,
    record: Record | None,
    settled: Settled,
    resolved: Mapping[Reference, Value],
    *,
    sums_up: bool,
) -> None:
    batch.owners.append(owner)

    def text(values: Iterable[Value | Reference]) -> str:
        return prefix + line(
            [resolved[value] if isinstance(value, Reference) else value for value in values]
        )

    for table, rows in settled.rows.plain.items():
        batch.lines[table] += map(text, rows)
    left = dict(settled.row_ids)
    if settled.block is not None:
        count = len(settled.block)
        numbers, left["wasConfiguredBy"] = (
            left.get("wasConfiguredBy", ())[:count],
            left.get("wasConfiguredBy", ())[count:],
        )
        if sums_up:
            batch.parameters.append((settled.block, numbers))
        else:
            batch.lines["parameters"] += settled.block.rows(prefix)
            batch.lines["wasConfiguredBy"] += settled.block.links(prefix, numbers)
    for table, links in settled.rows.links.items():
        batch.lines[table] += [
            text((number, *link.values)) for number, link in zip(left[table], links, strict=True)
        ]
    batch.gone += [(owner, table, str(key)) for table, keys in settled.gone.items() for key in keys]
    if record is not None:
        batch.lines[RECORD].append(prefix + record_line(record, settled))


def _is_held(kept: Kept | None, record: Record | None, settled: Settled) -> bool:
    """Whether the mirror has the record, all of its columns."""
    if kept is None or record is None or not kept.holds(record):
        return False
    return (kept.row_id, kept.packed_ids) == (_row_id(record), packed(settled.row_ids))


def record_line(record: Record, settled: Settled) -> str:
    """A record as a line of COPY."""
    return line(
        (
            f"\\x{record.key.hex()}",
            record.kind.value,
            record.id,
            record.type,
            _row_id(record),
            record.text,
            packed(settled.row_ids),
        )
    )


def _row_id(record: Record) -> str | None:
    """The key of an entity's row."""
    if record.kind is not Subject.ENTITY:
        return None
    return row_id(record.kind, record.id, record.content["identifiers"])


def last_numbers(cursor: Cursor, target: str) -> dict[str, int]:
    """The last key of each table that a sequence numbers, whoever took it."""
    last = {}
    for name, (table, column) in SEQUENCES.items():
        if table in NUMBERED:
            query = sql.SQL(
                "SELECT greatest((SELECT coalesce(max({}), 0) FROM {}), "
                "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}))"
            )
            names = sql.Identifier(column), table_name(target, table), table_name(target, name)
            (last[table],) = cursor.execute(query.format(*names)).fetchone() or (0,)
    return last


def _set_numbers(cursor: Cursor, target: str, numbers: Numbers) -> None:
    for name, (table, _) in SEQUENCES.items():
        if numbers.last.get(table):
            sequence = table_name(target, name).as_string(cursor)
            cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, numbers.last[table]])
