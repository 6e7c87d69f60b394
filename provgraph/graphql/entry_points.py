"""What the entry points of the query API find: the fields of the GraphQL type ``Query``.

The types of the arguments carry the descriptions that the schema shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import strawberry

from provgraph.errors import NotFoundError
from provgraph.graphql.failures import bad_input
from provgraph.graphql.resolvers import Depth, Info, walked
from provgraph.model.common import CommonAncestors
from provgraph.model.comparison import LineageDiff
from provgraph.model.filters import Filter
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.values import storable_text
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions import comparison, tracing, ways
from provgraph.questions.remaking import recipe_of
from provgraph.questions.versions import versions as versions_at
from provgraph.writers.recipes import Rerun

File: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="What names the file: an identifier with or without its scheme, an absolute "
        "path (its newest version), PATH@ACTIVITY (an older one), or a file name that only one "
        "path bears."
    ),
]
Name: TypeAlias = Annotated[
    str,
    strawberry.argument(
        description="What names the record: an identifier, or for a file whatever names it."
    ),
]


#: How many common ancestors one answer may list.
MOST_COMMON = 1_000


@dataclass(frozen=True, slots=True)
class CountedRelation:
    """How many relations of a type there are."""

    relation: RelationType
    count: int


def what_produced(info: Info, file: File, depth: Depth = strawberry.UNSET) -> Lineage:
    """Find everything that led to a file.

    Args:
        info: the request, with its store and its batches.
        file: what names the file.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        NotFoundError: no record bears the name.
        AmbiguousError: several records bear the name.
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    return walked(info, _named(info, file), Direction.UPSTREAM, depth)


def impact(info: Info, file: File, depth: Depth = strawberry.UNSET) -> Lineage:
    """Find everything that was made from a file.

    Args:
        info: the request, with its store and its batches.
        file: what names the file.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        NotFoundError: no record bears the name.
        AmbiguousError: several records bear the name.
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    return walked(info, _named(info, file), Direction.DOWNSTREAM, depth)


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
    """Find what led to a record, what was made from it, or both.

    Args:
        info: the request, with its store and its batches.
        id: what names the record.
        direction: to the causes, to the effects, or both ways.
        depth: how many relations far; without it, to the end.
        relations: the relations to follow; without them, those that lead to the origin
            (docs/contract.md, Commands).

    Returns:
        The lineage: its root, the records reached, and the relations between them.

    Raises:
        NotFoundError: no record bears the name.
        AmbiguousError: several records bear the name.
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    return walked(info, _named(info, id), direction, depth, tuple(relations or ()))


def path(
    info: Info,
    source: Annotated[str, strawberry.argument(description="What names the record at one end.")],
    target: Annotated[
        str, strawberry.argument(description="What names the record at the other end.")
    ],
    all: Annotated[
        bool, strawberry.argument(description="All shortest chains together, not one of them.")
    ] = False,
) -> Lineage:
    """Find a shortest chain between two records, whichever of them is the effect.

    Args:
        info: the request, with its store and its batches.
        source: what names the record at one end.
        target: what names the record at the other end.
        all: whether all shortest chains are wanted.

    Returns:
        The chain, which begins at the source.

    Raises:
        NotFoundError: no record bears a name, or neither record led to the other.
        AmbiguousError: several records bear a name.
        GraphQLError: the request asks for too many lineages.
    """
    info.context.count_walk()
    ends = (_named(info, source), _named(info, target))
    return ways.path(info.context.store, *ends, every=all)


def common_ancestors(
    info: Info,
    ids: Annotated[
        list[str], strawberry.argument(description="What names the records, two or more.")
    ],
    limit: Annotated[
        int, strawberry.argument(description="How many ancestors at most, from 1 to 1,000.")
    ] = MOST_COMMON,
) -> CommonAncestors:
    """Find what led to each of several records.

    Args:
        info: the request, with its store and its batches.
        ids: what names the records.
        limit: how many at most.

    Returns:
        The common ancestors, the nearest first.

    Raises:
        NotFoundError: no record bears a name.
        AmbiguousError: several records bear a name.
        GraphQLError: there are fewer than two names, the limit makes no sense, or the request asks
            for too many lineages.
    """
    if len(ids) < 2 or not 1 <= limit <= MOST_COMMON:
        raise bad_input(f"name two records or more; a limit is from 1 to {MOST_COMMON:,}")
    for _ in ids:
        info.context.count_walk()
    return ways.common_ancestors(info.context.store, [_named(info, id) for id in ids], limit)


def diff(
    info: Info,
    a: Annotated[str, strawberry.argument(description="What names the first file or run.")],
    b: Annotated[str, strawberry.argument(description="What names the second file or run.")],
) -> LineageDiff:
    """Say what differs between what led to one record and what led to another.

    Args:
        info: the request, with its store and its batches.
        a: what names the first file or run.
        b: what names the second file or run.

    Returns:
        The runs that differ, the weightiest first.

    Raises:
        NotFoundError: no record bears a name.
        AmbiguousError: several records bear a name.
        GraphQLError: the request asks for too many lineages.
    """
    for _ in (a, b):
        info.context.count_walk()
    return comparison.diff(info.context.store, _named(info, a), _named(info, b))


def rerun(info: Info, file: File) -> Rerun:
    """Find out how a file can be made again.

    Args:
        info: the request, with its store and its batches.
        file: what names the file.

    Returns:
        The recipe as texts.

    Raises:
        NotFoundError: no record bears the name.
        NoMakerError: no known run made the file.
        AmbiguousError: several records bear the name.
        GraphQLError: the request asks for too many lineages.
    """
    info.context.count_walk()
    return Rerun(recipe_of(info.context.store, _named(info, file)))


def versions(
    info: Info, path: Annotated[str, strawberry.argument(description="The path, or a file's name.")]
) -> list[Node]:
    """Find all files that stood at a path.

    Args:
        info: the request, with its store and its batches.
        path: the path; or what names a file, for the path where that file stands.

    Returns:
        The files in the order in which they came there; none where no file is called so.

    Raises:
        AmbiguousError: several files are called so.
    """
    try:
        _, found = versions_at(info.context.store, storable_text(path), at=info.context.at)
    except NotFoundError:
        return []
    return [each.node for each in found]


def node(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The record's id.")]
) -> Node:
    """Find any record.

    Args:
        info: the request, with its store and its batches.
        id: the id of the record.

    Returns:
        The record.

    Raises:
        NotFoundError: no record bears the name.
        AmbiguousError: several records bear the name.
    """
    return _named(info, id)


def entity(info: Info, id: Name) -> Node:
    """Find an entity.

    Args:
        info: the request, with its store and its batches.
        id: what names the record.

    Returns:
        The entity.

    Raises:
        NotFoundError: no entity bears the name.
        AmbiguousError: several records bear the name.
    """
    return _of_kind(info, id, Kind.ENTITY)


def activity(info: Info, id: Name) -> Node:
    """Find an activity.

    Args:
        info: the request, with its store and its batches.
        id: what names the record.

    Returns:
        The activity.

    Raises:
        NotFoundError: no activity bears the name.
        AmbiguousError: several records bear the name.
    """
    return _of_kind(info, id, Kind.ACTIVITY)


def agent(info: Info, id: Name) -> Node:
    """Find an agent.

    Args:
        info: the request, with its store and its batches.
        id: what names the record.

    Returns:
        The agent.

    Raises:
        NotFoundError: no agent bears the name.
        AmbiguousError: several records bear the name.
    """
    return _of_kind(info, id, Kind.AGENT)


def stats(info: Info) -> Mapping[str, int]:
    """Count everything that the store holds.

    Args:
        info: the request, with its store and its batches.

    Returns:
        What is counted, such as ``entities`` or ``wasGeneratedBy`` → how many there are.
    """
    return info.context.store.stats()


def record_count(parent: strawberry.Parent[Mapping[str, int]], info: Info) -> int:
    """Look up the count that the field is named after.

    Args:
        parent: the counts of `stats`.
        info: the request, with its store and its batches.

    Returns:
        The count; 0 of what does not occur.
    """
    return parent.get(info.python_name, 0)


def relation_counts(parent: strawberry.Parent[Mapping[str, int]]) -> list[CountedRelation]:
    """List the counts of relations.

    Args:
        parent: the counts of `stats`.

    Returns:
        The counts, in the order of the vocabulary; relations that do not occur are left out.
    """
    return [
        CountedRelation(relation, parent[relation])
        for relation in RelationType
        if parent.get(relation)
    ]


def _named(info: Info, name: str) -> Node:
    """The record that a name means; a path is not looked for on this machine."""
    return tracing.find(info.context.store, storable_text(name), at=info.context.at)


def _of_kind(info: Info, name: str, kind: Kind) -> Node:
    """The record of this kind, though one of another kind may bear the same id.

    An id of that kind goes first; all other names mean what they mean everywhere.
    """
    wanted = Filter(identifiers=(storable_text(name),), kinds=(kind,))
    candidates = info.context.store.find(wanted).found
    bearers = [each.node for each in candidates if each.node.id == name]
    found = bearers[0] if bearers else _named(info, name)
    if found.kind is not kind:
        raise NotFoundError(name)
    return found
