"""What is said of the tool of a run and of its parameters: GraphQL types, and what they find."""

from collections.abc import Callable
from typing import Any, NamedTuple

import strawberry

from provgraph.graphql.declaring import JSON, DateTime, attribute, resolved
from provgraph.graphql.resolvers import Info, NamedValue
from provgraph.model.attributes import json_safe
from provgraph.model.lineage import Node
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind
from provgraph.questions.describing import DescribedParameter
from provgraph.writers.descriptions import tool_document


class DescribedTool(NamedTuple):
    """The description of a tool, as its fields show it."""

    node: Node
    id: str
    name: str | None
    version: str | None
    description: str | None
    type: str | None
    subtype: str | None
    doculink: str | None
    revision: int | None
    by: str | None
    time: str | None
    approved_by: str | None
    approved_at: str | None


class DescribedPart(NamedTuple):
    """The description of a parameter, an input, an output or a configuration file."""

    name: str | None
    role: str | None
    description: str | None
    type: str | None
    value_type: str | None
    unit: str | None
    multiplicity: str | None
    content_type: str | None
    default: Value
    min: Value
    max: Value
    options: Value


async def tool_of(parent: strawberry.Parent[Node], info: Info) -> DescribedTool | None:
    """Find the description of the tool of a run.

    Args:
        parent: the run.
        info: the request, with its store and its batches.

    Returns:
        The description; None of a tool that nobody described.
    """
    node = await info.context.tools.load(parent.key)
    if node is None:
        return None
    said = tool_document(node)
    revision = said["revision"]
    return DescribedTool(
        node=node,
        id=node.id,
        name=node.name,
        version=node.version,
        description=_text(said.get("description")),
        type=_text(said.get("type")),
        subtype=_text(said.get("subtype")),
        doculink=_text(said.get("doculink")),
        revision=revision if isinstance(revision, int) else None,
        by=_text(said["by"]),
        time=_text(said["time"]),
        approved_by=_text(said["approvedBy"]),
        approved_at=_text(said["approvedAt"]),
    )


def _parts_of(kind: Kind) -> Callable[..., Any]:
    """What lists the descriptions of the parts of a tool that are of one kind."""

    async def parts(parent: strawberry.Parent[DescribedTool], info: Info) -> list[DescribedPart]:
        found = await info.context.parts.load(parent.node.key)
        return [_part(each) for each in found.get(kind, ())]

    return parts


async def meaning(parent: strawberry.Parent[NamedValue], info: Info) -> str | None:
    """Say what a parameter of a run means.

    Args:
        parent: the parameter.
        info: the request, with its store and its batches.

    Returns:
        Its description; None of what nobody described.
    """
    found = await _described(parent, info)
    return None if found is None else found.meaning


async def default(parent: strawberry.Parent[NamedValue], info: Info) -> Value:
    """Find the default of a parameter of a run.

    Args:
        parent: the parameter.
        info: the request, with its store and its batches.

    Returns:
        The default; None where that is nothing, or isn't known.
    """
    found = await _described(parent, info)
    return None if found is None else json_safe(found.default)


async def differs(parent: strawberry.Parent[NamedValue], info: Info) -> bool | None:
    """Tell whether a parameter of a run has another value than its default.

    Args:
        parent: the parameter.
        info: the request, with its store and its batches.

    Returns:
        Whether it does; None where the default isn't known.
    """
    found = await _described(parent, info)
    return None if found is None else found.differs


async def _described(parent: NamedValue, info: Info) -> DescribedParameter | None:
    """A parameter of a run with what is said of it."""
    return (await info.context.described.load(parent.run)).get(parent.name)


def _part(node: Node) -> DescribedPart:
    said = {name: values[0] for name, values in node.attributes.items() if values}
    texts = (
        *("name", "role", "description", "type", "valueType", "unit"),
        *("multiplicity", "contentType"),
    )
    return DescribedPart(
        *(_text(said.get(name)) for name in texts),
        *(json_safe(said.get(name)) for name in ("default", "min", "max", "options")),
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


@strawberry.type(
    name="ParameterDescription", description="What is said of a parameter of a tool (IVOA)."
)
class ParameterDescriptionObject:
    """The GraphQL type ``ParameterDescription``."""

    name: str | None = attribute("Its full name, or the end of it from some component on.")
    description: str | None = attribute("What it means.")
    value_type: str | None = attribute("Its type, as in a VOTable.")
    unit: str | None = attribute("Its unit.")
    default: JSON | None = attribute("Its value where nobody sets it.")
    min: JSON | None = attribute("The smallest value.")
    max: JSON | None = attribute("The greatest value.")
    options: JSON | None = attribute("The values that it may have.")


@strawberry.type
class _RoleDescription:
    """What is said of something that a tool reads or makes."""

    role: str | None = attribute("The part that it plays.")
    description: str | None = attribute("What it is.")
    type: str | None = attribute("Its type.")
    multiplicity: str | None = attribute("How many there may be, such as 1..*.")
    content_type: str | None = attribute("Its media type.")


@strawberry.type(
    name="UsageDescription", description="What is said of something that a tool reads (IVOA)."
)
class UsageDescriptionObject(_RoleDescription):
    """The GraphQL type ``UsageDescription``."""


@strawberry.type(
    name="GenerationDescription", description="What is said of something that a tool makes (IVOA)."
)
class GenerationDescriptionObject(_RoleDescription):
    """The GraphQL type ``GenerationDescription``."""


@strawberry.type(
    name="ConfigFileDescription", description="What is said of a configuration file (IVOA)."
)
class ConfigFileDescriptionObject:
    """The GraphQL type ``ConfigFileDescription``."""

    name: str | None = attribute("Its name.")
    description: str | None = attribute("What it is.")
    content_type: str | None = attribute("Its media type.")


@strawberry.type(
    name="ActivityDescription", description="What all runs of a tool have in common (IVOA)."
)
class ActivityDescriptionObject:
    """The GraphQL type ``ActivityDescription``."""

    id: strawberry.ID = attribute("Its id: name and version of the tool, and the revision.")
    name: str | None = attribute("The tool.")
    version: str | None = attribute("Its version; null of a description of all versions.")
    description: str | None = attribute("What the tool is.")
    type: str | None = attribute("Its type.")
    subtype: str | None = attribute("Its finer type.")
    doculink: str | None = attribute("Where its documentation is.")
    revision: int | None = attribute("Which revision of the description this is, from 1.")
    by: str | None = attribute("Who says so.")
    time: DateTime | None = attribute("When that was said.")
    approved_by: str | None = attribute("Who has approved it; null of a draft.")
    approved_at: DateTime | None = attribute("When it was approved.")
    parameters: list[ParameterDescriptionObject] = resolved(
        _parts_of(Kind.PARAMETER_DESCRIPTION), "Its parameters."
    )
    used: list[UsageDescriptionObject] = resolved(
        _parts_of(Kind.USAGE_DESCRIPTION), "What it reads."
    )
    generated: list[GenerationDescriptionObject] = resolved(
        _parts_of(Kind.GENERATION_DESCRIPTION), "What it makes."
    )
    config_files: list[ConfigFileDescriptionObject] = resolved(
        _parts_of(Kind.CONFIG_FILE_DESCRIPTION), "Its configuration files."
    )
