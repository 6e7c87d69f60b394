"""OPUS's tables in a file of SQLite."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from provgraph.loaders.opus.tables import SECRETS, TABLES, JobTables, Row
from provgraph.model.values import storable_text


class SqliteTables(JobTables):
    """The tables of a file that nobody writes to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection.

        Args:
            connection: to the file.
        """
        self._connection = connection
        connection.text_factory = bytes
        found = {
            table: frozenset(str(_text(name)) for (name,) in connection.execute(_COLUMNS, [table]))
            for table in TABLES
        }
        self._columns = {table: columns - SECRETS for table, columns in found.items() if columns}

    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns of each table that is there, without secrets."""
        return self._columns

    def rows(self, table: str, order: tuple[str, ...]) -> Iterator[Row]:
        """Read a table.

        Args:
            table: one that is there.
            order: the columns to sort by.

        Yields:
            The rows, their values as texts.
        """
        names = sorted(self._columns[table])
        columns = ", ".join(f'"{each}"' for each in names)
        by = ", ".join(f'"{each}"' for each in order)
        query = f'SELECT {columns} FROM "{table}" ORDER BY {by}'  # noqa: S608 - names of its own
        with closing(self._connection.execute(query)) as found:
            yield from (dict(zip(names, map(_text, row), strict=True)) for row in found)


_COLUMNS = "SELECT name FROM pragma_table_info(?)"


def _text(value: bytes | int | float | None) -> str | None:
    """A value as a text: what is no UTF-8 is told by its escapes."""
    if value is None:
        return None
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    return storable_text(text)


@contextmanager
def opened(path: Path) -> Iterator[SqliteTables]:
    """Open a file, of which nothing is changed.

    Args:
        path: of the file, which nobody writes to.

    Yields:
        its tables.

    Raises:
        sqlite3.Error: the file is damaged.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield SqliteTables(connection)
