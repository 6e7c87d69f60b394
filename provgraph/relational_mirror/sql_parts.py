"""Parts of queries that several modules need, and COPY into a table."""

from collections.abc import Iterable

from psycopg import sql

from provgraph.relational_mirror.connection import Cursor


def table_name(schema: str, name: str) -> sql.Identifier:
    """Name a table of a schema.

    Args:
        schema: any name; it is quoted.
        name: of the table, or of another relation.

    Returns:
        The name for a query.
    """
    return sql.Identifier(schema, name)


def column_list(columns: Iterable[str]) -> sql.Composed:
    """List columns.

    Args:
        columns: their names; they are quoted.

    Returns:
        The names with commas between them.
    """
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def copy_lines(cursor: Cursor, query: sql.Composed, lines: Iterable[str]) -> None:
    """Send lines to a table.

    Args:
        cursor: in the transaction.
        query: ``COPY … FROM STDIN``.
        lines: as `provgraph.relational_mirror.lines.copy_line` makes them.
    """
    with cursor.copy(query) as copy:
        copy.write("".join(lines))
