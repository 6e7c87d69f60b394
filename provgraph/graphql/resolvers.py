"""What the fields of records and of lineages find.

A field that is an attribute of a record needs no resolver. A resolver returns the records of
`provgraph.model`; `provgraph.graphql.types` says how they are shown.
"""

from typing import Annotated, Any, NamedTuple, TypeAlias

import strawberry
from strawberry.types import Info as AnyInfo

from provgraph.graphql.batching import EdgeWithEnds, RequestContext
from provgraph.graphql.failures import bad_input
from provgraph.model.attributes import json_safe
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.products import ReachedProduct, products_of
from provgraph.model.records import SOFTWARE
from provgraph.model.summary import LineageSummary
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions import recalling, tracing
from provgraph.questions.summary import summary_of

Info: TypeAlias = AnyInfo[RequestContext, None]
Depth: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description="How many relations far; without it, to the end. 0 is the record alone."
    ),
]


class EdgeWithIds(NamedTuple):
    """A relation of a lineage with the ids of its ends."""

    relation: RelationType
    source: str
    target: str
    role: str | None
    time: str | None
    location: str | None
    inferred: bool


class NamedValue(NamedTuple):
    """A parameter or a package with its value, the component and the run that it belongs to."""

    component: str
    name: str
    value: Value
    run: bytes


def edges(parent: strawberry.Parent[Lineage]) -> list[EdgeWithIds]:
    """List the relations of a lineage with the ids of their ends.

    Args:
        parent: the lineage.

    Returns:
        The relations, in the fixed order of an answer.
    """
    ids = {each.key: each.id for each in parent.nodes}
    return [
        EdgeWithIds(
            edge.relation,
            ids[edge.source],
            ids[edge.target],
            edge.role,
            edge.time,
            edge.location,
            edge.inferred,
        )
        for edge in parent.edges
    ]


def activities(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """List the runs of a lineage.

    Args:
        parent: the lineage.

    Returns:
        The runs, nearest first.
    """
    return parent.of_kind(Kind.ACTIVITY)


def entities(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """List the entities of a lineage.

    Args:
        parent: the lineage.

    Returns:
        The entities, nearest first.
    """
    return parent.of_kind(Kind.ENTITY)


def agents(parent: strawberry.Parent[Lineage]) -> tuple[Node, ...]:
    """List the agents of a lineage.

    Args:
        parent: the lineage.

    Returns:
        The agents, nearest first.
    """
    return parent.of_kind(Kind.AGENT)


def products(parent: strawberry.Parent[Lineage]) -> list[ReachedProduct]:
    """List the files that were made from the root of a lineage.

    Args:
        parent: the lineage.

    Returns:
        The files with their proofs, the highest data level first.
    """
    return products_of(parent)


def summary(parent: strawberry.Parent[Lineage], info: Info) -> LineageSummary:
    """Sum up a lineage.

    Args:
        parent: the lineage.
        info: the request, with its store and its batches.

    Returns:
        How far it reaches, and what speaks against trusting it.
    """
    return summary_of(info.context.store, parent)


def ancestors(
    parent: strawberry.Parent[Node], info: Info, depth: Depth = strawberry.UNSET
) -> Lineage:
    """Find what led to an entity.

    Args:
        parent: the entity.
        info: the request, with its store and its batches.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    return walked(info, parent, Direction.UPSTREAM, depth)


def descendants(
    parent: strawberry.Parent[Node], info: Info, depth: Depth = strawberry.UNSET
) -> Lineage:
    """Find what was made from an entity.

    Args:
        parent: the entity.
        info: the request, with its store and its batches.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    return walked(info, parent, Direction.DOWNSTREAM, depth)


def attributes(parent: strawberry.Parent[Node]) -> dict[str, Value]:
    """List what else the sources say of a record.

    Args:
        parent: the record.

    Returns:
        The name of each attribute → its value.
    """
    return parent.shown_attributes


async def tainted(parent: strawberry.Parent[Node], info: Info) -> tuple[str, ...]:
    """Find the invalid records that a record was made from.

    Args:
        parent: the record.
        info: the request, with its store and its batches.

    Returns:
        The ids of the invalid records, sorted.
    """
    return parent.tainted or await info.context.taints.load(parent.key)


async def generated_by(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the generations of an entity.

    Args:
        parent: the entity.
        info: the request, with its store and its batches.

    Returns:
        The entity with each run that made it.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(parent, RelationType.WAS_GENERATED_BY, at_source=True)


async def used_by(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the usages of an entity.

    Args:
        parent: the entity.
        info: the request, with its store and its batches.

    Returns:
        The entity with each run that read it.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(parent, RelationType.USED, at_source=False)


async def attributed_to(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the attributions of an entity.

    Args:
        parent: the entity.
        info: the request, with its store and its batches.

    Returns:
        The entity with each agent that answers for it.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_ATTRIBUTED_TO, at_source=True
    )


async def used(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the usages of an activity.

    Args:
        parent: the activity.
        info: the request, with its store and its batches.

    Returns:
        The activity with each entity that it read.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(parent, RelationType.USED, at_source=True)


async def generated(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the generations of an activity.

    Args:
        parent: the activity.
        info: the request, with its store and its batches.

    Returns:
        The activity with each entity that it made.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_GENERATED_BY, at_source=False
    )


async def associations(parent: strawberry.Parent[Node], info: Info) -> list[EdgeWithEnds]:
    """Find the associations of an activity.

    Args:
        parent: the activity.
        info: the request, with its store and its batches.

    Returns:
        The activity with each agent that answers for it.

    Raises:
        GraphQLError: the answer would list too many relations.
    """
    return await info.context.edges_with_ends(
        parent, RelationType.WAS_ASSOCIATED_WITH, at_source=True
    )


async def parameters(parent: strawberry.Parent[Node], info: Info) -> list[NamedValue]:
    """List the parameters of a run, without its software.

    Args:
        parent: the run.
        info: the request, with its store and its batches.

    Returns:
        Each parameter with its value.
    """
    return [each for each in await _settings(parent, info) if each.component != SOFTWARE]


async def packages(parent: strawberry.Parent[Node], info: Info) -> list[NamedValue]:
    """List the software of a run.

    Args:
        parent: the run.
        info: the request, with its store and its batches.

    Returns:
        Each package with its version as the value.
    """
    return [each for each in await _settings(parent, info) if each.component == SOFTWARE]


async def config_files(parent: strawberry.Parent[Node], info: Info) -> list[str]:
    """List the configuration files of a run.

    Args:
        parent: the run.
        info: the request, with its store and its batches.

    Returns:
        Where the files stood.
    """
    setup = await info.context.setups.load(parent.key)
    return list(map(location_of, setup.config_files))


def walked(
    info: Info, root: Node, direction: Direction, depth: int | None, relations: Any = ()
) -> Lineage:
    """Walk from a record, and count the walk for the limit of the request.

    Args:
        info: the request, with its store and its batches.
        root: where the walk begins.
        direction: to the causes, to the effects, or both ways.
        depth: how many relations far; anything that is no number means to the end.
        relations: the relations to follow; without them, those that lead to the origin.

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    info.context.count_walk()
    # An argument that is left out is `strawberry.UNSET`, which is no number.
    bound = depth if isinstance(depth, int) else None
    if bound is not None and bound < 0:
        raise bad_input(f"depth is {bound}; say 0 or more, or leave it out")
    if direction is Direction.DOWNSTREAM and not relations:
        return recalling.impact(info.context.store, root, bound)
    return tracing.lineage(info.context.store, root, direction, bound, relations)


async def _settings(parent: Node, info: Info) -> list[NamedValue]:
    """Every parameter and package of a run."""
    shared = await info.context.settings.load(parent.key)
    return [
        NamedValue(each.name, name, json_safe(value), parent.key)
        for each in shared
        for name, value in each.values.items()
    ]
