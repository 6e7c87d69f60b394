"""What a walk of a store found, put together as one lineage: the same from every store."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.vocabulary import AGENT_RELATIONS, LEADING, Kind, RelationType


def assemble_lineage(
    root: Node,
    direction: Direction,
    depth: int | None,
    limit: int,
    found: Iterable[Node],
    edges: Iterable[Edge],
    setups: Mapping[bytes, Setup] | None = None,
) -> Lineage:
    """Make the answer from what a store's walk found: in a fixed order and cut at the limit.

    Args:
        root: the node where the walk began.
        direction: which way the walk went.
        depth: how far the walk went, in relations; None without a bound.
        limit: how many nodes an answer may have. Agents, the leaves, do not count.
        found: the nodes reached and their agents, in any order; one more than the limit when there
            are more.
        edges: the relations walked, and those to agents, perhaps several times.
        setups: what set up the runs that were reached; None when nobody has read it.

    Returns:
        The lineage; ``truncated`` when there were more nodes than the limit. Nodes from which the
        relations walked lead to nodes beyond the limit have ``more``; for those at which the depth
        ended the store adds it (`with_more`).
    """
    by_key = {node.key: node for node in found}
    walked = distinct_edges(edges)
    ways = {way: distances_from(root.key, walked, way) for way in ways_of(direction)}
    reached = [
        by_key[key].at(distance)
        for key, distance in _distances(ways.values(), walked).items()
        if key in by_key
    ]
    reached.sort(key=lambda node: (node.distance, node.id))
    chosen, truncated = _cut(reached, limit, walked)
    ids = {node.key: node.id for node in chosen}
    inside = [edge for edge in walked if edge.source in ids and edge.target in ids]
    inside.sort(key=partial(edge_order, ids))
    start = next(node for node in chosen if node.key == root.key)
    if setups is not None:
        setups = {key: setup for key, setup in setups.items() if key in ids}
    lineage = Lineage(
        start, direction, depth, truncated, tuple(chosen), tuple(inside), setups=setups
    )
    return with_more(lineage, _cut_off(ways, walked, ids)) if truncated else lineage


def edge_order(ids: Mapping[bytes, str], edge: Edge) -> tuple[object, ...]:
    """Tell where a relation stands in a lineage: by type, source, target, role and time.

    Args:
        ids: key → id of the nodes.
        edge: the relation.

    Returns:
        What orders the relations.
    """
    return edge.relation, ids[edge.source], ids[edge.target], edge.role or "", edge.time or ""


def with_more(lineage: Lineage, keys: Collection[bytes]) -> Lineage:
    """Mark the nodes of a lineage from which the relations lead on.

    Args:
        lineage: the answer.
        keys: the keys of these nodes; others that are marked stay so.

    Returns:
        The lineage with ``more`` in these nodes.
    """
    if not keys:
        return lineage
    nodes = tuple(replace(node, more=True) if node.key in keys else node for node in lineage.nodes)
    root = next(node for node in nodes if node.key == lineage.root.key)
    return replace(lineage, root=root, nodes=nodes)


def ends_of_depth(lineage: Lineage, way: Direction) -> list[bytes]:
    """Find the nodes at which the depth of a lineage ended one way.

    Args:
        lineage: the answer.
        way: upstream or downstream, one that the lineage went.

    Returns:
        The keys of the nodes that are as far from the root as the depth allows.
    """
    distances = distances_from(lineage.root.key, lineage.edges, way)
    return [key for key, distance in distances.items() if distance == lineage.depth]


def ways_of(direction: Direction) -> tuple[Direction, ...]:
    """Split a direction into the ways that a walk goes.

    Args:
        direction: of the question.

    Returns:
        Upstream, downstream, or both of them.
    """
    ways = (Direction.UPSTREAM, Direction.DOWNSTREAM)
    return tuple(way for way in ways if direction in (way, Direction.BOTH))


def distinct_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Join the relations that differ in the location alone; what is stated hides what is inferred.

    Args:
        edges: perhaps several times the same.

    Returns:
        Each relation once. Of several locations the smallest is kept, which is any path by which
        the run named the file. Between two records, an inferred relation is left out beside a
        stated one of its type.
    """
    found: dict[tuple[object, ...], Edge] = {}
    for edge in edges:
        what = (edge.relation, edge.source, edge.target, edge.role, edge.time, edge.inferred)
        known = found.setdefault(what, edge)
        if edge.location is not None and edge.location < (known.location or "\U0010ffff"):
            found[what] = edge
    if not any(edge.inferred for edge in found.values()):
        return list(found.values())
    stated = {_ends_of_type(edge) for edge in found.values() if not edge.inferred}
    return [
        edge for edge in found.values() if not edge.inferred or _ends_of_type(edge) not in stated
    ]


def _ends_of_type(edge: Edge) -> tuple[RelationType, bytes, bytes]:
    return edge.relation, edge.source, edge.target


def _cut_off(
    ways: Mapping[Direction, Collection[bytes]], walked: Iterable[Edge], shown: Collection[bytes]
) -> set[bytes]:
    """The nodes shown from which a walked relation leads to a node that is not shown."""
    ends = (
        (way, *ends_of(edge, way)) for edge in walked if edge.relation in LEADING for way in ways
    )
    return {
        near for way, near, far in ends if near in shown and near in ways[way] and far not in shown
    }


def ends_of(edge: Edge, way: Direction) -> tuple[bytes, bytes]:
    """Tell which end of a relation comes first on a way.

    Args:
        edge: the relation.
        way: upstream or downstream.

    Returns:
        The key at the end where the way comes from, and the one where it leads.
    """
    upstream = (edge.source, edge.target)
    return upstream if way is Direction.UPSTREAM else upstream[::-1]


def _cut(nodes: list[Node], limit: int, edges: Iterable[Edge]) -> tuple[list[Node], bool]:
    """The nearest nodes up to the limit with their agents, and whether others were left out."""
    walked = [node for node in nodes if node.kind is not Kind.AGENT]
    if len(walked) <= limit:
        return nodes, False
    chosen = {node.key for node in walked[:limit]}
    chosen |= {
        edge.target for edge in edges if edge.relation in AGENT_RELATIONS and edge.source in chosen
    }
    return [node for node in nodes if node.key in chosen], True


def _distances(ways: Iterable[Mapping[bytes, int]], edges: Iterable[Edge]) -> dict[bytes, int]:
    """The shortest distance from the root of every node that a walk reaches, and of the agents.

    An agent ends a way: all runs of one observatory have the same agent, which would join them all.
    """
    found: dict[bytes, int] = {}
    for way in ways:
        for key, distance in way.items():
            found[key] = min(distance, found.get(key, distance))
    for edge in edges:
        if edge.relation in AGENT_RELATIONS and edge.source in found:
            distance = found[edge.source] + 1
            found[edge.target] = min(distance, found.get(edge.target, distance))
    return found


def distances_from(root: bytes, edges: Iterable[Edge], way: Direction) -> dict[bytes, int]:
    """Find every node that relations lead to one way.

    Args:
        root: the key of the node where the way begins.
        edges: the relations. Those to agents lead nowhere.
        way: upstream or downstream.

    Returns:
        The key of each node, the root among them → its shortest distance from the root.
    """
    ahead: dict[bytes, list[bytes]] = {}
    for edge in edges:
        if edge.relation not in AGENT_RELATIONS:
            here, there = ends_of(edge, way)
            ahead.setdefault(here, []).append(there)
    found = {root: 0}
    queue = deque([root])
    while queue:
        here = queue.popleft()
        for there in ahead.get(here, ()):
            if there not in found:
                found[there] = found[here] + 1
                queue.append(there)
    return found


def reached_from(starts: Iterable[bytes], ahead: Mapping[bytes, Iterable[bytes]]) -> set[bytes]:
    """Find every key that leads on from some.

    Args:
        starts: the keys where the ways begin.
        ahead: key → the keys that one step leads to.

    Returns:
        The keys, the starts among them.
    """
    queue = list(starts)
    reached = set(queue)
    while queue:
        for key in ahead.get(queue.pop(), ()):
            if key not in reached:
                reached.add(key)
                queue.append(key)
    return reached
