"""The GraphQL types of what differs between two histories."""

import strawberry

from provgraph.graphql.declaring import JSON, attribute


@strawberry.type(
    name="ValueDifference", description="A parameter or a package of a run that differs."
)
class ValueDifferenceObject:
    """The GraphQL type ``ValueDifference``."""

    name: str = attribute("The name of the parameter or package.")
    a: JSON | None = attribute("Its value or version in A; null where it has none.")
    b: JSON | None = attribute("Its value or version in B; null where it has none.")


@strawberry.type(
    name="InputDifference",
    description="An input of one run that no input of its counterpart stands for.",
)
class InputDifferenceObject:
    """The GraphQL type ``InputDifference``."""

    role: str | None = attribute("The part that it played.")
    a: strawberry.ID | None = attribute("The id of what the run of A read; null for nothing.")
    b: strawberry.ID | None = attribute("The id of what the run of B read; null for nothing.")


@strawberry.type(
    name="RunDifference",
    description="A run that stands in one history only, or that differs from its counterpart.",
)
class RunDifferenceObject:
    """The GraphQL type ``RunDifference``."""

    tool: str | None = attribute("The tool; null of what two records come from that no run made.")
    change: str = attribute("only-a, only-b or changed.")
    a: strawberry.ID | None = attribute("The id of the run in A.")
    b: strawberry.ID | None = attribute("The id of the run in B.")
    version: list[str | None] | None = attribute("The two versions of the tool, where they differ.")
    parameters: list[ValueDifferenceObject] = attribute("The parameters that differ.")
    packages: list[ValueDifferenceObject] = attribute("The packages that differ.")
    inputs: list[InputDifferenceObject] = attribute("The inputs that differ.")


@strawberry.type(name="LineageDiff", description="What differs between two histories.")
class LineageDiffObject:
    """The GraphQL type ``LineageDiff``."""

    a: strawberry.ID = attribute("The id of the record that the first history led to.")
    b: strawberry.ID = attribute("The id of the record that the second history led to.")
    identical: bool = attribute("Whether nothing differs but ids, times, hosts and file names.")
    alike: int = attribute("How many pairs of runs are alike.")
    truncated: bool = attribute("Whether a limit cut one of the histories.")
    runs: list[RunDifferenceObject] = attribute("The runs that differ, the weightiest first.")
