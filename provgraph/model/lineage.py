"""What a lineage walk found, and where it stopped."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from provgraph.model.attributes import readable_attributes
from provgraph.model.values import Attributes, Value
from provgraph.model.vocabulary import AGENT_RELATIONS, Kind, RelationType


class Direction(StrEnum):
    """Which way a walk goes: to the causes, to the effects, or both ways from its root."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Node:
    """A record as answers show it; what does not apply to its kind is None or empty.

    Times end in ``Z``. ``type`` is the finer kind (``DatasetEntity``, ``Organization``);
    ``distance`` the number of relations from the root of the walk that found it.
    """

    key: bytes
    id: str
    kind: Kind
    name: str | None = None
    type: str | None = None
    distance: int = 0
    location: str | None = None
    locations: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    start_time: str | None = None
    end_time: str | None = None
    status: str | None = None
    version: str | None = None
    host: str | None = None
    generated_at: str | None = None
    invalidated_at: str | None = None
    data_level: str | None = None
    attributes: Attributes = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.id

    @property
    def shown_attributes(self) -> dict[str, Value]:
        """Its attributes for strict JSON, with the facts that have a field of their own only in
        some faces.
        """
        return readable_attributes(self.attributes)


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation as answers show it, from effect to cause; keys are those of its end nodes."""

    relation: RelationType
    source: bytes
    target: bytes
    role: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The answer to a lineage question: nodes by distance from the root, then id.

    Edges in a fixed order.
    """

    root: Node
    direction: Direction
    depth: int | None
    truncated: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def of_kind(self, kind: Kind) -> tuple[Node, ...]:
        """The nodes of one kind, in order."""
        return tuple(node for node in self.nodes if node.kind is kind)


def restrict_lineage(
    lineage: Lineage,
    kind: str | None = None,
    data_level: str | None = None,
    type_name: str | None = None,
) -> Lineage:
    """The lineage with only such records, its root always among them, and the relations between
    them.
    """
    if (kind, data_level, type_name) == (None, None, None):
        return lineage
    kept = [
        node
        for node in lineage.nodes
        if (
            kind in (None, node.kind)
            and data_level in (None, node.data_level)
            and type_name in (None, node.type)
        )
        or node.key == lineage.root.key
    ]
    keys = {node.key for node in kept}
    edges = tuple(edge for edge in lineage.edges if edge.source in keys and edge.target in keys)
    return replace(lineage, nodes=tuple(kept), edges=edges)


def assemble_lineage(
    root: Node,
    direction: Direction,
    depth: int | None,
    limit: int,
    found: Iterable[Node],
    edges: Iterable[Edge],
) -> Lineage:
    """The answer from what a store's walk brought, in its fixed order and cut at the limit.

    Args:
        root: where the walk began.
        direction: which way it went.
        depth: how far, in relations.
        limit: how many nodes an answer may have; agents, the leaves, do not count.
        found: the nodes reached and their agents, in any order, with one more than the limit when
            there are more.
        edges: the relations walked, and those to agents, perhaps several times.
    """
    by_key = {node.key: node for node in found}
    walked = set(edges)
    far = _distances(root.key, walked, direction)
    placed = [
        replace(by_key[key], distance=distance) for key, distance in far.items() if key in by_key
    ]
    placed.sort(key=lambda node: (node.distance, node.id))
    kept, truncated = _cut(placed, limit, walked)
    ids = {node.key: node.id for node in kept}
    inside = [edge for edge in walked if edge.source in ids and edge.target in ids]
    inside.sort(
        key=lambda edge: (
            edge.relation,
            ids[edge.source],
            ids[edge.target],
            edge.role or "",
            edge.time or "",
        )
    )
    start = next(node for node in kept if node.key == root.key)
    return Lineage(start, direction, depth, truncated, tuple(kept), tuple(inside))


def _cut(nodes: list[Node], limit: int, edges: Iterable[Edge]) -> tuple[list[Node], bool]:
    """The nearest nodes up to the limit with their agents, and whether others were left out."""
    walked = [node for node in nodes if node.kind is not Kind.AGENT]
    if len(walked) <= limit:
        return nodes, False
    kept = {node.key for node in walked[:limit]}
    kept |= {
        edge.target for edge in edges if edge.relation in AGENT_RELATIONS and edge.source in kept
    }
    return [node for node in nodes if node.key in kept], True


def _distances(root: bytes, edges: Iterable[Edge], direction: Direction) -> dict[bytes, int]:
    """The shortest distance from the root of every node that the edges reach, agents as leaves."""
    leaves = [edge for edge in edges if edge.relation in AGENT_RELATIONS]
    walked = [edge for edge in edges if edge.relation not in AGENT_RELATIONS]
    ways = [
        way
        for way in (Direction.UPSTREAM, Direction.DOWNSTREAM)
        if direction in (way, Direction.BOTH)
    ]
    found: dict[bytes, int] = {}
    for way in ways:
        for key, distance in _breadth_first(root, walked, way).items():
            found[key] = min(distance, found.get(key, distance))
    for edge in leaves:
        if edge.source in found:
            distance = found[edge.source] + 1
            found[edge.target] = min(distance, found.get(edge.target, distance))
    return found


def _breadth_first(root: bytes, edges: Iterable[Edge], way: Direction) -> dict[bytes, int]:
    ahead: dict[bytes, list[bytes]] = {}
    for edge in edges:
        here, there = (
            (edge.source, edge.target) if way is Direction.UPSTREAM else (edge.target, edge.source)
        )
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
