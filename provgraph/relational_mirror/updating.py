"""Reads records from a store, compares them with what the mirror holds, and hands their rows on.

Where the rows go is the choice of the caller, who gives a sink: staging tables for what changed,
new tables for a full sync, or sums for a check.
"""

from collections.abc import Mapping, Sequence

from psycopg import sql

from provgraph.interchange.store_reader import StoreReader
from provgraph.model.records import batches
from provgraph.model.vocabulary import Kind
from provgraph.relational_mirror.batch import Batch, Sink, add_to_batch
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.description_index import DescriptionIndex
from provgraph.relational_mirror.mapping.keys import row_id
from provgraph.relational_mirror.mapping.rows import Settings
from provgraph.relational_mirror.mirrored_records import MirroredRecord, MirroredRecords
from provgraph.relational_mirror.parameters import ParameterBlocks
from provgraph.relational_mirror.record_reader import RecordReader
from provgraph.relational_mirror.records import KINDS, Record, key_of, status_value_id
from provgraph.relational_mirror.row_changes import (
    FreeKeys,
    RowChanges,
    block_changes,
    is_up_to_date,
    row_changes,
)
from provgraph.relational_mirror.row_keys import RowKeys
from provgraph.relational_mirror.row_numbers import RowNumbers
from provgraph.relational_mirror.settings_cache import SettingsCache
from provgraph.relational_mirror.sql_parts import table_name
from provgraph.store.journal import Subject, Subjects, subjects_in
from provgraph.store.views import View

#: How many subjects are read at once.
CHUNK = 500
#: How many rows are handed over at once, at least.
_ROWS = 10_000
_DESCRIPTION_KINDS = tuple(kind for kind in KINDS if kind.value.endswith("Description"))


def changed_subjects(view: View, turn: int) -> Subjects:
    """The subjects that later transactions may have changed.

    Args:
        view: of the store.
        turn: the last turn that is known.

    Returns:
        kind → ids.
    """
    return subjects_in(view.journal_from(turn + 1))


class Updater:
    """Brings a mirror up to date, or tells what that would write."""

    def __init__(
        self,
        cursor: Cursor,
        target: str,
        own: str,
        numbers: RowNumbers,
        *,
        is_empty: bool = False,
        subject_count: int = 0,
    ) -> None:
        """Take the mirror.

        Args:
            cursor: in its transaction.
            target: the schema with the published tables.
            own: the schema with the records.
            numbers: for new rows.
            is_empty: whether there is nothing in the mirror.
            subject_count: how many subjects were looked at before.
        """
        self.subject_count = subject_count
        self._cursor = cursor
        self._target = target
        self._numbers = numbers
        self._is_empty = is_empty
        self._mirrored = MirroredRecords(cursor, own)
        self._settings = SettingsCache(self._mirrored)
        self._row_keys = RowKeys(self._mirrored)
        self._free_keys: FreeKeys = {}
        self._blocks = ParameterBlocks()

    def write_all(self, view: View, sink: Sink) -> None:
        """Write all records of a view.

        Args:
            view: of the store.
            sink: takes the rows.
        """
        reader = StoreReader(view, CHUNK)
        records = RecordReader(reader, DescriptionIndex.read(reader))
        self._row_keys.expect_all_entities()
        for kind in KINDS:
            for ids in reader.pages(kind):
                self._write(reader, records, kind, ids, sink)

    def write_changed(self, view: View, subjects: Subjects, sink: Sink) -> None:
        """Write the records of some subjects, and of those whose rows depend on them.

        Args:
            view: of the store.
            subjects: kind → ids of the subjects that may have changed.
            sink: takes the rows.
        """
        reader = StoreReader(view, CHUNK)
        descriptions = DescriptionIndex.read(reader)
        records = RecordReader(reader, descriptions)
        affected = self._affected(view, reader, subjects, descriptions)
        for kind in KINDS:
            ids = sorted(affected.get(kind, ()))
            if kind is Subject.ENTITY:
                # Those that are gone first: what was stated of them may be stated of others now.
                left = {
                    each for some in batches(ids, CHUNK) for each in reader.known_entities(some)
                }
                ids.sort(key=left.__contains__)
            for some in batches(ids, CHUNK):
                self._write(reader, records, kind, some, sink)

    def _affected(
        self, view: View, reader: StoreReader, subjects: Subjects, descriptions: DescriptionIndex
    ) -> Subjects:
        """The subjects themselves, and those whose rows depend on them."""
        affected = {kind: set(subjects.get(kind, ())) for kind in KINDS}
        entities, activities = affected[Subject.ENTITY], affected[Subject.ACTIVITY]
        entities |= view.bearers(subjects.get(Subject.NAME, set()))
        suffix = status_value_id("")
        activities |= {each.removesuffix(suffix) for each in entities if each.endswith(suffix)}
        for ids in batches(sorted(entities), CHUNK):
            for stored in view.relations_of(Kind.ENTITY, ids):
                affected[Subject(stored.relation.source.kind.value)].add(stored.source)
        if any(affected[kind] for kind in _DESCRIPTION_KINDS):
            self._add_descriptions(reader, affected, descriptions)
        return affected

    def _add_descriptions(
        self, reader: StoreReader, affected: Subjects, descriptions: DescriptionIndex
    ) -> None:
        """Add what depends on descriptions: each other, and the rows of activities on their tool.

        All are few but the activities.
        """
        tools = set(affected[Subject.ACTIVITY_DESCRIPTION])
        for kind in _DESCRIPTION_KINDS:
            tools |= self._tools_of(reader, kind, sorted(affected[kind]))
            affected[kind].update(
                end.id for end in descriptions.ends if end.kind.value == kind.value
            )
        query = sql.SQL('SELECT id FROM {} WHERE "activityDescription_id" = ANY(%s)')
        keys = [row_id(Subject.ACTIVITY_DESCRIPTION, tool) for tool in tools]
        found = self._cursor.execute(query.format(table_name(self._target, "activities")), [keys])
        affected[Subject.ACTIVITY].update(row[0] for row in found)

    def _tools_of(self, reader: StoreReader, kind: Subject, ids: list[str]) -> set[str]:
        """The tools that some descriptions name, as they are and as they were."""
        now = reader.descriptions(Kind(kind.value), ids).values()
        before = self._mirrored.read(kind, ids).values()
        attributes = [
            *(each.attributes for each in now),
            *(each.record.content["attributes"] for each in before if each.is_readable),
        ]
        return {str(tool) for each in attributes for tool in each.get("activityDescription", ())}

    def _write(
        self,
        reader: StoreReader,
        record_reader: RecordReader,
        kind: Subject,
        ids: Sequence[str],
        sink: Sink,
    ) -> None:
        """Write the records of some subjects of one kind."""
        records = record_reader.records(kind, ids)
        mirrored = {} if self._is_empty else self._mirrored.read(kind, ids)
        same = {each for each, old in mirrored.items() if old.holds(records.get(each))}
        same |= {each for each in ids if each not in records and each not in mirrored}
        if not sink.takes_unchanged:
            ids = [each for each in ids if each not in same]
        mirrored = {key: old for key, old in mirrored.items() if key in same or old.is_readable}
        self.subject_count += len(ids)
        before = [old.record for each, old in mirrored.items() if each not in same]
        settings: Settings = {}
        if kind is Subject.ACTIVITY:
            settings = self._settings.settings_of(reader, [*records.values(), *before])
        changes = {
            each: self._changes(mirrored.get(each), records.get(each), settings) for each in ids
        }
        self._row_keys.note(kind, records.values(), changes)
        self._hand_over(reader, kind, records, mirrored, changes, sink)

    def _changes(
        self, mirrored: MirroredRecord | None, record: Record | None, settings: Settings
    ) -> RowChanges:
        """The rows of one subject; the parameters of an activity as a block where plain."""
        if (
            record is not None
            and record.kind is Subject.ACTIVITY
            and (mirrored is None or mirrored.holds(record))
        ):
            block = self._blocks.block_of(record, settings)
            if block is not None:
                return block_changes(mirrored, record, block, self._numbers, self._free_keys)
        return row_changes(mirrored, record, settings, self._numbers, self._free_keys)

    def _hand_over(
        self,
        reader: StoreReader,
        kind: Subject,
        records: Mapping[str, Record],
        mirrored: Mapping[str, MirroredRecord],
        changes: Mapping[str, RowChanges],
        sink: Sink,
    ) -> None:
        """Hand rows to the sink, many at a time."""
        cells = self._row_keys.cells(reader, changes.values())
        batch = Batch()
        for identifier, each in changes.items():
            record = records.get(identifier)
            if sink.sums_up and is_up_to_date(mirrored.get(identifier), record, each):
                batch.held += 1
                record = None
            add_to_batch(batch, sink, key_of(kind, identifier), record, each, cells)
            if batch.size > _ROWS:
                sink.write(batch)
                batch = Batch()
        if batch.owners:
            sink.write(batch)
