"""The GraphQL types of how a file can be made again."""

import strawberry

from provgraph.graphql.declaring import attribute


@strawberry.type(name="RerunGap", description="Something that can't be rebuilt.")
class RerunGapObject:
    """The GraphQL type ``RerunGap``."""

    what: str = attribute("What is missing, and what to do about it.")
    id: strawberry.ID | None = attribute("The run or file that it is about.")


@strawberry.type(
    name="Rerun", description="How a file can be made again. Nothing is run by this question."
)
class RerunObject:
    """The GraphQL type ``Rerun``."""

    target: strawberry.ID = attribute("The id of the file.")
    script: str = attribute("Commands, versions, configuration and inputs, as a script for bash.")
    workflow: str = attribute("The same as a workflow of the Common Workflow Language 1.2.")
    gaps: list[RerunGapObject] = attribute("What can't be rebuilt from what is recorded.")
