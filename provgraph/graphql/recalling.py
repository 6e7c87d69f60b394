"""What recalls reached, and what is tainted: fields of the GraphQL type ``Query``."""

from typing import Annotated, TypeAlias

import strawberry

from provgraph.errors import SettingsError
from provgraph.graphql.declaring import DateTime
from provgraph.graphql.failures import bad_input
from provgraph.graphql.finding import After, First, ListPage, list_page
from provgraph.graphql.resolvers import Depth, Info, walked
from provgraph.model.lineage import Direction, Lineage
from provgraph.questions import recalling

Since: TypeAlias = Annotated[
    DateTime | None, strawberry.argument(description="Then or later; without it, any time.")
]
Until: TypeAlias = Annotated[
    DateTime | None, strawberry.argument(description="Then or earlier; without it, any time.")
]


def impact_of_tool(
    info: Info,
    tool: Annotated[str, strawberry.argument(description="The name of the tool, in any case.")],
    version: Annotated[str, strawberry.argument(description="Its version, in any case.")],
    depth: Depth = strawberry.UNSET,
) -> Lineage:
    """Find everything that was made by the runs of a tool version.

    Args:
        info: the request, with its store and its batches.
        tool: the name of the tool.
        version: its version.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage downstream; its root stands for the tool version.

    Raises:
        NotFoundError: no run of this version is known.
        GraphQLError: the depth is negative, or the request asks for too many lineages.
    """
    store = info.context.store
    root = recalling.record_of(store, recalling.tool_version(store, tool, version))
    return walked(info, root, Direction.DOWNSTREAM, depth)


def impact_of_uses(
    info: Info,
    path: Annotated[str, strawberry.argument(description="The path, or a file's name.")],
    since: Since = strawberry.UNSET,
    until: Until = strawberry.UNSET,
    depth: Depth = strawberry.UNSET,
) -> Lineage:
    """Find everything that was made by the runs that read a path in a span of time.

    Args:
        info: the request, with its store and its batches.
        path: the path; or what names a file, for the path where that file stands.
        since: the first moment; without it, any.
        until: the last moment; without it, any.
        depth: how many relations far; without it, to the end.

    Returns:
        The lineage downstream; its root stands for these uses.

    Raises:
        NotFoundError: no file is called so, or it never stood at a path.
        AmbiguousError: several files are called so.
        GraphQLError: the span or the depth makes no sense, or the request asks for too many
            lineages.
    """
    store = info.context.store
    try:
        recall = recalling.uses_of_path(store, path, None, since or None, until or None)
    except SettingsError as error:
        raise bad_input(str(error)) from None
    return walked(info, recalling.record_of(store, recall), Direction.DOWNSTREAM, depth)


def tainted(
    info: Info, since: Since = strawberry.UNSET, first: First = 20, after: After = strawberry.UNSET
) -> ListPage:
    """List the delivered products that were made from invalid records.

    Args:
        info: the request, with its store and its batches.
        since: made then or later; without it, at any time.
        first: how many.
        after: the cursor behind which the page begins.

    Returns:
        A page of them, the newest first.

    Raises:
        GraphQLError: the time, the number or the cursor makes no sense.
    """
    return list_page(
        lambda page: recalling.tainted(info.context.store, since or None, page), first, after
    )
