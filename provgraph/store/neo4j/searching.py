"""Records that people look for, in Cypher: along a full-text index (`provgraph.store.terms`)."""

from collections.abc import Iterable, Iterator
from typing import Any

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, Search, SortOrder
from provgraph.model.vocabulary import NODE_LABEL, Kind
from provgraph.store.neo4j import records
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import NODE, node_from
from provgraph.store.neo4j.schema import TERMS, has_terms
from provgraph.store.neo4j.transaction import TAKE_TURN
from provgraph.store.paging import Cursor, searched_page
from provgraph.store.records import FoundPage
from provgraph.store.terms import Choice, Sought, sought, without_entries

_BY_TERMS = f"CALL db.index.fulltext.queryNodes('{TERMS}', ${{name}}) YIELD node AS n WHERE "
_BY_LABEL = "MATCH (n:{label}) WHERE "
#: Whether another node that a relation leads to has a term of each choice.
_RELATED = (
    "EXISTS {{ MATCH (n)-[:{type}]->(m) WHERE all(choice IN ${name} WHERE "
    "any(term IN choice WHERE (' ' + m.searchTerms + ' ') CONTAINS (' ' + term + ' '))) }}"
)
_EXTERNAL = "NOT EXISTS { MATCH (n)-[:WAS_GENERATED_BY]->() }"
#: Order → the property, and how the answer goes along it.
_ORDERS = {SortOrder.TIME: ("searchTime", "<", "DESC"), SortOrder.NAME: ("searchName", ">", "ASC")}


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
    if not has_terms(connection):
        raise without_entries()
    query = _CypherSearch(wanted.search or Search(), wanted.kinds)
    if not query.parts:
        return FoundPage(())
    total = connection.read(f"{query.text} RETURN count(n)", **query.asked)[0][0]
    value, beyond, way = _ORDERS[order]
    asked = query.asked | {"size": page.size + 1}
    behind = ""
    if cursor is not None:
        behind = (
            f"WITH n WHERE n.{value} {beyond} $value "
            f"OR (n.{value} = $value AND n.key {beyond} $key)"
        )
        asked |= {"value": cursor.value, "key": cursor.key.hex()}
    rows = connection.read(
        f"{query.text} {behind} WITH n ORDER BY n.{value} {way}, n.key {way} LIMIT $size "
        f"RETURN labels(n), n {NODE}, n.{value}",
        **asked,
    )
    found = []
    for labels, stored, said in rows:
        node = node_from(labels, stored)
        found.append((node, Cursor(order, said, node.key)))
    return searched_page(found, page.size, total)


class _CypherSearch:
    """What is asked for, as Cypher that finds each node ``n`` once."""

    def __init__(self, wanted: Search, kinds: tuple[Kind, ...]) -> None:
        self.asked: dict[str, Any] = {}
        self.parts = [part for each in sought(wanted, kinds) for part in self._parts(each)]
        self.text = f"CALL () {{ {' UNION ALL '.join(self.parts)} }}"

    def _parts(self, wanted: Sought) -> Iterator[str]:
        for kind in wanted.kinds:
            label = NODE_LABEL[kind]
            conditions = [f"n:{label}", *self._conditions(wanted)]
            found = _BY_LABEL.format(label=label)
            if wanted.choices:
                found = _BY_TERMS.format(name=self._given(_lucene(wanted.choices)))
            yield f"{found}{' AND '.join(conditions)} RETURN n"

    def _conditions(self, wanted: Sought) -> Iterator[str]:
        if wanted.since is not None:
            yield f"n.searchTime >= ${self._given(wanted.since)}"
        if wanted.until is not None:
            yield f"n.searchTime <= ${self._given(wanted.until)} AND n.searchTime > ''"
        if wanted.external:
            yield _EXTERNAL
        for relation, choices in wanted.related:
            name = self._given([list(choice) for choice in choices])
            yield _RELATED.format(type=relation.name, name=name)

    def _given(self, value: Any) -> str:
        """The name of a parameter that holds a value."""
        name = f"given{len(self.asked)}"
        self.asked[name] = value
        return name


def _lucene(choices: Iterable[Choice]) -> str:
    """A query in Lucene's syntax."""
    return " ".join(f"+({' '.join(choice)})" for choice in choices)


#: How many nodes one transaction makes searchable.
_PAGE = 1_000


def fill_entries(connection: Connection) -> None:
    """Make the records of an older provgraph searchable.

    Args:
        connection: to the database.
    """
    for kind in NAMED_KINDS:
        label, after = NODE_LABEL[kind], ""
        query = (
            f"MATCH (n:{label}) WHERE n.key > $after WITH n ORDER BY n.key LIMIT {_PAGE} "
            f"RETURN labels(n), n {NODE}"
        )
        while rows := connection.read(query, after=after):
            found = [node_from(labels, stored) for labels, stored in rows]
            rows_of = [
                {"key": node.key.hex(), "entry": records.entry_properties(node)} for node in found
            ]
            with connection.transaction(TAKE_TURN) as begun:
                begun.run(
                    f"UNWIND $rows AS row MATCH (n:{label} {{key: row.key}}) SET n += row.entry",
                    {"rows": rows_of},
                ).consume()
            after = found[-1].key.hex()
