"""Answers of GraphQL as the records of `provgraph.model`, which do all that they do at home."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from provgraph.model.comparison import (
    Change,
    InputDifference,
    LineageDiff,
    RunDifference,
    ValueDifference,
)
from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.records import key_of
from provgraph.model.summary import EndReason, LineageEnd, LineageSummary, SuspectedInput
from provgraph.model.values import Value, Values
from provgraph.model.vocabulary import Kind, RelationType

Data: TypeAlias = Mapping[str, Any]


def node_of(data: Data) -> Node:
    """Read a record.

    Args:
        data: what the fragment ``record`` asks for.

    Returns:
        The record.
    """
    kind, mark = Kind(data["kind"]), data["invalidation"]
    return Node(
        key_of(kind, data["id"]),
        data["id"],
        kind,
        data["name"],
        data.get("type"),
        data["distance"],
        data.get("location"),
        tuple(data.get("locations", ())),
        tuple(data.get("identifiers", ())),
        data.get("startTime"),
        data.get("endTime"),
        data.get("status"),
        data.get("version"),
        data.get("host"),
        data.get("generatedAtTime"),
        data.get("invalidatedAtTime"),
        data.get("dataLevel"),
        None if mark is None else Invalidation(mark["time"], mark["reason"], mark["by"]),
        tuple(data["tainted"]),
        data["more"],
        data["masked"],
        {name: _values_of(said) for name, said in data["attributes"].items()},
    )


def _values_of(said: Value) -> Values:
    """What sources say, as records keep it: answers show one value as it is, several as a list."""
    return tuple(said) if isinstance(said, list) else (said,)


def edges_of(data: Data, keys: Mapping[str, bytes]) -> tuple[Edge, ...]:
    """Read the relations of an answer.

    Args:
        data: the answer.
        keys: the id of each record → its key.

    Returns:
        The relations, in the order of the answer.
    """
    return tuple(
        Edge(
            RelationType[each["relation"]],
            keys[each["source"]],
            keys[each["target"]],
            each["role"],
            each["time"],
            each["location"],
            each["inferred"],
        )
        for each in data["edges"]
    )


def lineage_of(data: Data) -> Lineage:
    """Read a lineage.

    Args:
        data: what the fragment ``answer`` asks for.

    Returns:
        The lineage, summed up.
    """
    nodes = tuple(map(node_of, data["nodes"]))
    keys = {node.id: node.key for node in nodes}
    return Lineage(
        node_of(data["root"]),
        Direction[data["direction"]],
        data["depth"],
        data["truncated"],
        nodes,
        edges_of(data, keys),
        summary=_summary_of(data["summary"]),
    )


def _summary_of(data: Data) -> LineageSummary:
    return LineageSummary(
        data["complete"],
        tuple(LineageEnd(each["id"], EndReason(each["why"])) for each in data["ends"]),
        tuple(data["failed"]),
        tuple(data["invalid"]),
        {tool: tuple(versions) for tool, versions in data["versions"].items()},
        tuple(data["rewritten"]),
        tuple(SuspectedInput(each["run"], each["path"], each["id"]) for each in data["suspected"]),
    )


def diff_of(data: Data) -> LineageDiff:
    """Read a comparison of two histories.

    Args:
        data: the answer.

    Returns:
        What differs.
    """
    runs = tuple(map(_run_difference, data["runs"]))
    return LineageDiff(data["a"], data["b"], runs, data["alike"], data["truncated"])


def _run_difference(data: Data) -> RunDifference:
    version = data["version"]
    return RunDifference(
        data["tool"],
        Change(data["change"]),
        data["a"],
        data["b"],
        None if version is None else (version[0], version[1]),
        _values(data["parameters"]),
        _values(data["packages"]),
        tuple(InputDifference(each["role"], each["a"], each["b"]) for each in data["inputs"]),
    )


def _values(data: list[Data]) -> tuple[ValueDifference, ...]:
    return tuple(ValueDifference(each["name"], each["a"], each["b"]) for each in data)
