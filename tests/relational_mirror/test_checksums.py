"""The sums that PostgreSQL makes of its rows are those that we make of the same rows."""

from collections import Counter
from collections.abc import Iterable

import psycopg
import pytest

from provgraph.relational_mirror.checksums import SUMMED, RowGroup, groups_in_lines, groups_in_table
from provgraph.relational_mirror.lines import copy_line
from provgraph.relational_mirror.sql_parts import table_name

Row = tuple[str | int | None, ...]
ROWS: dict[str, list[Row]] = {
    "parameters": [
        ("run_a", "a", "1", None),
        ("run_b", "b", None, 7),
        ("run_c", "c", "", None),
        ("x", "longer than its key", "\\N", None),
        ("no name", None, "tab\tline\nback\\slash", 3),
        ("empty name", "", "\r\b\f\v", None),
        ("räube_größe", "größe", "µ 🔭", None),
        ("", "", None, None),
    ],
    "wasConfiguredBy": [
        (1, "Parameter", "run", None, "run_a"),
        (2, "Parameter", "run", None, "run_b"),
        (3, "ConfigFile", "run", "run_\tconfig", None),
        (4, None, None, None, None),
        (5, "Parameter", "run", None, "another's_größe"),
        (6, "Parameter", "", None, "x"),
        (-7, "", "räube\\", "", "räube\\_n"),
    ],
}
TYPES = {
    "parameters": 'id text, name text, value text, "parameterDescription_id" integer',
    "wasConfiguredBy": 'id integer, "artefactType" text, activity_id text, '
    '"configFile_id" text, parameter_id text',
}


def totals(groups: Iterable[RowGroup]) -> dict[str, tuple[int, int]]:
    rows: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for _, prefix, count, total in groups:
        rows[prefix] += count
        sums[prefix] += total
    return {prefix: (rows[prefix], sums[prefix]) for prefix in rows}


@pytest.mark.parametrize("table", SUMMED)
def test_postgresql_sums_up_as_we_do(table: str, mirror_url: str) -> None:
    with psycopg.connect(mirror_url) as connection, connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{table}" ({TYPES[table]})'.encode())
        values = ", ".join(["%s"] * len(ROWS[table][0]))
        cursor.executemany(f'INSERT INTO "{table}" VALUES ({values})'.encode(), ROWS[table])
        found = totals(groups_in_table(cursor, table, table_name("public", table)))
    assert found == totals(groups_in_lines(table, map(copy_line, ROWS[table])))
    assert sum(rows for rows, _ in found.values()) == len(ROWS[table])
