"""The lineage walk as one Cypher query: breadth first, on distinct nodes.

A variable-length pattern whose paths are never looked at, beyond the shortest length to each node,
is run by Neo4j as ``VarLengthExpand(Pruning,BFS)``: each node once, whatever the number of paths.
Nodes come in the order of their distance, so the walk ends soon after its limit.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from provgraph.model.lineage import Direction, Edge, Lineage, Node, assemble_lineage
from provgraph.model.vocabulary import AGENT_RELATIONS, NODE_LABEL, Kind, RelationType
from provgraph.store import nodes
from provgraph.store.neo4j import records
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import NODE, node_from
from provgraph.store.neo4j.values import indexed, time_with_zone

#: Runs are configured by nodes that are no part of a lineage.
_LEAVES_LINEAGE = frozenset({RelationType.WAS_CONFIGURED_BY, RelationType.IS_DESCRIBED_BY})
_IN_LINEAGE = "WHERE n:Entity OR n:Activity OR n:Agent "
_AGENTS = "|".join(each.name for each in AGENT_RELATIONS)


def walk(
    connection: Connection,
    root: Node,
    direction: Direction,
    relations: Sequence[RelationType],
    depth: int | None,
    limit: int,
) -> Lineage:
    """Everything that the relations lead to from the root, in one query.

    See `provgraph.store.protocol.Questions.walk`.

    Args:
        connection: to read on.
        root: where the walk begins.
        direction: to causes, to effects, or both ways.
        relations: the types to follow.
        depth: how many relations far; None for no end.
        limit: how many nodes at most.

    Returns:
        Nodes by distance, then id; edges in a fixed order.
    """
    text = walk_query(root.kind, direction, tuple(relations), depth if relations else 0)
    found: list[Node] = []
    edges: list[Edge] = []
    for row in connection.read(text, root=indexed(root.id), cut=limit + 1):
        _read(row, found, edges)
    return assemble_lineage(root, direction, depth, limit, found or [root], edges)


@lru_cache(maxsize=256)
def walk_query(
    kind: Kind, direction: Direction, relations: tuple[RelationType, ...], depth: int | None
) -> str:
    """The query of a walk. Its parameters are ``root`` and ``cut``.

    ``root`` is the root's id as indexes hold it (`provgraph.store.neo4j.values.indexed`), and
    ``cut`` says how many nodes to find each way.

    Args:
        kind: of the root.
        direction: to causes, to effects, or both ways.
        relations: the types to follow; with none of them, the depth has to be 0.
        depth: how many relations far; None for no end.
    """
    ways = [
        way
        for way in (Direction.UPSTREAM, Direction.DOWNSTREAM)
        if direction in (way, Direction.BOTH)
    ]
    return " UNION ALL ".join(_one_way(NODE_LABEL[kind], way, relations, depth) for way in ways)


def _one_way(
    label: str, way: Direction, relations: tuple[RelationType, ...], depth: int | None
) -> str:
    types = "|".join(each.name for each in relations or (RelationType.USED,))
    left, right = ("-", "->") if way is Direction.UPSTREAM else ("<-", "-")
    reach = "" if depth is None else str(depth)
    kept = _IN_LINEAGE if _LEAVES_LINEAGE.intersection(relations) else ""
    expanded = "" if depth is None else f"WHERE distance < {depth} "
    return (
        f"MATCH path = (:{label} {{id: $root}}){left}[:{types}*0..{reach}]{right}(n) {kept}"
        "WITH n, min(length(path)) AS distance ORDER BY distance, n.id LIMIT $cut "
        f"RETURN '{way.value}' AS way, labels(n) AS labels, n {NODE} AS node, "
        f"COLLECT {{ MATCH (n){left}[r:{types}]{right}(m) {expanded}"
        "RETURN [type(r), m.key, r.role, toString(r.time)] } AS edges, "
        f"COLLECT {{ MATCH (n)-[r:{_AGENTS}]->(m:Agent) "
        "RETURN [type(r), m.key, r.role, toString(r.time), labels(m), m {.*}] } AS agents"
    )


def _read(row: Iterable[Any], found: list[Node], edges: list[Edge]) -> None:
    """One node that was reached, the relations walked from it, and its agents."""
    way, labels, stored, walked, agents = row
    node = node_from(labels, stored)
    found.append(node)
    upstream = way == Direction.UPSTREAM.value
    for relation, other, role, time in walked:
        if other is not None:
            there = bytes.fromhex(other)
            ends = (node.key, there) if upstream else (there, node.key)
            edges.append(Edge(RelationType[relation], *ends, role, time_with_zone(time)))
    for relation, other, role, time, agent_labels, agent in agents:
        found.append(nodes.agent_node(records.agent_of(agent, agent_labels)))
        edges.append(
            Edge(RelationType[relation], node.key, bytes.fromhex(other), role, time_with_zone(time))
        )
