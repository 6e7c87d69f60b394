"""Records as the mirror holds them, with the keys of their rows.

The keys of a record's links are kept as runs of consecutive numbers.

Example:
    >>> packed({"used": [3, 4, 5, 9]})
    '{"used":[[3,5],[9,9]]}'
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.mapping.mappers import rows_of
from provgraph.relational_mirror.records import Record, content_of, key_of
from provgraph.relational_mirror.sql_parts import table_name
from provgraph.relational_mirror.tables import RECORD
from provgraph.store.journal import Subject

#: Table → the keys of a record's links, in the order of `rows_of`.
RowIds = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class MirroredRecord:
    """A record as the mirror holds it; most are compared by their texts alone.

    Attributes:
        kind: what the subject is.
        id: the store's id.
        type: the finer kind.
        text: the content, as JSON.
        row_id: the key of an entity's row; None of other records.
        packed_ids: the keys of the links, as `packed` writes them.
    """

    kind: Subject
    id: str
    type: str | None
    text: str
    row_id: str | None
    packed_ids: str

    @cached_property
    def record(self) -> Record:
        """The record.

        Raises:
            ValueError: somebody has damaged it.
        """
        return Record(self.kind, self.id, content_of(self.text), self.type)

    @cached_property
    def row_ids(self) -> RowIds:
        """The keys of the links."""
        return unpacked(self.packed_ids)

    @property
    def is_readable(self) -> bool:
        """Whether rows can be made of it; a record that somebody has damaged counts as none."""
        try:
            rows_of(self.record, {})
        except (ValueError, TypeError, LookupError, AttributeError):
            return False
        return True

    def holds(self, record: Record | None) -> bool:
        """Compare with what the store says now.

        Args:
            record: of the store; None when it has none.

        Returns:
            Whether both say the same.
        """
        return record is not None and record.text == self.text and record.type == self.type


class MirroredRecords:
    """Reads records from the mirror."""

    def __init__(self, cursor: Cursor, schema: str) -> None:
        """Take the mirror.

        Args:
            cursor: in the transaction.
            schema: of the table with the records.
        """
        self._cursor = cursor
        self._query = sql.SQL(
            "SELECT id, type, row_id, content, row_ids FROM {} WHERE key = ANY(%s)"
        ).format(table_name(schema, RECORD))

    def read(self, kind: Subject, ids: Iterable[str]) -> dict[str, MirroredRecord]:
        """Read what the mirror holds of subjects.

        Args:
            kind: of the subjects.
            ids: of the subjects in the store.

        Returns:
            id → the record, of those among these that the mirror has.
        """
        keys = [key_of(kind, each) for each in ids]
        found = self._cursor.execute(self._query, [keys], prepare=True).fetchall() if keys else []
        return {
            identifier: MirroredRecord(kind, identifier, type_name, content, row_id, row_ids)
            for identifier, type_name, row_id, content, row_ids in found
        }


def packed(ids: RowIds) -> str:
    """Write the keys of links as the mirror keeps them.

    Args:
        ids: table → keys.

    Returns:
        JSON: table → the first and the last key of each run of consecutive keys.
    """
    return json.dumps(
        {table: list(_runs(some)) for table, some in ids.items()}, separators=(",", ":")
    )


def unpacked(text: str) -> dict[str, list[int]]:
    """Read the keys of links.

    Args:
        text: as `packed` wrote it.

    Returns:
        table → keys.
    """
    return {
        table: [number for first, last in runs for number in range(first, last + 1)]
        for table, runs in json.loads(text).items()
    }


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(numbers) + 1):
        if index == len(numbers) or numbers[index] != numbers[index - 1] + 1:
            yield numbers[start], numbers[index - 1]
            start = index
