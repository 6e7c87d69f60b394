"""Records that people look for, in SQL: along the index of terms (`provgraph.store.terms`)."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, select, text

from provgraph.model.filters import Filter, PageRequest, Search, SortOrder
from provgraph.model.vocabulary import Kind
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.relational import tables
from provgraph.store.relational.named import named_nodes
from provgraph.store.terms import Choice, Sought, sought, without_entries

_BY_TERMS = {
    "sqlite": (
        "search_terms CROSS JOIN search",
        "search_terms MATCH :{name} AND search.number = search_terms.rowid",
    ),
    "postgresql": ("search", "CAST(search.terms AS tsvector) @@ CAST(:{name} AS tsquery)"),
}
_RELATED = (
    "search.key IN (SELECT relation.source FROM {tables} CROSS JOIN relation "
    "WHERE {terms} AND relation.target = search.key AND relation.type = :{type})"
)
_EXTERNAL = (
    "NOT EXISTS (SELECT 1 FROM relation WHERE relation.source = search.key "
    "AND relation.type = 'wasGeneratedBy')"
)
#: Order → the column, and how the answer goes along it.
_ORDERS = {SortOrder.TIME: ("time", "<", "DESC"), SortOrder.NAME: ("name", ">", "ASC")}


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
    if connection.execute(select(tables.search.c.key).limit(1)).first() is None:
        _refuse_older(connection)
        return FoundPage(())
    statement = _SqlSearch(connection.dialect.name, wanted.search or Search(), wanted.kinds)
    if not statement.parts:
        return FoundPage(())
    total = connection.execute(*statement.counting()).scalar_one()
    rows = connection.execute(*statement.reading(order, cursor, page.size + 1)).all()
    keys = [bytes(row.key) for row in rows]
    nodes = named_nodes(connection, keys, tuple(Kind(row.kind) for row in rows))
    found = [
        (nodes.get(key), Cursor(order, row.value, key)) for key, row in zip(keys, rows, strict=True)
    ]
    return searched_page(found, page.size, total)


def _refuse_older(connection: Connection) -> None:
    for table in (tables.activity, tables.entity, tables.agent):
        if connection.execute(select(table.c.key).limit(1)).first() is not None:
            raise without_entries()


class _SqlSearch:
    """What is asked for, as SQL."""

    def __init__(self, dialect: str, wanted: Search, kinds: tuple[Kind, ...]) -> None:
        self._tables, self._terms = _BY_TERMS[dialect]
        self._query_of = _fts5 if dialect == "sqlite" else _tsquery
        self._asked: dict[str, Any] = {}
        #: What finds the entries, each by one of these.
        self.parts = [part for each in sought(wanted, kinds) for part in self._parts(each)]

    def counting(self) -> tuple[Any, dict[str, Any]]:
        counts = " + ".join(f"(SELECT count(*) FROM {part})" for part in self.parts)  # noqa: S608 - our own names
        return text(f"SELECT {counts}"), self._asked

    def reading(self, order: SortOrder, after: Cursor | None, size: int) -> tuple[Any, Any]:
        column, beyond, way = _ORDERS[order]
        asked = self._asked | {"size": size}
        behind = ""
        if after is not None:
            behind = f" AND (search.{column}, search.key) {beyond} (:value, :key)"
            asked |= {"value": after.value, "key": after.key}
        # The best of each part, where it can along an index, then the best of all of them.
        ordered = f"ORDER BY value {way}, key {way} LIMIT :size"
        found = " UNION ALL ".join(
            f"SELECT * FROM (SELECT search.key AS key, search.kind AS kind, "  # noqa: S608 - our own names
            f"search.{column} AS value FROM {part}{behind} "
            f"ORDER BY search.{column} {way}, search.key {way} LIMIT :size) AS part"
            for part in self.parts
        )
        return text(f"SELECT key, kind, value FROM ({found}) AS found {ordered}"), asked  # noqa: S608

    def _parts(self, wanted: Sought) -> Iterator[str]:
        if wanted.choices:
            # The terms are looked up once for all kinds.
            terms = self._terms.format(name=self._given(self._query_of(wanted.choices)))
            yield f"{self._tables} WHERE {terms} AND {self._rest(wanted, wanted.kinds)}"
            return
        for kind in wanted.kinds:
            yield f"search WHERE {self._rest(wanted, (kind,))}"

    def _rest(self, wanted: Sought, kinds: tuple[Kind, ...]) -> str:
        """The conditions besides those of the entry's own terms."""
        given = ", ".join(f":{self._given(kind.value)}" for kind in kinds)
        return " AND ".join((f"search.kind IN ({given})", *self._conditions(wanted)))

    def _conditions(self, wanted: Sought) -> Iterator[str]:
        if wanted.since is not None:
            yield f"search.time >= :{self._given(wanted.since)}"
        if wanted.until is not None:
            yield f"search.time <= :{self._given(wanted.until)} AND search.time > ''"
        if wanted.external:
            yield _EXTERNAL
        for relation, choices in wanted.related:
            terms = self._terms.format(name=self._given(self._query_of(choices)))
            yield _RELATED.format(
                tables=self._tables, terms=terms, type=self._given(relation.value)
            )

    def _given(self, value: str) -> str:
        """The name of a parameter that holds a value."""
        name = f"given{len(self._asked)}"
        self._asked[name] = value
        return name


def _fts5(choices: Iterable[Choice]) -> str:
    """A query of SQLite's full-text index."""
    return " AND ".join(f"({' OR '.join(choice)})" for choice in choices)


def _tsquery(choices: Iterable[Choice]) -> str:
    """A query of PostgreSQL's."""
    return " & ".join(
        f"({' | '.join(term.replace('*', ':*') for term in choice)})" for choice in choices
    )
