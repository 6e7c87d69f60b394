"""The questions about lineage that every face asks, each answered by one walk of the store."""

from collections.abc import Sequence
from dataclasses import replace

from provgraph.errors import NotFoundError
from provgraph.model.lineage import WALK_LIMIT, Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import ORIGIN_RELATIONS, RelationType
from provgraph.store.protocol import Store


def lineage(
    store: Store,
    root: Node,
    direction: Direction = Direction.UPSTREAM,
    depth: int | None = None,
    relations: Sequence[RelationType] = (),
    limit: int = WALK_LIMIT,
) -> Lineage:
    """Walk from a record to everything that led to it, that was made from it, or both.

    Args:
        store: where to look.
        root: where the walk begins.
        direction: to the causes, to the effects, or both ways.
        depth: how many relations far; None for no end.
        relations: the types to follow; none means those that lead to the origin (docs/contract.md,
            Commands).
        limit: how many records an answer holds before it is cut and says so.

    Returns:
        The lineage: each record reached once, and the relations between them.

    Raises:
        StoreError: the store failed.
    """
    return store.walk(root, direction, tuple(relations) or ORIGIN_RELATIONS, depth, limit)


def path(store: Store, source: Node, target: Node) -> Lineage:
    """Find a shortest chain between two records, whichever of them is the effect.

    Args:
        store: where to look.
        source: the record at which the chain begins.
        target: the record at which the chain ends.

    Returns:
        The chain as a lineage: its nodes in the order of the chain, one edge between two nodes.

    Raises:
        NotFoundError: neither record led to the other.
        StoreError: the store failed.
    """
    for direction in (Direction.UPSTREAM, Direction.DOWNSTREAM):
        whole = lineage(store, source, direction)
        if any(node.key == target.key for node in whole.nodes):
            return _chain(whole, target)
    raise NotFoundError(f"{source.id} → {target.id}")


def _chain(whole: Lineage, target: Node) -> Lineage:
    """The part of a lineage that is one shortest way from its root to the target.

    Each record on such a way is one relation farther from the root than the record before, so the
    way is followed back from the target.
    """
    distance = {node.key: node.distance for node in whole.nodes}
    edge_before: dict[bytes, Edge] = {}
    for edge in whole.edges:
        near, far = _ends(edge, whole.direction)
        if distance[far] == distance[near] + 1:
            edge_before.setdefault(far, edge)
    on_way = {target.key}
    edges: list[Edge] = []
    here = target.key
    while here != whole.root.key:
        edges.append(edge_before[here])
        here = _ends(edge_before[here], whole.direction)[0]
        on_way.add(here)
    nodes = tuple(node for node in whole.nodes if node.key in on_way)
    return replace(whole, nodes=nodes, edges=tuple(reversed(edges)), truncated=False)


def _ends(edge: Edge, direction: Direction) -> tuple[bytes, bytes]:
    """The end nearer to the root and the end farther from it."""
    return (
        (edge.source, edge.target)
        if direction is Direction.UPSTREAM
        else (edge.target, edge.source)
    )
