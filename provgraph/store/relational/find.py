"""Records that meet a filter, in SQL.

Each condition of the filter is one query along an index; a record has to be found by all of them.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from provgraph.model.filters import Filter, PageRequest, SortOrder, Version
from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Node
from provgraph.model.records import key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store import nodes
from provgraph.store.records import Found, FoundPage
from provgraph.store.relational import records, tables


class _Match(NamedTuple):
    """A record that one condition leads to; see `Found`."""

    key: bytes
    rank: int
    place: str | None = None


def find(connection: Connection, wanted: Filter, order: SortOrder, page: PageRequest) -> FoundPage:
    """The records that meet a filter; see `provgraph.store.protocol.Questions.find`.

    Args:
        connection: to read on.
        wanted: which records.
        order: in which order.
        page: how many, and behind which.

    Returns:
        One page.
    """
    matches = _matches(connection, wanted)
    known = named_nodes(connection, {each.key for each in matches}, wanted.kinds)
    found = (Found(known[each.key], each.rank, each.place) for each in matches if each.key in known)
    return nodes.found_page(found, order, page)


def named_nodes(
    connection: Connection, keys: Collection[bytes], kinds: Collection[Kind]
) -> dict[bytes, Node]:
    """Entities, activities and agents by key.

    Args:
        connection: to read on.
        keys: of the records.
        kinds: those that are wanted.

    Returns:
        Key → node, of those that are known.
    """
    found: dict[bytes, Node] = {}
    for kind, (table, read) in _READERS.items():
        if kind in kinds:
            for row in records.in_chunks(connection, select(table), table.c.key.in_, keys):
                found[row.key] = read(row)
    return found


_READERS: dict[Kind, tuple[Any, Callable[[Row[Any]], Node]]] = {
    Kind.ENTITY: (tables.entity, lambda row: nodes.entity_node(records.entity_of(row))),
    Kind.ACTIVITY: (tables.activity, lambda row: nodes.activity_node(records.run_of(row))),
    Kind.AGENT: (tables.agent, lambda row: nodes.agent_node(records.agent_of(row))),
}


def _matches(connection: Connection, wanted: Filter) -> list[_Match]:
    """What all conditions lead to; rank and place are those of the first that knows a place."""
    answers: list[list[_Match]] = []
    if wanted.base_name is not None:
        answers.append(_at_base_name(connection, wanted.base_name))
    if wanted.version is not None:
        answers.append(_written(connection, wanted.version))
    if wanted.identifiers is not None:
        answers.append(_bearing(connection, wanted.identifiers, wanted.kinds))
    first, *others = answers
    for other in others:
        keys = {each.key for each in other}
        first = [each for each in first if each.key in keys]
    return first


def _bearing(
    connection: Connection, identifiers: Iterable[str], kinds: Collection[Kind]
) -> list[_Match]:
    names = list(identifiers)
    ranks = {key_of(kind, each): 0 for each in names for kind in kinds}
    naming = tables.naming.c
    query = select(naming.entity, naming.rank)
    for row in records.in_chunks(connection, query, naming.name.in_, map(records.name_key, names)):
        ranks[row.entity] = max(row.rank, ranks.get(row.entity, 0))
    return [_Match(key, rank) for key, rank in ranks.items()]


def _written(connection: Connection, version: Version) -> list[_Match]:
    relation, naming = tables.relation.c, tables.naming.c
    query = (
        select(relation.source, func.coalesce(naming.rank, 0).label("rank"))
        .outerjoin(
            tables.naming, (naming.entity == relation.source) & (naming.name == relation.place)
        )
        .where(relation.type == RelationType.WAS_GENERATED_BY)
        .where(
            relation.target == key_of(Kind.ACTIVITY, version.activity),
            relation.place == records.name_key(version.place),
        )
    )
    ranks = {row.source: row.rank for row in connection.execute(query)}
    return [_Match(key, rank) for key, rank in ranks.items()]


def _at_base_name(connection: Connection, name: str) -> list[_Match]:
    query = (
        select(tables.name.c.text, tables.naming.c.entity, tables.naming.c.rank)
        .join(tables.naming, tables.naming.c.name == tables.name.c.key)
        .where(tables.name.c.base_key == records.name_key(name))
    )
    return [
        _Match(row.entity, row.rank, row.text)
        for row in connection.execute(query)
        if base_name(row.text) == name
    ]
