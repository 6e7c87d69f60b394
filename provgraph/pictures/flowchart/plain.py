"""What of a lineage a flowchart draws: files and runs from cause to effect, configuration apart.

The page's ``plain.ts`` chooses the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.vocabulary import AGENT_RELATIONS, EntityType, Kind, RelationType

_CONFIGURATION = re.compile("config", re.IGNORECASE)
_SETTINGS = frozenset({Kind.COLLECTION, Kind.CONFIG_FILE})
_STEPS = frozenset({RelationType.USED, RelationType.WAS_GENERATED_BY})


@dataclass(frozen=True, slots=True)
class Flow:
    """A way from a cause to its effect.

    Attributes:
        cause: the key of the cause.
        effect: the key of the effect.
        relation: what joins them.
        role: the role played in it.
        is_inferred: whether no source states it.
    """

    cause: bytes
    effect: bytes
    relation: RelationType
    role: str | None
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class PlainLineage:
    """What is drawn of a lineage, before any folding.

    Attributes:
        root: the key of what was asked about.
        nodes: key → record.
        flows: the ways between these records, each pair of ends once.
        configuration: key of a run → the configuration files that it read, without a box.
        parameters: key of a run → its parameter sets, and the files that they name.
    """

    root: bytes
    nodes: dict[bytes, Node]
    flows: list[Flow]
    configuration: dict[bytes, list[Node]]
    parameters: dict[bytes, list[Node]]


def plain(lineage: Lineage, has_agents: bool) -> PlainLineage:
    """Choose what is drawn of a lineage.

    Args:
        lineage: the answer.
        has_agents: whether those who answer for runs and files are drawn. Who was asked about is
            drawn in any case, with what they answer for.

    Returns:
        What is drawn.
    """
    root = lineage.root.key
    known = {node.key: node for node in lineage.nodes}
    settings = _configuration_files(lineage, known)
    drawn = {Kind.ENTITY, Kind.ACTIVITY}
    if has_agents or lineage.root.kind is Kind.AGENT:
        drawn.add(Kind.AGENT)
    nodes = {
        key: node
        for key, node in known.items()
        if key == root or (node.kind in drawn and key not in settings)
    } or {root: lineage.root}
    shown = [
        edge
        for edge in lineage.edges
        if edge.source != edge.target
        and edge.source in nodes
        and edge.target in nodes
        and (Kind.AGENT in drawn or edge.relation not in AGENT_RELATIONS)
    ]
    read = {key: known[key] for key in settings if key in known}
    named = {key: node for key, node in known.items() if node.kind in _SETTINGS and key != root}
    return PlainLineage(
        root, nodes, _flows(shown), _beside(lineage.edges, read), _beside(lineage.edges, named)
    )


def _configuration_files(lineage: Lineage, known: dict[bytes, Node]) -> set[bytes]:
    """Files that were only ever read, and only as configuration."""
    found: set[bytes] = set()
    others = {lineage.root.key}
    for edge in lineage.edges:
        others.add(edge.source)
        node = known.get(edge.target)
        is_configuration = edge.relation is RelationType.USED and (
            bool(_CONFIGURATION.search(edge.role or ""))
            or (node is not None and node.type == EntityType.PLAN)
        )
        has_level = node is not None and bool(node.data_level)
        (found if is_configuration and not has_level else others).add(edge.target)
    return found - others


def _beside(edges: Iterable[Edge], files: dict[bytes, Node]) -> dict[bytes, list[Node]]:
    """Key of a run → those of some records that it is tied to, each once."""
    found: dict[bytes, dict[bytes, Node]] = {}
    for edge in edges:
        if edge.target in files:
            found.setdefault(edge.source, {})[edge.target] = files[edge.target]
    return {run: list(read.values()) for run, read in found.items()}


def _flows(edges: list[Edge]) -> list[Flow]:
    """The ways that relations tell of, each pair of ends once."""
    found: dict[tuple[bytes, bytes], Flow] = {}
    for edge in _telling(edges):
        flow = Flow(edge.target, edge.source, edge.relation, edge.role, edge.inferred)
        found.setdefault((edge.target, edge.source), flow)
    return list(found.values())


def _telling(edges: list[Edge]) -> Iterator[Edge]:
    """The relations that tell something.

    One that only repeats a way through a third record, as a derivation does that runs explain,
    tells nothing.
    """
    causes: dict[bytes, set[bytes]] = {}
    effects: dict[bytes, set[bytes]] = {}
    for edge in edges:
        causes.setdefault(edge.source, set()).add(edge.target)
        effects.setdefault(edge.target, set()).add(edge.source)
    for edge in edges:
        if edge.relation in _STEPS or causes[edge.source].isdisjoint(effects[edge.target]):
            yield edge
