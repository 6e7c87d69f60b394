"""Compares a view of a store with a snapshot of a mirror, row by row, in bounded memory.

Sums tell where the two differ; only what is there is then held and compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from psycopg import sql

from provgraph.relational_mirror.batch import Sink
from provgraph.relational_mirror.checksums import SUMMED, groups_in_table
from provgraph.relational_mirror.comparison_sinks import LineSink, SummingSink, TakeLines
from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.row_numbers import RowNumbers, read_last_numbers
from provgraph.relational_mirror.row_sums import (
    BucketSums,
    TableSums,
    bucket_of,
    differing_buckets,
    key_in,
)
from provgraph.relational_mirror.sql_parts import column_list, table_name
from provgraph.relational_mirror.tables import COLUMNS, OWN_SCHEMA, RECORD, RECORD_COLUMNS, TABLES
from provgraph.relational_mirror.updating import Updater
from provgraph.store.views import View

_SHOWN_COLUMNS = 120
_COMPARED = (*TABLES, RECORD)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as it should be.

    Attributes:
        what: ``missing``, ``extra`` or ``different``.
        table: its table.
        key: its key.
        expected: its columns as the store says them, tab-separated; None of an extra row.
        found: its columns in the mirror; None of a missing row.
    """

    what: str
    table: str
    key: str
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        """For people."""
        columns = self.found if self.expected is None else self.expected
        text = f"{self.what:9}  {self.table}  {self.key}  {_shortened(columns or '')}"
        return f"{text}  is: {_shortened(self.found or '')}" if self.what == "different" else text


def _shortened(columns: str) -> str:
    rest = columns.partition("\t")[2].replace("\t", " | ")
    return rest if len(rest) <= _SHOWN_COLUMNS else rest[:_SHOWN_COLUMNS] + "…"


class Comparison:
    """One comparison of a view of the store with a snapshot of the mirror."""

    def __init__(
        self,
        cursor: Cursor,
        target: str,
        view: View,
        second_cursor: Callable[[], AbstractContextManager[Cursor]],
    ) -> None:
        """Take both sides.

        Args:
            cursor: of the mirror, in a snapshot.
            target: the schema of the published tables.
            view: of the store.
            second_cursor: opens another cursor in the same snapshot, for another thread.
        """
        self._cursor = cursor
        self._second_cursor = second_cursor
        self._target = target
        self._view = view
        self._last_numbers = read_last_numbers(cursor, target)
        self._expected = TableSums()

    @property
    def row_counts(self) -> dict[str, int]:
        """Table → how many rows the store expects, once `differences` has run."""
        return {table: self._expected.counts[table] for table in TABLES}

    def differences(self) -> list[Difference]:
        """Compare.

        Returns:
            Every row that is not as it should be.
        """
        with ThreadPoolExecutor(1) as executor:
            # PostgreSQL sums up its rows while the store is read.
            summing = executor.submit(self._sum_up_mirror)
            self._write_expected(SummingSink(self._expected))
            found = summing.result()
        differing = [table for table in _COMPARED if self._expected.of(table) != found.of(table)]
        if not differing:
            return []
        return [
            difference
            for buckets in self._differing_buckets(differing)
            for difference in self._differences_in(buckets)
        ]

    def _differing_buckets(self, tables: Sequence[str]) -> Iterable[Mapping[str, set[int]]]:
        """The buckets in which both sides of these tables differ."""
        expected, found = BucketSums(tables), BucketSums(tables)
        self._write_expected(LineSink(expected.add))
        for table in tables:
            found.add(table, self._lines(table, self._cursor))
        return differing_buckets(expected, found)

    def _sum_up_mirror(self) -> TableSums:
        """The sums of the mirror's tables, as the same snapshot has them."""
        found = TableSums()
        with self._second_cursor() as cursor:
            for table in _COMPARED:
                if table in SUMMED:
                    name = table_name(self._target, table)
                    found.add_groups(groups_in_table(cursor, table, name))
                elif table == RECORD:  # each that the store has was compared when it was read
                    found.counts[table] = _row_count(cursor, table_name(OWN_SCHEMA, table))
                else:
                    found.add(table, self._lines(table, cursor))
        return found

    def _write_expected(self, sink: Sink) -> None:
        """Hand over the rows that the store's records have, with the mirror's generated keys."""
        numbers = RowNumbers(self._last_numbers)
        Updater(self._cursor, self._target, OWN_SCHEMA, numbers).write_all(self._view, sink)

    def _lines(self, table: str, cursor: Cursor) -> Iterator[str]:
        """The rows of the mirror's table, as COPY writes them."""
        columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
        schema = OWN_SCHEMA if table == RECORD else self._target
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
            column_list(columns), table_name(schema, table)
        )
        with cursor.copy(query) as copy:
            for block in copy:
                # One row a block.
                yield bytes(block).decode()

    def _differences_in(self, buckets: Mapping[str, set[int]]) -> Iterator[Difference]:
        """Compare the rows in some buckets."""
        expected: dict[tuple[str, str], str] = {}
        found: dict[tuple[str, str], str] = {}
        self._write_expected(LineSink(_gatherer(expected, buckets)))
        for table in buckets:
            _gatherer(found, buckets)(table, self._lines(table, self._cursor))
        for table, key in sorted(expected.keys() | found.keys()):
            one, other = expected.get((table, key)), found.get((table, key))
            if one != other:
                what = "missing" if other is None else "extra" if one is None else "different"
                yield Difference(what, table, key, one, other)


def _gatherer(rows: dict[tuple[str, str], str], buckets: Mapping[str, set[int]]) -> TakeLines:
    """Makes a function that keeps the lines of rows in some buckets, by table and key."""

    def gather(table: str, lines: Iterable[str]) -> None:
        wanted = buckets.get(table, ())
        for line in lines if wanted else ():
            key = key_in(line)
            if bucket_of(key) in wanted:
                rows[table, key] = line.rstrip("\n")

    return gather


def _row_count(cursor: Cursor, table: sql.Identifier) -> int:
    (count,) = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone() or (0,)
    return int(count)
