"""The questions that every face asks, each answered by one walk."""

from collections.abc import Sequence
from dataclasses import replace

from provgraph.errors import NotFoundError
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import ORIGIN_RELATIONS, RelationType
from provgraph.store.protocol import WALK_LIMIT, Store


def lineage(
    store: Store,
    root: Node,
    direction: Direction = Direction.UPSTREAM,
    depth: int | None = None,
    relations: Sequence[RelationType] = (),
    limit: int = WALK_LIMIT,
) -> Lineage:
    """Everything that led to a record, that was made from it, or both.

    Args:
        store: where to look.
        root: where to begin.
        direction: which way.
        depth: how many relations far; None for no end.
        relations: the types to follow; none means those that lead to the origin (CONTRACT section
            4).
        limit: how many records an answer holds before it is cut and says so.
    """
    return store.walk(root, direction, tuple(relations) or ORIGIN_RELATIONS, depth, limit)


def path(store: Store, source: Node, target: Node) -> Lineage:
    """A shortest chain between two records, whichever of them is the effect.

    Raises:
        NotFoundError: neither led to the other.
    """
    for direction in (Direction.UPSTREAM, Direction.DOWNSTREAM):
        whole = lineage(store, source, direction)
        if any(node.key == target.key for node in whole.nodes):
            return _chain(whole, target)
    raise NotFoundError(f"{source.id} → {target.id}")


def _chain(whole: Lineage, target: Node) -> Lineage:
    """The part of a lineage that is one shortest way from its root to the target."""
    distance = {node.key: node.distance for node in whole.nodes}
    before: dict[bytes, Edge] = {}
    for edge in whole.edges:
        near, far = _ends(edge, whole.direction)
        if distance[far] == distance[near] + 1:
            before.setdefault(far, edge)
    kept = {target.key}
    edges: list[Edge] = []
    here = target.key
    while here != whole.root.key:
        edges.append(before[here])
        here = _ends(before[here], whole.direction)[0]
        kept.add(here)
    nodes = tuple(node for node in whole.nodes if node.key in kept)
    return replace(whole, nodes=nodes, edges=tuple(reversed(edges)), truncated=False)


def _ends(edge: Edge, direction: Direction) -> tuple[bytes, bytes]:
    """The end nearer to the root and the end farther from it."""
    return (
        (edge.source, edge.target)
        if direction is Direction.UPSTREAM
        else (edge.target, edge.source)
    )
