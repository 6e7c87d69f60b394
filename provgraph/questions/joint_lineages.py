"""The lineage of several records as one, and what describes its records: for the VO's services."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from provgraph.model.lineage import WALK_LIMIT, Direction, Edge, Lineage, Node
from provgraph.model.records import End, batches, key_of
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    ORIGIN_RELATIONS,
    Kind,
    RelationType,
)
from provgraph.questions.tracing import lineage
from provgraph.store.journal import Subject
from provgraph.store.protocol import Store
from provgraph.store.views import View

#: The relations by which descriptions name agents, such as whom to ask.
_CONTACTS = (
    RelationType.WAS_INFLUENCED_BY,
    RelationType.WAS_ATTRIBUTED_TO,
    RelationType.WAS_ASSOCIATED_WITH,
)
#: The descriptions of the parts of an activity: each names that of the activity.
_PARTS = tuple(sorted(DESCRIPTIONS - {Kind.ACTIVITY_DESCRIPTION, Kind.ENTITY_DESCRIPTION}))
_OF_TOOL = Kind.ACTIVITY_DESCRIPTION.value
#: How many descriptions are read at once.
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a lineage goes.

    Attributes:
        direction: to the causes, or to the effects.
        depth: how many relations far; None for no end.
        has_agents: whether it lists who answers for its records.
        has_members: whether it leads from collections to their members.
        limit: of how many records at most.
    """

    direction: Direction = Direction.UPSTREAM
    depth: int | None = None
    has_agents: bool = True
    has_members: bool = True
    limit: int = WALK_LIMIT


def joint_lineage(store: Store, roots: Sequence[Node], reach: Reach) -> Lineage:
    """Walk from several records, and join what is found.

    A run shows its results also where the way leads to its causes, as a job's provenance does.

    Args:
        store: where to look.
        roots: where the walks begin; one at least.
        reach: how far they go.

    Returns:
        The lineage of the first record, with what the walks from the others found.

    Raises:
        StoreError: the store failed.
    """
    followed = [
        each
        for each in ORIGIN_RELATIONS
        if reach.has_members or each is not RelationType.HAD_MEMBER
    ]
    found = []
    for root in roots:
        cut = reach.depth, followed, reach.limit
        found.append(lineage(store, root, reach.direction, *cut))
        is_job = root.kind is Kind.ACTIVITY and reach.direction is Direction.UPSTREAM
        if is_job and reach.depth != 0:
            made = (RelationType.WAS_GENERATED_BY,)
            found.append(lineage(store, root, Direction.DOWNSTREAM, 1, made, reach.limit))
    return _joined(found, reach)


def _joined(found: Sequence[Lineage], reach: Reach) -> Lineage:
    nearest: dict[bytes, Node] = {}
    for each in found:
        for node in each.nodes:
            known = nearest.get(node.key)
            if known is None or node.distance < known.distance:
                nearest[node.key] = node
    if not reach.has_agents:
        roots = {each.root.key for each in found}
        nearest = {
            key: node
            for key, node in nearest.items()
            if node.kind is not Kind.AGENT or key in roots
        }
    edges = dict.fromkeys(
        edge
        for each in found
        for edge in each.edges
        if edge.source in nearest and edge.target in nearest
    )
    return replace(
        found[0],
        depth=reach.depth,
        truncated=any(each.truncated for each in found),
        nodes=_sorted(nearest.values()),
        edges=tuple(edges),
        setups=None,
    )


def with_descriptions(store: Store, found: Lineage, *, of_all: bool, has_agents: bool) -> Lineage:
    """Add what describes the records of a lineage.

    Args:
        store: that answered with it.
        found: the lineage.
        of_all: whether files are described, too, and what runs use, make and are set up by; else
            the tools of its runs alone.
        has_agents: whether the agents are listed whom descriptions name.

    Returns:
        The lineage with further nodes and relations.

    Raises:
        StoreError: the store failed.
    """
    described = found.nodes if of_all else found.of_kind(Kind.ACTIVITY)
    edges = _edges_from(store, [node.key for node in described], (RelationType.IS_DESCRIBED_BY,))
    nodes = store.nodes({edge.target for edge in edges})
    if of_all:
        with store.viewing() as view:
            tools = {each.id for each in nodes.values() if each.kind is Kind.ACTIVITY_DESCRIPTION}
            parts = {key_of(end.kind, end.id) for end in _parts(view, tools)}
        nodes |= store.nodes(parts)
    if has_agents:
        contacts = _edges_from(store, nodes.keys(), _CONTACTS)
        agents = store.nodes({edge.target for edge in contacts})
        agents = {key: node for key, node in agents.items() if node.kind is Kind.AGENT}
        nodes |= agents
        edges += [edge for edge in contacts if edge.target in agents]
    distances = {node.key: node.distance for node in found.nodes}
    for edge in edges:
        near = distances.get(edge.source, 0)
        distances[edge.target] = min(near + 1, distances.get(edge.target, near + 1))
    known = {node.key for node in found.nodes}
    more = [
        replace(node, distance=distances.get(key, 1))
        for key, node in nodes.items()
        if key not in known
    ]
    return replace(found, nodes=_sorted((*found.nodes, *more)), edges=(*found.edges, *edges))


def _parts(view: View, tools: AbstractSet[str]) -> Iterator[End]:
    """The descriptions of the parts of tools, and those of files that they name."""
    for kind in _PARTS if tools else ():
        for ids in _pages(view, kind):
            for end, each in view.descriptions([End(kind, some) for some in ids]).items():
                if not tools.isdisjoint(map(str, each.attributes.get(_OF_TOOL, ()))):
                    yield end
                    named = each.attributes.get(Kind.ENTITY_DESCRIPTION.value, ())
                    yield from (End(Kind.ENTITY_DESCRIPTION, str(name)) for name in named)


def _pages(view: View, kind: Kind) -> Iterator[list[str]]:
    after: str | None = ""
    while after is not None:
        page = view.subjects(Subject(kind.value), after, _PAGE)
        yield page.ids
        after = page.after


def _edges_from(
    store: Store, keys: Collection[bytes], relations: Sequence[RelationType]
) -> list[Edge]:
    """The relations of which some records are the effects."""
    asked = set(keys)
    return [
        edge
        for some in batches(sorted(asked), _PAGE)
        for edge in store.edges_of(some, relations)
        if edge.source in asked
    ]


def _sorted(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: (node.distance, node.id)))
