"""Relations without the records that they join, in SQL: what ways are found along."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from provgraph.model.lineage import Direction, Edge
from provgraph.model.vocabulary import RelationType
from provgraph.store import nodes
from provgraph.store.relational import records, tables
from provgraph.store.relational.questions import edges_at

_RELATION = tables.relation.c
#: Way → the column where it comes from, and the one where it leads.
_ENDS = {
    Direction.UPSTREAM: (_RELATION.source, _RELATION.target),
    Direction.DOWNSTREAM: (_RELATION.target, _RELATION.source),
}


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
    found = edges_at(_RELATION.source, connection, keys, relations)
    among = frozenset(keys)
    return nodes.edges_in_order(edge for edge in found if edge.target in among)


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
