"""The keys that sequences supply, counted here and written back to the sequences at the end."""

from collections.abc import Mapping

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor
from provgraph.relational_mirror.sql_parts import table_name
from provgraph.relational_mirror.tables import NUMBERED, SEQUENCES


class RowNumbers:
    """Gives new rows their keys."""

    def __init__(self, last: Mapping[str, int]) -> None:
        """Begin behind the keys that are there.

        Args:
            last: table → its last key, of each of `NUMBERED`.
        """
        self.last = dict(last)

    def take(self, table: str) -> int:
        """Take a new key.

        Args:
            table: one of `NUMBERED`.

        Returns:
            The key behind the last one.
        """
        self.last[table] += 1
        return self.last[table]


def read_last_numbers(cursor: Cursor, target: str) -> dict[str, int]:
    """Read the last key of each table that a sequence numbers, whoever took it.

    Args:
        cursor: of the mirror.
        target: the schema of the published tables.

    Returns:
        table → the last key; 0 where none was taken.
    """
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


def write_last_numbers(cursor: Cursor, target: str, numbers: RowNumbers) -> None:
    """Let the sequences go on behind the last keys.

    Args:
        cursor: of the mirror.
        target: the schema of the published tables.
        numbers: the keys that were taken.
    """
    for name, (table, _) in SEQUENCES.items():
        if numbers.last.get(table):
            sequence = table_name(target, name).as_string(cursor)
            cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, numbers.last[table]])
