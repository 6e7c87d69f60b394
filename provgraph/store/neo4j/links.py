"""Relations without the records that they join, in Cypher: what ways are found along."""

from collections.abc import Collection, Sequence

from provgraph.model.lineage import Direction, Edge
from provgraph.model.vocabulary import RelationType
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import ARROWS, BY_KEY, EDGE, edge_from, key_texts
from provgraph.store.ordering import edges_in_order


def edges_of(
    connection: Connection,
    keys: Collection[bytes],
    relations: Sequence[RelationType],
    *,
    among: bool = False,
) -> list[Edge]:
    """Relations of records; see `provgraph.store.protocol.Questions.edges_of`.

    Args:
        connection: to read on.
        keys: of the records.
        relations: the types that are wanted, one or more.
        among: whether both ends have to be among the records.

    Returns:
        Each edge once, sorted by type, source, target, role and time.
    """
    types = "|".join(each.name for each in relations)
    # A record has few causes, and may have a hundred thousand effects.
    arrow, other = ("->", "m.key IN $keys") if among else ("-", "m.key IS NOT NULL")
    query = (
        f"{BY_KEY} MATCH (n)-[r:{types}]{arrow}(m) WHERE {other} "
        f"RETURN DISTINCT {EDGE}, startNode(r).key, endNode(r).key"
    )
    return edges_in_order(
        edge_from(said, bytes.fromhex(source), bytes.fromhex(target))
        for *said, source, target in connection.read(query, keys=key_texts(keys))
    )


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
        relations: the types to follow, one or more.

    Returns:
        Pairs of keys, in no order.
    """
    left, right = ARROWS[way]
    types = "|".join(each.name for each in relations)
    query = (
        f"{BY_KEY} MATCH (n){left}[:{types}]{right}(m) WHERE m.key IS NOT NULL RETURN n.key, m.key"
    )
    rows = connection.read(query, keys=key_texts(keys))
    return [(bytes.fromhex(near), bytes.fromhex(far)) for near, far in rows]
