"""The queries that read a ctaprov database.

All columns of all tables that are there are asked for, whichever they are. A column of a joined
table has a prefix in the answer, such as ``entity.name``.
"""

from collections.abc import Collection

from psycopg import sql

from provgraph.loaders.ctaprov.columns import ACTIVITY
from provgraph.loaders.ctaprov.layout import TABLES, RowReference, TableLayout


def fingerprint_query(layout: TableLayout, tables: Collection[str]) -> sql.Composed:
    """What tells the rows of tables from others, whatever order the rows are in.

    Args:
        layout: the tables.
        tables: those that count.

    Returns:
        A query with one row a table: its name, its number of rows, and two sums over the rows' MD5.
    """
    half = "sum(('x' || substr(h, {}, 15))::bit(60)::bigint)::text"
    each = sql.SQL(
        f"SELECT {{name}}, count(*), {half.format(1)}, "  # noqa: S608 - constants only
        f"{half.format(16)} FROM (SELECT md5(t::text) AS h FROM {{table}} AS t) AS rows"
    )
    return sql.SQL(" UNION ALL ").join(
        each.format(name=sql.Literal(name), table=layout.table(name))
        for name in TABLES
        if name in tables
    )


def _column_list(columns: list[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(columns)


def whole_table(layout: TableLayout, table: str) -> sql.Composed:
    """All rows of a table, sorted by its key.

    Args:
        layout: the tables.
        table: one that is there.
    """
    return sql.SQL("SELECT {} FROM {} t ORDER BY t.{}").format(
        _column_list(layout.values(table, "t")),
        layout.table(table),
        sql.Identifier(layout.key(table)),
    )


def _joined_entity(
    layout: TableLayout, on: sql.Composable
) -> tuple[sql.Composed, list[sql.Composable]]:
    """The join that leads to an entity and its rows of the finer tables; and their columns."""
    key = sql.Identifier(layout.key("entities"))
    join = sql.SQL(" LEFT JOIN {} e ON e.{} = {}").format(layout.table("entities"), key, on)
    columns = layout.values("entities", "e", "entity.")
    for table, alias in (("datasetEntities", "d"), ("valueEntities", "v")):
        if layout.has(table):
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = e.{}").format(
                layout.table(table),
                sql.Identifier(alias),
                sql.Identifier(alias),
                sql.Identifier(layout.key(table)),
                key,
            )
            columns += layout.values(table, alias, f"{table}.")
    return join, columns


def activities_by_key(layout: TableLayout) -> sql.Composed:
    """All activities, sorted by key as `files_by_activity` sorts.

    Args:
        layout: the tables.
    """
    return sql.SQL("SELECT {} FROM {} a ORDER BY {}").format(
        _column_list(layout.values("activities", "a")),
        layout.table("activities"),
        layout.ordered("activities", "a", layout.key("activities")),
    )


def unused_rows(layout: TableLayout, table: str, reference: str) -> sql.Composed:
    """The parameters or configuration files that configure nothing.

    Args:
        layout: the tables.
        table: ``parameters`` or ``configFiles``.
        reference: the column of ``wasConfiguredBy`` that refers to that table.
    """
    key = sql.Identifier(layout.key(table))
    return sql.SQL(
        "SELECT {} FROM {} t WHERE NOT EXISTS (SELECT 1 FROM {} w WHERE w.{} = t.{}) ORDER BY t.{}"
    ).format(
        _column_list(layout.values(table, "t")),
        layout.table(table),
        layout.table("wasConfiguredBy"),
        sql.Identifier(reference),
        key,
        key,
    )


def entities_by_key(layout: TableLayout) -> sql.Composed:
    """All entities, each with its rows of the finer tables, sorted by key.

    Args:
        layout: the tables.
    """
    key = layout.key("entities")
    join, columns = _joined_entity(layout, sql.Identifier("x", key))
    return sql.SQL("SELECT {} FROM {} x{} ORDER BY {}").format(
        _column_list(columns), layout.table("entities"), join, layout.ordered("entities", "x", key)
    )


def files_by_activity(layout: TableLayout, table: str) -> sql.Composed:
    """Inputs or outputs with their entities, sorted by activity; those without come last.

    Args:
        layout: the tables.
        table: ``used`` or ``wasGeneratedBy``.
    """
    activity, entity = (
        layout.reference(table, "activity") or "",
        layout.reference(table, "entity") or "",
    )
    join, columns = _joined_entity(layout, sql.Identifier("r", entity))
    return _by_activity(layout, table, activity, join, columns)


def configuration_by_activity(layout: TableLayout) -> sql.Composed | None:
    """Parameters and configuration files, sorted by activity; those without come last.

    Args:
        layout: the tables.

    Returns:
        The query; None when no table says what configured an activity.
    """
    table = "wasConfiguredBy"
    activity = layout.reference(table, "activity") if layout.has(table) else None
    if activity is None:
        return None
    join, columns = sql.Composed([]), []
    for name, other, alias in (
        ("parameter", "parameters", "p"),
        ("configFile", "configFiles", "c"),
    ):
        reference = layout.reference(table, name)
        if layout.has(other) and reference is not None:
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = r.{}").format(
                layout.table(other),
                sql.Identifier(alias),
                sql.Identifier(alias),
                sql.Identifier(layout.key(other)),
                sql.Identifier(reference),
            )
            columns += layout.values(other, alias, f"{other}.")
    return _by_activity(layout, table, activity, join, columns)


def _by_activity(
    layout: TableLayout,
    table: str,
    activity: str,
    join: sql.Composed,
    columns: list[sql.Composable],
) -> sql.Composed:
    key = sql.SQL("r.{} AS {}").format(sql.Identifier(activity), sql.Identifier(ACTIVITY))
    return sql.SQL("SELECT {} FROM {} r{} ORDER BY {} NULLS LAST, r.{}").format(
        _column_list([key, *layout.values(table, "r"), *columns]),
        layout.table(table),
        join,
        layout.ordered(table, "r", activity),
        sql.Identifier(layout.key(table)),
    )


def relations_with_ends(
    layout: TableLayout, table: str, source: RowReference, target: RowReference
) -> sql.Composed:
    """Rows of a relation, each with the columns of the records at its ends.

    Args:
        layout: the tables.
        table: the relation's table.
        source: the effect; its columns come behind ``s.``.
        target: the cause; its columns come behind ``t.``.
    """
    join, columns = sql.Composed([]), layout.values(table, "r")
    for side, end in (("s", source), ("t", target)):
        column = sql.Identifier("r", layout.reference(table, end.column) or end.column)
        if not layout.has(end.table):
            continue
        alias = sql.Identifier(side)
        join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = {}").format(
            layout.table(end.table), alias, alias, sql.Identifier(layout.key(end.table)), column
        )
        columns += layout.values(
            end.table, side, f"{side}.entity." if end.table == "entities" else f"{side}."
        )
        if end.table == "entities" and layout.has("datasetEntities"):
            alias = sql.Identifier(f"{side}d")
            join += sql.SQL(" LEFT JOIN {} {} ON {}.{} = {}").format(
                layout.table("datasetEntities"),
                alias,
                alias,
                sql.Identifier(layout.key("datasetEntities")),
                column,
            )
            columns += layout.values("datasetEntities", f"{side}d", f"{side}.datasetEntities.")
    return sql.SQL("SELECT {} FROM {} r{} ORDER BY r.{}").format(
        _column_list(columns), layout.table(table), join, sql.Identifier(layout.key(table))
    )
