"""Relations without the records that they join, in SQL: what ways are found along."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from provgraph.model.lineage import Direction, Edge
from provgraph.model.vocabulary import RelationType
from provgraph.store.ordering import edges_in_order
from provgraph.store.relational import records, tables
from provgraph.store.relational.questions import edge_of

_RELATION = tables.relation.c
#: Way → the column where it comes from, and the one where it leads.
_ENDS = {
    Direction.UPSTREAM: (_RELATION.source, _RELATION.target),
    Direction.DOWNSTREAM: (_RELATION.target, _RELATION.source),
}


def edges_of(
    connection: Connection, keys: Collection[bytes], relations: Sequence[RelationType]
) -> list[Edge]:
    """The relations at either end of some records.

    See `provgraph.store.protocol.Questions.edges_of`.

    Args:
        connection: to read on.
        keys: of the records.
        relations: the types that are wanted.

    Returns:
        Each edge once, sorted by type, source, target, role and time.
    """
    return edges_in_order(
        edge
        for end in (_RELATION.source, _RELATION.target)
        for edge in _edges_at(end, connection, keys, relations)
    )


def _edges_at(
    end: ColumnElement[Any],
    connection: Connection,
    keys: Collection[bytes],
    relations: Sequence[RelationType],
) -> Iterator[Edge]:
    """The relations at one end of some records, as often as sources state them."""
    said = (_RELATION.source, _RELATION.target, _RELATION.role, _RELATION.time, _RELATION.said_by)
    query = (
        select(_RELATION.type, tables.name.c.text, *said)
        .outerjoin(tables.name, tables.name.c.key == _RELATION.place)
        .where(_RELATION.type.in_(relations))
    )
    return (edge_of(*tuple(row)) for row in records.in_chunks(connection, query, end.in_, keys))


def edges_among(
    connection: Connection, keys: Collection[bytes], relations: Sequence[RelationType]
) -> list[Edge]:
    """The relations between some records.

    See `provgraph.store.protocol.Questions.edges_among`.

    Args:
        connection: to read on.
        keys: of the records.
        relations: the types that are wanted.

    Returns:
        Each edge once, sorted by type, source, target, role and time.
    """
    # A record has few causes, and may have a hundred thousand effects.
    found = _edges_at(_RELATION.source, connection, keys, relations)
    among = frozenset(keys)
    return edges_in_order(edge for edge in found if edge.target in among)


def links(
    connection: Connection,
    keys: Collection[bytes],
    way: Direction,
    relations: Sequence[RelationType],
) -> list[tuple[bytes, bytes]]:
    """What relations lead to, one step far; see `provgraph.store.protocol.Questions.links`.

    Args:
        connection: to read on.
        keys: of the records.
        way: to the causes or to the effects.
        relations: the types to follow.

    Returns:
        Pairs of keys, in no order.
    """
    behind, ahead = _ENDS[way]
    query = select(behind.label("near"), ahead.label("far"))
    query = query.where(_RELATION.type.in_(relations))
    rows = records.in_chunks(connection, query, behind.in_, keys)
    return [(bytes(row.near), bytes(row.far)) for row in rows]
