"""Parts of queries."""

import psycopg
from psycopg import sql

from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.sql_parts import column_list, copy_lines, table_name


def test_any_name_is_quoted() -> None:
    assert table_name('a"b', "wasGeneratedBy").as_string(None) == '"a""b"."wasGeneratedBy"'
    assert column_list(["id", "classType"]).as_string(None) == '"id", "classType"'


def test_copied_lines_are_the_rows(mirror_url: str) -> None:
    rows = [("a\tb\\", None), ("é\n", 'q"')]
    with psycopg.connect(mirror_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE texts (a text, b text)")
        query = sql.SQL("COPY texts ({}) FROM STDIN").format(column_list("ab"))
        copy_lines(cursor, query, map(copy_line, rows))
        assert cursor.execute("SELECT a, b FROM texts").fetchall() == rows
