"""Sinks for a comparison: the rows that the store's records have are handed over or added up."""

from collections.abc import Callable, Iterable

from provgraph.relational_mirror.batch import Batch
from provgraph.relational_mirror.row_sums import TableSums
from provgraph.relational_mirror.tables import RECORD

#: Takes the lines of a table.
TakeLines = Callable[[str, Iterable[str]], None]


class LineSink:
    """Hands over lines; those of tools, which all activities of a tool share, only once."""

    takes_unchanged = True
    sums_up = False

    def __init__(self, take: TakeLines) -> None:
        """Begin with nothing.

        Args:
            take: is called with a table and its lines.
        """
        self._take = take
        self._shared: set[str] = set()

    def prefix(self, _: bytes) -> str:
        """Lines are compared as they are in the tables, with nothing before their cells.

        Args:
            _: the key of the subject.
        """
        return ""

    def write(self, batch: Batch) -> None:
        """Hand over lines.

        Args:
            batch: of rows.
        """
        for table, lines in batch.lines.items():
            if table == "activityDescriptions":
                new = [line for line in dict.fromkeys(lines) if line not in self._shared]
                self._shared.update(new)
                self._take(table, new)
            else:
                self._take(table, lines)


class SummingSink(LineSink):
    """Adds up rows, the parameters of an activity together, and records that the mirror holds."""

    sums_up = True

    def __init__(self, sums: TableSums) -> None:
        """Begin with nothing.

        Args:
            sums: rows are added there.
        """
        super().__init__(sums.add_rows)
        self._sums = sums

    def write(self, batch: Batch) -> None:
        """Add up rows.

        Args:
            batch: of rows.
        """
        super().write(batch)
        self._sums.counts[RECORD] += batch.held
        for block, numbers in batch.parameters:
            self._sums.add_groups(block.sums(numbers))
