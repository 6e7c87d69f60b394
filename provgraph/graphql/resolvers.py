"""What the fields of the GraphQL types find.

Fields that are plain attributes of a record need none of these.

A resolver returns the model's own records: `provgraph.graphql.types` says how they are seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias

import strawberry
from graphql import GraphQLError
from strawberry.types import Info as AnyInfo

from provgraph.errors import NotFoundError
from provgraph.graphql.batching import EdgeWithEnds, RequestContext
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.records import SOFTWARE
from provgraph.model.times import seconds_between
from provgraph.model.values import Value, json_safe, storable_text
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions import walks
from provgraph.questions.names import find

Info: TypeAlias = AnyInfo[RequestContext, None]
Depth: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description="How many relations far; without it, to the end. 0 is the record alone."
    ),
]
File: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="What names the file: an identifier with or without its scheme, an absolute path (its newest "
        "version), PATH@ACTIVITY (an older one), or a file name that only one path bears."
    ),
]
Name: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="What names the record: an identifier, or for a file whatever names it."
    ),
]


class EdgeWithIds(NamedTuple):
    """A walked relation with the ids of its ends."""

    relation: RelationType
    source: str
    target: str
    role: str | None
    time: str | None


class NamedValue(NamedTuple):
    """A parameter or package with its value, and the component that it belongs to."""

    component: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class CountedRelation:
    """How many relations of a type there are."""

    relation: RelationType
    count: int


def what_produced(info: Info, file: File, depth: Depth = strawberry.UNSET) -> Lineage:
    """The lineage upstream of a file."""
    return _lineage(info, _named(info, file), Direction.UPSTREAM, depth)


def impact(info: Info, file: File, depth: Depth = strawberry.UNSET) -> Lineage:
    """The lineage downstream of a file."""
    return _lineage(info, _named(info, file), Direction.DOWNSTREAM, depth)


def lineage(
    info: Info,
    id: Name,
    direction: Annotated[
        Direction, strawberry.argument(description="To the causes, to the effects, or both ways.")
    ] = Direction.UPSTREAM,
    depth: Depth = strawberry.UNSET,
    relations: Annotated[
        list[RelationType] | None,
        strawberry.argument(
            description="The relations to follow; without it, all those that lead to the origin."
        ),
    ] = strawberry.UNSET,
) -> Lineage:
    """The lineage of any record."""
    return _lineage(info, _named(info, id), direction, depth, tuple(relations or ()))


def path(
    info: Info,
    source: Annotated[str, strawberry.argument(description="What names the record at one end.")],
    target: Annotated[
        str, strawberry.argument(description="What names the record at the other end.")
    ],
) -> Lineage:
    """A shortest chain between two records."""
    info.context.count_walk()
    return walks.path(info.context.store, _named(info, source), _named(info, target))


def node(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The record's id.")]
) -> Node:
    """Any record."""
    return _named(info, id)


def entity(info: Info, id: Name) -> Node:
    """An entity."""
    return _of_kind(info, id, Kind.ENTITY)


def activity(info: Info, id: Name) -> Node:
    """An activity."""
    return _of_kind(info, id, Kind.ACTIVITY)


def agent(info: Info, id: Name) -> Node:
    """An agent."""
    return _of_kind(info, id, Kind.AGENT)


def stats(info: Info) -> Mapping[str, int]:
    """Counts of everything."""
    return info.context.store.stats()


def record_count(parent: strawberry.Parent[Mapping[str, int]], info: Info) -> int:
    """The count that the field is named after."""
    return parent.get(info.python_name, 0)


def relation_counts(parent: strawberry.Parent[Mapping[str, int]]) -> list[CountedRelation]:
    """The counts of relations, in the order of the vocabulary."""
    return [
        CountedRelation(relation, parent[relation])
        for relation in RelationType
        if parent.get(relation)
    ]


def edges(parent: strawberry.Parent[Lineage]) -> list[EdgeWithIds]:
    """The walked relations, in their fixed order."""
    ids = {each.key: each.id for each in parent.nodes}
    return [
        EdgeWithIds(edge.relation, ids[edge.source], ids[edge.target], edge.role, edge.time)
        for edge in parent.edges
    ]


def activities(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """The runs in the lineage."""
    return parent.of_kind(Kind.ACTIVITY)


def entities(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """The entities in the lineage."""
    return parent.of_kind(Kind.ENTITY)


def agents(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """The agents in the lineage."""
    return parent.of_kind(Kind.AGENT)


def ancestors(
    parent: strawberry.Parent[Node], info: Info, depth: Depth = strawberry.UNSET
) -> Lineage:
    """What led to the entity."""
    return _lineage(info, parent, Direction.UPSTREAM, depth)


def descendants(
    parent: strawberry.Parent[Node], info: Info, depth: Depth = strawberry.UNSET
) -> Lineage:
    """What was made from the entity."""
    return _lineage(info, parent, Direction.DOWNSTREAM, depth)


def attributes(parent: strawberry.Parent[Node]) -> dict[str, Value]:
    """What else is said of the record."""
    return parent.shown_attributes


def duration(parent: strawberry.Parent[Node]) -> float | None:
    """Seconds from the start to the end of a run that has both."""
    if parent.start_time is None or parent.end_time is None:
        return None
    return seconds_between(parent.start_time.rstrip("Z"), parent.end_time.rstrip("Z"))


async def generated_by(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The generations of an entity."""
    return await info.context.edges_with_ends(parent, RelationType.WAS_GENERATED_BY, at_source=True)


async def used_by(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The usages of an entity."""
    return await info.context.edges_with_ends(parent, RelationType.USED, at_source=False)


async def attributed_to(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The attributions of an entity."""
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_ATTRIBUTED_TO, at_source=True
    )


async def used(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The usages of an activity."""
    return await info.context.edges_with_ends(parent, RelationType.USED, at_source=True)


async def generated(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The generations of an activity."""
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_GENERATED_BY, at_source=False
    )


async def associations(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """The associations of an activity."""
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_ASSOCIATED_WITH, at_source=True
    )


async def parameters(parent: strawberry.Parent[Node], info: Info) -> list[NamedValue]:
    """The parameters of a run, without its software."""
    return [each for each in await _settings(parent, info) if each.component != SOFTWARE]


async def packages(parent: strawberry.Parent[Node], info: Info) -> list[NamedValue]:
    """The software of a run."""
    return [each for each in await _settings(parent, info) if each.component == SOFTWARE]


async def config_files(parent: strawberry.Parent[Node], info: Info) -> list[str]:
    """The configuration files of a run."""
    return [location_of(place) for place in await info.context.config_files.load(parent.key)]


async def _settings(parent: Node, info: Info) -> list[NamedValue]:
    shared = await info.context.settings.load(parent.key)
    return [
        NamedValue(each.name, name, json_safe(value))
        for each in shared
        for name, value in each.values.items()
    ]


def _lineage(
    info: Info, root: Node, direction: Direction, depth: int | None, relations: Any = ()
) -> Lineage:
    info.context.count_walk()
    far = depth if isinstance(depth, int) else None
    if far is not None and far < 0:
        raise GraphQLError(
            f"depth is {far}; say 0 or more, or leave it out", extensions={"code": "BAD_USER_INPUT"}
        )
    return walks.lineage(info.context.store, root, direction, far, relations)


def _named(info: Info, name: str) -> Node:
    return find(info.context.store, storable_text(name))


def _of_kind(info: Info, name: str, kind: Kind) -> Node:
    """The record of this kind, though one of another kind may bear the same id."""
    exact = info.context.store.by_id([storable_text(name)])
    bearers = [each.node for each in exact if each.node.id == name and each.node.kind is kind]
    found = bearers[0] if bearers else _named(info, name)
    if found.kind is not kind:
        raise NotFoundError(name)
    return found
