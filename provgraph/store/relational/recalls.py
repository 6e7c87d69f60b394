"""The runs that recalls mean, in SQL."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select, text

from provgraph.model.filters import Search
from provgraph.model.recalls import Recall, ToolVersion, UsesOfPath
from provgraph.store.relational import records, tables
from provgraph.store.relational.searching import runs_query
from provgraph.store.sought import meets, runs_choices
from provgraph.store.terms import number_of

#: When a run read a file.
_TIME_OF_USE = "coalesce(relation.time, activity.start_time, activity.end_time, '')"
_USERS = (
    "SELECT relation.source AS key FROM relation CROSS JOIN activity "
    "WHERE relation.place = :{place} AND relation.type = 'used' "
    "AND activity.key = relation.source{span}"
)


def runs_of(
    connection: Connection, recall: Recall, among: Collection[bytes] | None = None
) -> set[bytes]:
    """The runs that a recall means; see `provgraph.store.tainting.Taints.runs_of`.

    Args:
        connection: to read on.
        recall: the rule.
        among: the keys of the runs that are asked about; None for all.

    Returns:
        Their keys.
    """
    if among is None:
        query, asked = meant_runs(connection.dialect.name, recall, "asked")
        return {bytes(key) for key in connection.execute(text(query), asked).scalars()}
    if isinstance(recall, ToolVersion):
        return _of_version(connection, recall, among)
    return _readers(connection, recall, among)


def meant_runs(dialect: str, recall: Recall, given: str) -> tuple[str, dict[str, Any]]:
    """The query for the runs that a recall means, as a part of larger ones.

    Args:
        dialect: of the database.
        recall: the rule.
        given: how the names of its parameters begin.

    Returns:
        The query with one column ``key``, and its parameters.
    """
    if isinstance(recall, ToolVersion):
        return runs_query(dialect, _search_of(recall), given)
    asked: dict[str, Any] = {f"{given}place": records.name_key(recall.place)}
    span = ""
    for name, sign, time in (("since", ">=", recall.since), ("until", "<=", recall.until)):
        if time is not None:
            use = f"{_TIME_OF_USE}{tables.plainly(dialect)}"
            span += f" AND {use} {sign} :{given}{name} AND {_TIME_OF_USE} > ''"
            asked[f"{given}{name}"] = time
    return _USERS.format(place=f"{given}place", span=span), asked


def _search_of(recall: ToolVersion) -> Search:
    return Search(tools=(recall.tool,), versions=(recall.version,))


def _of_version(
    connection: Connection, recall: ToolVersion, among: Collection[bytes]
) -> set[bytes]:
    table, choices = tables.search.c, runs_choices(_search_of(recall))
    rows = records.in_chunks(
        connection, select(table.key, table.terms), table.number.in_, map(number_of, among)
    )
    return {bytes(row.key) for row in rows if meets(row.terms, choices)}


def _readers(connection: Connection, recall: UsesOfPath, among: Collection[bytes]) -> set[bytes]:
    relation, run = tables.relation.c, tables.activity.c
    time = func.coalesce(relation.time, run.start_time, run.end_time, "")
    # Asked along the runs, of which each has few inputs: a path may have a million readers.
    query = (
        select(relation.source, relation.place, time.label("time"))
        .join(tables.activity, run.key == relation.source)
        .where(relation.type == "used")
    )
    place, since, until = records.name_key(recall.place), recall.since or "", recall.until or ""
    return {
        bytes(row.source)
        for row in records.in_chunks(connection, query, relation.source.in_, among)
        if row.place is not None
        and bytes(row.place) == place
        and (not since or row.time >= since)
        and (not until or "" < row.time <= until)
    }
