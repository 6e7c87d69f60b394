"""The GraphQL types of lists that come page by page, as Relay has them, and of their filters.

Source: GraphQL Cursor Connections Specification (Relay), sections 3 to 5.
"""

from typing import Generic, TypeVar

import strawberry

from provgraph.graphql.declaring import JSON, DateTime, attribute, resolved
from provgraph.store.records import LoadRecord

T = TypeVar("T")


@strawberry.type(description="Where a page ends.")
class PageInfo:
    """The GraphQL type ``PageInfo``."""

    has_next_page: bool = attribute("Whether something follows.")
    has_previous_page: bool = attribute("Whether something stands before.")
    start_cursor: str | None = attribute("The cursor of the first member.")
    end_cursor: str | None = attribute("The cursor of the last member: `after` of the next page.")


@strawberry.type(name="Edge", description="A member of a page, with its place in the list.")
class EdgeObject(Generic[T]):
    """The GraphQL types ``EntityEdge`` and so on."""

    node: T = attribute("The member.")
    cursor: str = attribute("Its place; it stays when something is added before or behind it.")


@strawberry.type(name="Connection", description="One page of a list.")
class ConnectionObject(Generic[T]):
    """The GraphQL types ``EntityConnection`` and so on."""

    edges: list[EdgeObject[T]] = attribute("The members, with their places.")
    nodes: list[T] = attribute("The members.")
    page_info: PageInfo = attribute("Where the page ends.")
    total_count: int = attribute("How many there are on all pages together.")


@strawberry.type(description="A part of a source that could not be read.")
class LoadProblem:
    """The GraphQL type ``LoadProblem``."""

    where: str = attribute("Where it is in the source.")
    what: str = attribute("What is wrong.")


def load_problems(parent: strawberry.Parent[LoadRecord]) -> list[LoadProblem]:
    """List what of a source could not be read.

    Args:
        parent: the load.

    Returns:
        The parts.
    """
    return [LoadProblem(where=where, what=what) for where, what in parent.problems]


@strawberry.type(name="Load", description="One reading of one source.")
class LoadObject:
    """The GraphQL type ``Load``."""

    id: strawberry.ID = attribute("Its id.")
    source: str = attribute("The file or URL that was read.")
    format: str = attribute("The format of the source.")
    namespace: str = attribute("The file system that its paths are on.")
    sha256: str = attribute("The SHA-256 of what was read.")
    time: DateTime = attribute("When it was loaded.")
    version: str = attribute("The version of provgraph that loaded it.")
    status: str = attribute("loaded, partial, unfinished or remainder.")
    counts: JSON = attribute("Kind of record → how many of them the source names.")
    agent: str | None = attribute(
        "Who sent the source to a server; null of a load by who has the store itself."
    )
    problems: list[LoadProblem] = resolved(load_problems, "What could not be read.")


_TEXT = (
    "Every word is the beginning of a word in a name, path, identifier, tool or host; words are "
    "letters and digits, in any case."
)
_SINCE = "Then or later: when the run started, or when the file was made."


@strawberry.input(description="Which entities; they meet every condition that is given.")
class EntityFilter:
    """The GraphQL input ``EntityFilter``."""

    text: str | None = strawberry.field(default=strawberry.UNSET, description=_TEXT)
    type: str | None = strawberry.field(
        default=strawberry.UNSET, description="Such as DatasetEntity."
    )
    data_level: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Any of these, such as DL3."
    )
    under: str | None = strawberry.field(
        default=strawberry.UNSET, description="It stood at this path, or below it."
    )
    tool: str | None = strawberry.field(
        default=strawberry.UNSET, description="The name of a run that made it."
    )
    since: DateTime | None = strawberry.field(default=strawberry.UNSET, description=_SINCE)
    until: DateTime | None = strawberry.field(
        default=strawberry.UNSET, description="Then or earlier."
    )
    invalid: bool | None = strawberry.field(
        default=strawberry.UNSET, description="true: only what is marked as invalid."
    )
    external: bool | None = strawberry.field(
        default=strawberry.UNSET, description="true: only what no known run made."
    )
    overwritten: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="true: only what ceased to be, as by being overwritten.",
    )
    at: DateTime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only files that stood somewhere then; with `under`, that stood there.",
    )


@strawberry.input(description="How a run was set up, in one respect.")
class ParameterFilter:
    """The GraphQL input ``ParameterFilter``."""

    name: str = strawberry.field(
        description="The parameter, or what its full name ends in behind a dot."
    )
    value: str = strawberry.field(
        description="Its value, or a value in it; numbers, truths and null as JSON writes them."
    )


@strawberry.input(description="Which activities; they meet every condition that is given.")
class ActivityFilter:
    """The GraphQL input ``ActivityFilter``."""

    text: str | None = strawberry.field(default=strawberry.UNSET, description=_TEXT)
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="The name of the tool."
    )
    version: str | None = strawberry.field(
        default=strawberry.UNSET, description="The version of the tool."
    )
    status: str | None = strawberry.field(
        default=strawberry.UNSET, description="completed, error, interrupted, running or unknown."
    )
    host: str | None = strawberry.field(default=strawberry.UNSET, description="Where it ran.")
    agent: str | None = strawberry.field(
        default=strawberry.UNSET, description="The id or name of an agent that answers for it."
    )
    parameter: ParameterFilter | None = strawberry.field(
        default=strawberry.UNSET, description="How it was set up."
    )
    since: DateTime | None = strawberry.field(default=strawberry.UNSET, description=_SINCE)
    until: DateTime | None = strawberry.field(
        default=strawberry.UNSET, description="Then or earlier."
    )
    invalid: bool | None = strawberry.field(
        default=strawberry.UNSET, description="true: only what is marked as invalid."
    )
