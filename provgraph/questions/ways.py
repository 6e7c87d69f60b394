"""Ways between records: the shortest chains between two, and what several have in common.

Ways are found along relations alone, level by level. Only the records of the answer are read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from provgraph.errors import NotFoundError
from provgraph.model.assembly import ends_of
from provgraph.model.common import CommonAncestor, CommonAncestors
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import AGENT_RELATIONS, ORIGIN_RELATIONS, Kind, RelationType
from provgraph.questions.summary import with_taints
from provgraph.store.protocol import Store

#: How many times as many records a step to the causes may begin at as one to the effects. A record
#: has few causes, and may have a hundred thousand effects, as a calibration file has.
_CHEAPER = 50
_WAYS = (Direction.UPSTREAM, Direction.DOWNSTREAM)
_BACK = dict(zip(_WAYS, reversed(_WAYS), strict=True))


class _Side:
    """How far a search has come from one record: the records reached, level by level."""

    def __init__(
        self, store: Store, start: Node, way: Direction, relations: Sequence[RelationType]
    ) -> None:
        self._store = store
        self._way = way
        self._relations = relations
        self.distances: dict[bytes, int] = {start.key: 0}
        self.newest: Collection[bytes] = (start.key,)
        #: A record → those one step nearer to the start from which a relation leads to it.
        self.nearer: dict[bytes, set[bytes]] = defaultdict(set)

    @property
    def cost(self) -> int:
        """How much the next step may read, more or less."""
        return len(self.newest) * (_CHEAPER if self._way is Direction.DOWNSTREAM else 1)

    def step(self) -> None:
        """Reach what is one relation farther."""
        depth = self.distances[next(iter(self.newest))] + 1
        newest = set()
        for near, far in self._store.links(self.newest, self._way, self._relations):
            if self.distances.setdefault(far, depth) == depth:
                self.nearer[far].add(near)
                newest.add(far)
        self.newest = newest

    def back(self, keys: Iterable[bytes]) -> dict[bytes, int]:
        """The records on the shortest ways to some, with their distances from the start."""
        found: dict[bytes, int] = {}
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = self.distances[key]
                waiting += self.nearer.get(key, ())
        return found


def path(store: Store, source: Node, target: Node, *, every: bool = False) -> Lineage:
    """Find a shortest chain between two records, whichever of them is the effect, or all of them.

    Args:
        store: where to look.
        source: the record at which the chain begins.
        target: the record at which the chain ends.
        every: whether all chains are wanted that are as short.

    Returns:
        The chain as a lineage: its nodes in the order of the chain, one edge between two nodes. Of
        several shortest chains the same one in every store. All of them: the nodes by distance,
        then by id, and every relation between nodes that follow one another.

    Raises:
        NotFoundError: neither record led to the other.
        StoreError: the store failed.
    """
    # Ways end at agents, and lead through none: all runs of one observatory have the same agent.
    to_agent = Kind.AGENT in (source.kind, target.kind)
    relations = (*ORIGIN_RELATIONS, *AGENT_RELATIONS) if to_agent else ORIGIN_RELATIONS
    for way in _WAYS:
        sides = (_Side(store, source, way, relations), _Side(store, target, _BACK[way], relations))
        if distances := _between(*sides):
            edges = [
                edge
                for edge in store.edges_among(distances, relations)
                if _is_step(edge, way, distances)
            ]
            chosen = edges if every else _one_chain(edges, way, distances, target.key)
            return _as_lineage(store, source, way, chosen, distances)
    raise NotFoundError(f"{source.id} → {target.id}", "neither of the two led to the other")


def _between(ahead: _Side, behind: _Side) -> dict[bytes, int]:
    """The keys on all shortest ways → their distances from the source; empty without a way.

    Both ends are searched from, each step where it costs less. A level is reached as a whole, so
    the first records that both sides know are on the shortest ways, and all of these go through
    one of them.
    """
    shared = ahead.distances.keys() & behind.distances.keys()
    while not shared:
        if not (ahead.newest and behind.newest):
            return {}
        stepping, other = sorted((ahead, behind), key=lambda side: side.cost)
        stepping.step()
        shared = set(stepping.newest) & other.distances.keys()
    length = min(ahead.distances[key] + behind.distances[key] for key in shared)
    found = ahead.back(shared)
    return found | {key: length - far for key, far in behind.back(shared).items()}


def _as_lineage(
    store: Store,
    source: Node,
    way: Direction,
    edges: Sequence[Edge],
    distances: Mapping[bytes, int],
) -> Lineage:
    keys = {source.key, *(key for edge in edges for key in (edge.source, edge.target))}
    known = with_taints(store, store.nodes(keys).values())
    nodes = sorted(
        (node.at(distances[node.key]) for node in known),
        key=lambda node: (node.distance, node.id),
    )
    ids = {node.key: node.id for node in nodes}
    in_order = sorted(
        edges,
        key=lambda edge: (
            distances[ends_of(edge, way)[0]],
            ids[edge.source],
            ids[edge.target],
            edge.relation,
            edge.role or "",
            edge.time or "",
        ),
    )
    return Lineage(nodes[0], way, None, truncated=False, nodes=tuple(nodes), edges=tuple(in_order))


def _is_step(edge: Edge, way: Direction, distances: Mapping[bytes, int]) -> bool:
    near, far = ends_of(edge, way)
    return distances[far] == distances[near] + 1


def _one_chain(
    edges: Sequence[Edge], way: Direction, distances: Mapping[bytes, int], target: bytes
) -> list[Edge]:
    """One way from the source to the target, from the relations on all shortest ones."""
    before: dict[bytes, Edge] = {}
    for edge in edges:
        before.setdefault(ends_of(edge, way)[1], edge)
    found: list[Edge] = []
    here = target
    while distances[here]:
        found.append(before[here])
        here = ends_of(before[here], way)[0]
    return found[::-1]


def common_ancestors(store: Store, records: Sequence[Node], limit: int) -> CommonAncestors:
    """Find what led to each of several records.

    A record that led to all others of them is a common ancestor itself. Who answers for a run or
    file is none: one observatory would be an ancestor of everything.

    Args:
        store: where to look.
        records: two or more.
        limit: how many ancestors at most.

    Returns:
        The common ancestors, the nearest first.

    Raises:
        StoreError: the store failed.
    """
    reached = [_ancestors(store, record) for record in records]
    common = set(reached[0]).intersection(*reached[1:])
    not_nearest = {cause for _, cause in store.links(common, Direction.UPSTREAM, ORIGIN_RELATIONS)}
    order = {
        key: (key in not_nearest, sum(distances[key] for distances in reached)) for key in common
    }
    chosen = sorted(common, key=lambda key: (order[key], key))[:limit]
    nodes = with_taints(store, store.nodes(chosen).values())
    found = [
        CommonAncestor(node, tuple(each[node.key] for each in reached), node.key not in not_nearest)
        for node in sorted(nodes, key=lambda node: (order[node.key], node.id))
    ]
    return CommonAncestors(tuple(records), tuple(found), len(common))


def _ancestors(store: Store, record: Node) -> dict[bytes, int]:
    """The keys of all that led to a record, and its own → their distances."""
    side = _Side(store, record, Direction.UPSTREAM, ORIGIN_RELATIONS)
    while side.newest:
        side.step()
    return side.distances
