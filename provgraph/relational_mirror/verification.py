"""Compares a mirror with its store, row by row, in bounded memory.

Sums over the rows of both sides, in many buckets by their keys, tell where they differ; only what
is in those buckets is then held and compared. Before that, one sum for each table tells most often
that nothing differs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial

from psycopg import sql

from provgraph.errors import MirrorError
from provgraph.model.batches import batches
from provgraph.relational_mirror import mapping
from provgraph.relational_mirror.checksums import SUMMED, Group, groups_in, groups_of
from provgraph.relational_mirror.connection import Cursor, connected, cursor_of
from provgraph.relational_mirror.schema import recognised
from provgraph.relational_mirror.settling import Numbers
from provgraph.relational_mirror.staging import RECORD, Batch, Sink, names, table_name
from provgraph.relational_mirror.syncing import Work, last_numbers, set_up, state_of
from provgraph.relational_mirror.tables import COLUMNS, OWN_SCHEMA, RECORD_COLUMNS, TABLES
from provgraph.store.protocol import Store
from provgraph.store.views import View
from provgraph.store.waiting import retry_while_unreachable

_BUCKETS = 4096
#: How many rows of each side are held at once.
_HELD = 100_000
#: How often a store that shows no snapshots is compared again when it was written to meanwhile.
_ATTEMPTS = 3
_SHOWN_COLUMNS = 120
#: How many hashes are added up at once.
_ADDED = 10_000
_COMPARED = (*TABLES, RECORD)
Take = Callable[[str, Iterable[str]], None]


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
        shown = self.found if self.expected is None else self.expected
        text = f"{self.what:9}  {self.table}  {self.key}  {_short(shown or '')}"
        return f"{text}  is: {_short(self.found or '')}" if self.what == "different" else text


def _short(columns: str) -> str:
    rest = columns.partition("\t")[2].replace("\t", " | ")
    return rest if len(rest) <= _SHOWN_COLUMNS else rest[:_SHOWN_COLUMNS] + "…"


@dataclass
class Verdict:
    """What a comparison found.

    Attributes:
        rows: how many rows were expected, by table.
        behind: how many of the store's transactions the mirror does not have yet.
        differences: every row that is not as it should be.
    """

    rows: dict[str, int] = field(default_factory=dict)
    behind: int = 0
    differences: list[Difference] = field(default_factory=list)


def verify(
    store: Store, url: str, *, password: str | None = None, schema: str = "public"
) -> Verdict:
    """Compare the mirror with the store; nothing is written.

    Args:
        store: where the provenance is.
        url: of the mirror, as in `provgraph.relational_mirror.syncing.sync`.
        password: of the mirror's database.
        schema: of the published tables.

    Raises:
        UnreachableError: store or mirror went away.
        MirrorError: there is no mirror.
    """
    for _ in range(_ATTEMPTS):
        verdict, is_settled = retry_while_unreachable(lambda: _verify(store, url, password, schema))
        if is_settled or not verdict.differences:
            break
    return verdict


def _verify(store: Store, url: str, password: str | None, schema: str) -> tuple[Verdict, bool]:
    with connected(url, password) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            if not recognised(connection, schema):
                raise MirrorError(
                    f"there is no mirror in schema {schema}; `provgraph sync` makes it"
                )
            cursor = cursor_of(connection)
            set_up(cursor)
            (snapshot,) = cursor.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            beside = partial(_beside, url, password, snapshot)
            state = state_of(cursor)
            if state is None or state.mapping != mapping.VERSION:
                raise MirrorError(
                    "the mirror was made by another version of provgraph; sync it first"
                )
            with store.viewing(settled=True) as view:
                verdict = _Comparison(cursor, schema, view, beside).verdict()
                verdict.behind = view.turn - state.turn
            with store.viewing() as later:
                return verdict, view.is_snapshot or later.turn == view.turn


@contextmanager
def _beside(url: str, password: str | None, snapshot: str) -> Iterator[Cursor]:
    """A second connection to the mirror, which sees what the first sees."""
    with connected(url, password) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            cursor = cursor_of(connection)
            cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
            set_up(cursor)
            yield cursor


class _Comparison:
    """One comparison of a view of the store with a snapshot of the mirror."""

    def __init__(
        self,
        cursor: Cursor,
        target: str,
        view: View,
        beside: Callable[[], AbstractContextManager[Cursor]],
    ) -> None:
        """Take the mirror's cursor, and how to get another one that sees the same."""
        self._cursor = cursor
        self._beside = beside
        self._target = target
        self._view = view
        self._last = last_numbers(cursor, target)

    def verdict(self) -> Verdict:
        expected = _Totals()
        with ThreadPoolExecutor(1) as executor:
            # PostgreSQL sums up its rows while the store is read.
            summed = executor.submit(self._found)
            self._bring(_Summing(expected))
            found = summed.result()
        verdict = Verdict({table: expected.counts[table] for table in TABLES})
        differing = [table for table in _COMPARED if expected.of(table) != found.of(table)]
        if differing:
            for buckets in self._groups(differing):
                verdict.differences += self._differences(buckets)
        return verdict

    def _groups(self, tables: Sequence[str]) -> Iterable[Mapping[str, set[int]]]:
        """The buckets in which both sides of these tables differ."""
        expected, found = _Sums(tables), _Sums(tables)
        self._expect(expected.add)
        for table in tables:
            found.add(table, self._lines(table, self._cursor))
        return _groups(expected, found)

    def _found(self) -> "_Totals":
        """The totals of the mirror's tables, as the same snapshot has them."""
        found = _Totals()
        with self._beside() as cursor:
            for table in _COMPARED:
                if table in SUMMED:
                    found.add_groups(groups_in(cursor, table, table_name(self._target, table)))
                elif table == RECORD:  # each that the store has was compared when it was read
                    found.counts[table] = _count(cursor, table_name(OWN_SCHEMA, table))
                else:
                    found.add(table, self._lines(table, cursor))
        return found

    def _expect(self, take: Take) -> None:
        """Hand over the rows that the store's records have, with the keys that the mirror gave
        them.
        """
        self._bring(_Lines(take))

    def _bring(self, sink: Sink) -> None:
        Work(self._cursor, self._target, OWN_SCHEMA, Numbers(self._last)).bring_all(
            self._view, sink
        )

    def _lines(self, table: str, cursor: Cursor) -> Iterator[str]:
        """The rows of the mirror's table, as COPY writes them."""
        columns = RECORD_COLUMNS if table == RECORD else COLUMNS[table]
        home = OWN_SCHEMA if table == RECORD else self._target
        statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
            names(columns), table_name(home, table)
        )
        with cursor.copy(statement) as copy:
            for block in copy:
                # One row a block.
                yield bytes(block).decode()

    def _differences(self, buckets: Mapping[str, set[int]]) -> Iterator[Difference]:
        """Compare the rows in some buckets."""
        expected: dict[tuple[str, str], str] = {}
        found: dict[tuple[str, str], str] = {}

        def take(rows: dict[tuple[str, str], str]) -> Take:
            def add(table: str, lines: Iterable[str]) -> None:
                wanted = buckets.get(table, ())
                for text in map(_without_end, lines if wanted else ()):
                    key = text.partition("\t")[0]
                    if _bucket(key) in wanted:
                        rows[table, key] = text

            return add

        self._expect(take(expected))
        for table in buckets:
            take(found)(table, self._lines(table, self._cursor))
        for table, key in sorted(expected.keys() | found.keys()):
            one, other = expected.get((table, key)), found.get((table, key))
            if one != other:
                what = "missing" if other is None else "extra" if one is None else "different"
                yield Difference(what, table, key, one, other)


def _count(cursor: Cursor, table: sql.Identifier) -> int:
    (count,) = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone() or (0,)
    return int(count)


class _Lines:
    """A sink that hands over lines; those of tools, which are shared by all their runs, once."""

    takes_unchanged = True
    sums_up = False

    def __init__(self, take: Take) -> None:
        self._take = take
        self._shared: set[str] = set()

    def prefix(self, _: bytes) -> str:
        """Lines are compared as they are in the tables."""
        return ""

    def write(self, batch: Batch) -> None:
        """Hand over the lines."""
        for table, lines in batch.lines.items():
            if table == "activityDescriptions":
                new = [line for line in dict.fromkeys(lines) if line not in self._shared]
                self._shared.update(new)
                self._take(table, new)
            else:
                self._take(table, lines)


class _Summing(_Lines):
    """A sink that adds up.

    The parameters of a run together, and the records that the mirror holds.
    """

    sums_up = True

    def __init__(self, totals: "_Totals") -> None:
        super().__init__(totals.add_rows)
        self._totals = totals

    def write(self, batch: Batch) -> None:
        """Add rows."""
        super().write(batch)
        self._totals.counts[RECORD] += batch.held
        for parameters, numbers in batch.parameters:
            self._totals.add_groups(parameters.sums(numbers))


class _Totals:
    """The number of rows and the sum of their hashes, by table."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()

    def add(self, table: str, lines: Iterable[str]) -> None:
        """Count rows."""
        for some in batches(lines, _ADDED):
            self.counts[table] += len(some)
            self.sums[table] += sum(map(hash, some))

    def add_rows(self, table: str, lines: Iterable[str]) -> None:
        """Count rows, of tables that are summed up by PostgreSQL as it does."""
        if table in SUMMED:
            self.add_groups(groups_of(table, lines))
        else:
            self.add(table, lines)

    def add_groups(self, groups: Iterable[Group]) -> None:
        """Count the rows of groups; those of parts of a group add up to those of the group."""
        for table, of, rows, total in groups:
            self.counts[table] += rows
            self.sums[table] += hash(of) * total

    def of(self, table: str) -> tuple[int, int]:
        """The number and the sum."""
        return self.counts[table], self.sums[table]


class _Sums:
    """The number of rows and the sum of their hashes, by table and bucket."""

    def __init__(self, tables: Sequence[str]) -> None:
        self.counts: dict[str, Counter[int]] = {table: Counter() for table in tables}
        self.sums: dict[str, Counter[int]] = {table: Counter() for table in tables}

    def add(self, table: str, lines: Iterable[str]) -> None:
        """Count rows of one of the tables."""
        if table in self.counts:
            for text in lines:
                bucket = _bucket(_without_end(text).partition("\t")[0])
                self.counts[table][bucket] += 1
                self.sums[table][bucket] += hash(text)


def _without_end(text: str) -> str:
    return text.rstrip("\n")


def _bucket(key: str) -> int:
    return hash(key) % _BUCKETS


def _groups(expected: _Sums, found: _Sums) -> Iterable[Mapping[str, set[int]]]:
    """The buckets in which both sides differ, so many at a time as can be held."""
    group: dict[str, set[int]] = {}
    held = 0
    for table, sums in expected.sums.items():
        for bucket in range(_BUCKETS):
            if sums[bucket] != found.sums[table][bucket]:
                group.setdefault(table, set()).add(bucket)
                held += max(expected.counts[table][bucket], found.counts[table][bucket])
                if held >= _HELD:
                    yield group
                    group, held = {}, 0
    if group:
        yield group
