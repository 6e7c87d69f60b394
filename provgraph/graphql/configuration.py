"""The GraphQL types of how a run was set up: parameters and packages."""

import strawberry

from provgraph.graphql import describing
from provgraph.graphql.declaring import JSON, attribute, resolved


@strawberry.type(description="A parameter of a run.")
class Parameter:
    """One value of the configuration of a run."""

    name: str = attribute("Its full name: tool, components and trait.")
    component: str = attribute("The component that it configures.")
    value: JSON | None = attribute("Its value, with the type that its source gives.")
    description: str | None = resolved(describing.meaning, "What it means.")
    default: JSON | None = resolved(describing.default, "Its value where nobody sets it.")
    differs: bool | None = resolved(
        describing.differs, "Whether it differs from its default; null where that isn't known."
    )


@strawberry.type(description="A piece of software that a run could use.")
class Package:
    """One entry of the software environment of a run."""

    name: str = attribute("Its name.")
    value: str = attribute("Its version.", "version")
