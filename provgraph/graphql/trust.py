"""The GraphQL types of the summary with which a lineage opens."""

from typing import Any

import strawberry

from provgraph.graphql.declaring import JSON, attribute
from provgraph.model.fields import SUMMARY_FIELDS


def _of_summary(name: str) -> Any:
    """A field of the summary that all faces share."""
    return attribute(SUMMARY_FIELDS[name], name)


@strawberry.type(name="LineageEnd", description="A record where a way to the origin ends.")
class LineageEndObject:
    """The GraphQL type ``LineageEnd``."""

    id: strawberry.ID = attribute("The record's id.")
    why: str = attribute("raw, external, cut, unrecorded or hidden.")


@strawberry.type(
    name="SuspectedInput",
    description="A file that a run names in its configuration or arguments, but that nobody noted "
    "as its input.",
)
class SuspectedInputObject:
    """The GraphQL type ``SuspectedInput``."""

    run: strawberry.ID = attribute("The run's id.")
    path: str = attribute("The path that the run names.")
    id: strawberry.ID = attribute("The id of the file that stood there for the run.")


@strawberry.type(name="Summary", description="What a lineage opens with.")
class SummaryObject:
    """The GraphQL type ``Summary``."""

    complete: bool = _of_summary("complete")
    ends: list[LineageEndObject] = _of_summary("ends")
    failed: list[strawberry.ID] = _of_summary("failed")
    invalid: list[strawberry.ID] = _of_summary("invalid")
    versions: JSON = _of_summary("versions")
    rewritten: list[strawberry.ID] = _of_summary("rewritten")
    suspected: list[SuspectedInputObject] = _of_summary("suspected")
