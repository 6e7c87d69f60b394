"""Records that people look for, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.vocabulary import Kind
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.relational import tables
from provgraph.store.relational.common_words import common_words
from provgraph.store.relational.named import named_nodes
from provgraph.store.relational.search_sql import SqlSearch
from provgraph.store.sought import without_entries


def search(
    connection: Connection, wanted: Filter, order: SortOrder, page: PageRequest
) -> FoundPage:
    """The records that people look for; see `provgraph.store.protocol.Questions.find`.

    Args:
        connection: to read on.
        wanted: which records; it searches.
        order: by time or by name.
        page: how many, and behind which.

    Returns:
        One page.

    Raises:
        StoreError: an older provgraph made the store, and no writer has come since.
    """
    cursor = Cursor.of(page.after, order)
    if connection.dialect.name == "postgresql":
        # Which index is the best depends on the words: a plan for any words may read a whole table.
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    if connection.execute(select(tables.search.c.key).limit(1)).first() is None:
        _refuse_older(connection)
        return FoundPage(())
    if wanted.search is not None and wanted.search.parameters:
        configured = connection.execute(select(tables.settings.c.number).limit(1)).first()
        if configured is None:
            return FoundPage(())
        if configured.number is None:
            raise without_entries()
    asked = wanted.search or Search()
    statement = SqlSearch(connection.dialect.name, asked, wanted.kinds)
    if not statement.can_find:
        return FoundPage(())
    rows = _looked_at(connection, statement, order, cursor, page)
    if rows is None or page.counted:
        statement.common = common_words(connection, asked.text)
    if rows is None:
        rows = connection.execute(*statement.reading(order, cursor, page.size + 1)).all()
    total = connection.execute(*statement.counting()).scalar_one() if page.counted else None
    keys = [bytes(row.key) for row in rows]
    nodes = named_nodes(connection, keys, tuple(Kind(row.kind) for row in rows))
    found = [
        (nodes.get(key), Cursor(order, row.value, key)) for key, row in zip(keys, rows, strict=True)
    ]
    return searched_page(found, page.size, total)


def _looked_at(
    connection: Connection,
    statement: SqlSearch,
    order: SortOrder,
    after: Cursor | None,
    page: PageRequest,
) -> Sequence[Row[Any]] | None:
    """The next rows of the answer where they are among the next entries of all; else None."""
    if not page.size:
        return []
    if statement.is_indexed:
        rows = connection.execute(*statement.looking(order, after, page.size + 1)).all()
        if len(rows) > page.size:  # one more tells that others follow
            return rows
    return None


def runs_query(dialect: str, wanted: Search, given: str) -> tuple[str, dict[str, Any]]:
    """The query for the keys of the runs that meet some conditions, as a part of larger ones.

    Args:
        dialect: of the database.
        wanted: the conditions.
        given: how the names of its parameters begin.

    Returns:
        The query with one column ``key``, and its parameters.
    """
    return SqlSearch(dialect, wanted, (Kind.ACTIVITY,), given).keys()


def _refuse_older(connection: Connection) -> None:
    for table in (tables.activity, tables.entity, tables.agent):
        if connection.execute(select(table.c.key).limit(1)).first() is not None:
            raise without_entries()
