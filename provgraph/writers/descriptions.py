"""Writes what is said of a tool and of its parameters, as text and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provgraph.model.attributes import json_safe
from provgraph.model.descriptions import (
    APPROVED_AT,
    APPROVED_BY,
    DESCRIBED_AT,
    DESCRIBED_BY,
    OWN_FACTS,
    REVISION,
    ToolDescription,
)
from provgraph.model.lineage import Node
from provgraph.model.values import Value, canonical_json, counted, readable, visible, with_zone
from provgraph.model.vocabulary import Kind
from provgraph.questions.describing import DescribedParameter

#: So much of a meaning stands behind a parameter.
_LONGEST = 200


def tool_document(tool: Node) -> dict[str, Value]:
    """Return the description of a tool as plain data, without its parts.

    Args:
        tool: the description.
    """
    said = {name: _first(tool, name) for name in tool.attributes if name not in OWN_FACTS}
    return {
        "id": tool.id,
        **said,
        "revision": _first(tool, REVISION),
        "by": _first(tool, DESCRIBED_BY),
        "time": _time(tool, DESCRIBED_AT),
        "approvedBy": _first(tool, APPROVED_BY),
        "approvedAt": _time(tool, APPROVED_AT),
    }


def parameter_document(parameter: DescribedParameter) -> dict[str, Value]:
    """Return a parameter with what is said of it as plain data.

    Args:
        parameter: of a run.
    """
    return {
        "name": parameter.name,
        "value": json_safe(parameter.value),
        "default": json_safe(parameter.default),
        "differs": parameter.differs,
        "description": parameter.meaning,
    }


def tool_lines(tool: Node) -> Iterator[str]:
    """Write what a tool is.

    Args:
        tool: the description.

    Yields:
        Lines for a terminal.
    """
    yield f"what it is: {visible(' '.join(filter(None, (tool.name, tool.version))))}"
    text = str(_first(tool, "description") or "")
    yield from (f"  {visible(line)}" for line in text.splitlines() if line.strip())
    for name in ("type", "subtype", "doculink"):
        if said := _first(tool, name):
            yield f"  {name}: {visible(str(said))}"
    yield f"  {_standing(tool)}"


def _standing(tool: Node) -> str:
    """Which revision it is, and who has approved it."""
    number = _first(tool, REVISION)
    by, approved = _first(tool, DESCRIBED_BY), _first(tool, APPROVED_BY)
    parts = [
        f"description {visible(tool.id)}" + (f", revision {number}" if number else ""),
        f"by {visible(str(by))}" if by else "",
        f"approved by {visible(str(approved))} at {_time(tool, APPROVED_AT)}" if approved else "",
    ]
    return ", ".join(filter(None, parts)) + ("" if approved or not number else ", not approved")


def parameter_lines(
    parameters: Sequence[DescribedParameter], *, whole: bool = False
) -> Iterator[str]:
    """Write the parameters that differ from their default, and how many others there are.

    Args:
        parameters: of a run whose tool is described.
        whole: whether all parameters are listed elsewhere.

    Yields:
        Lines for a terminal.
    """
    differing = [each for each in parameters if each.differs]
    unknown = [each for each in parameters if each.differs is None]
    if differing:
        yield "parameters that differ from their default:"
        yield from (f"  {_line(each)}" for each in differing)
    if unknown and not whole:
        yield "parameters whose default isn't known:"
        yield from (f"  {_line(each)}" for each in unknown)
    rest = len(parameters) - len(differing) - len(unknown)
    if rest and not whole:
        verb = "has its" if rest == 1 else "have their"
        yield f"{counted(rest, 'parameter')} {verb} default (--all lists them)"


def _line(parameter: DescribedParameter) -> str:
    return f"{visible(parameter.name)} = {_value(parameter.value)}{meaning(parameter)}"


def meaning(parameter: DescribedParameter | None) -> str:
    """Write what stands behind a parameter and its value: its default, and what it means.

    Args:
        parameter: of a run; None of what is no parameter.

    Returns:
        Such as ``  (default 5: compression level)``; nothing of what nobody described.
    """
    if parameter is None or parameter.description is None:
        return ""
    default = f"default {_value(parameter.default)}" if parameter.differs else ""
    text = readable(" ".join((parameter.meaning or "").split()), _LONGEST)
    said = ": ".join(filter(None, (default, text)))
    return f"  ({said})" if said else ""


def _value(value: Value) -> str:
    return readable(value if isinstance(value, str) else canonical_json(value), _LONGEST)


def description_of(tool: Node, parts: Mapping[Kind, Iterable[Node]]) -> ToolDescription:
    """Put a description together again, such as to edit it.

    Args:
        tool: the description of the tool.
        parts: kind of description → those of its parts.

    Returns:
        What was given when it was described.
    """
    own = {"name", "version"}
    return ToolDescription(
        name=str(tool.name or tool.id),
        version=tool.version,
        said=_said(tool, own),
        parameters={
            str(each.name): _said(each, {"name"})
            for each in parts.get(Kind.PARAMETER_DESCRIPTION, ())
        },
        used=[_said(each, set()) for each in parts.get(Kind.USAGE_DESCRIPTION, ())],
        generated=[_said(each, set()) for each in parts.get(Kind.GENERATION_DESCRIPTION, ())],
        config_files=[_said(each, set()) for each in parts.get(Kind.CONFIG_FILE_DESCRIPTION, ())],
    )


def _said(node: Node, without: set[str]) -> dict[str, Any]:
    hidden = OWN_FACTS | without | {"activityDescription"}
    return {name: _first(node, name) for name in node.attributes if name not in hidden}


def _first(node: Node, name: str) -> Value:
    said = node.attributes.get(name, ())
    return said[0] if said else None


def _time(node: Node, name: str) -> str | None:
    said = _first(node, name)
    return None if said is None else with_zone(str(said))
