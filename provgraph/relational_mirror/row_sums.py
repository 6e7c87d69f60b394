"""The number of rows and the sum of their hashes, by which two sides are compared.

One sum for each table tells most often that nothing differs. Sums in many buckets, by the keys of
the rows, tell where something does. Memory is bounded however many rows there are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from provgraph.model.records import batches
from provgraph.relational_mirror.checksums import SUMMED, RowGroup, groups_in_lines

_BUCKETS = 4096
#: How many rows of each side are held at once.
_HELD = 100_000
#: How many hashes are added up at once.
_ADDED = 10_000


class TableSums:
    """The number of rows and the sum of their hashes, by table."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.counts: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()

    def add(self, table: str, lines: Iterable[str]) -> None:
        """Count rows.

        Args:
            table: of the rows.
            lines: the rows as COPY writes them.
        """
        for some in batches(lines, _ADDED):
            self.counts[table] += len(some)
            self.sums[table] += sum(map(hash, some))

    def add_rows(self, table: str, lines: Iterable[str]) -> None:
        """Count rows, in groups where PostgreSQL sums up those of the same table in groups.

        Args:
            table: of the rows.
            lines: the rows as COPY writes them.
        """
        if table in SUMMED:
            self.add_groups(groups_in_lines(table, lines))
        else:
            self.add(table, lines)

    def add_groups(self, groups: Iterable[RowGroup]) -> None:
        """Count the rows of groups.

        Args:
            groups: of any table; the parts of a group add up to the whole.
        """
        for table, prefix, rows, total in groups:
            self.counts[table] += rows
            self.sums[table] += hash(prefix) * total

    def of(self, table: str) -> tuple[int, int]:
        """Tell what was counted.

        Args:
            table: any table.

        Returns:
            The number of rows and the sum.
        """
        return self.counts[table], self.sums[table]


class BucketSums:
    """The number of rows and the sum of their hashes, by table and bucket."""

    def __init__(self, tables: Sequence[str]) -> None:
        """Begin at nothing.

        Args:
            tables: whose rows are counted; all others are left out.
        """
        self.counts: dict[str, Counter[int]] = {table: Counter() for table in tables}
        self.sums: dict[str, Counter[int]] = {table: Counter() for table in tables}

    def add(self, table: str, lines: Iterable[str]) -> None:
        """Count rows.

        Args:
            table: of the rows.
            lines: the rows as COPY writes them.
        """
        if table in self.counts:
            for line in lines:
                bucket = bucket_of(key_in(line))
                self.counts[table][bucket] += 1
                self.sums[table][bucket] += hash(line)


def key_in(line: str) -> str:
    """The key of a row: its first cell.

    Args:
        line: the row as COPY writes it.

    Returns:
        The cell, escaped as in the line.
    """
    return line.rstrip("\n").partition("\t")[0]


def bucket_of(key: str) -> int:
    """The bucket of a row.

    Args:
        key: of the row.

    Returns:
        A number, the same for the same key within one process.
    """
    return hash(key) % _BUCKETS


def differing_buckets(expected: BucketSums, found: BucketSums) -> Iterator[Mapping[str, set[int]]]:
    """Tell where two sides differ.

    Args:
        expected: the sums of one side.
        found: the sums of the other side, of the same tables.

    Yields:
        table → buckets, so many at a time that their rows can be held.
    """
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
