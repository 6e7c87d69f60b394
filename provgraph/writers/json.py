"""Writes a lineage as strict JSON (docs/contract.md, Commands)."""

import json
from typing import Any

from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.values import storable_text


def write(lineage: Lineage) -> str:
    """Write a lineage as a JSON document.

    Args:
        lineage: the answer to write.

    Returns:
        The document in UTF-8 characters as they are. It holds no NaN and no Infinity; a lone
        surrogate is written as a JSON escape.
    """
    return (
        storable_text(json.dumps(document(lineage), ensure_ascii=False, allow_nan=False, indent=2))
        + "\n"
    )


def document(lineage: Lineage) -> dict[str, Any]:
    """Return a lineage as plain data, for JSON and for programs that build on it.

    Args:
        lineage: the answer.

    Returns:
        The object that docs/contract.md, Commands, fixes: ``root``, ``direction``, ``depth``,
        ``truncated``, ``nodes`` and ``edges``.
    """
    ids = {node.key: node.id for node in (lineage.root, *lineage.nodes)}
    return {
        "root": lineage.root.id,
        "direction": lineage.direction.value,
        "depth": lineage.depth,
        "truncated": lineage.truncated,
        "nodes": [node_document(node) for node in lineage.nodes],
        "edges": [
            _edge(edge, ids) for edge in lineage.edges if edge.source in ids and edge.target in ids
        ],
    }


def node_document(node: Node) -> dict[str, Any]:
    """Return one record as plain data.

    Args:
        node: the record.

    Returns:
        One element of ``nodes`` in a lineage document.
    """
    return {
        "id": node.id,
        "kind": node.kind.value,
        "name": node.name,
        "distance": node.distance,
        "location": node.location,
        "locations": list(node.locations),
        "identifiers": list(node.identifiers),
        "startTime": node.start_time,
        "endTime": node.end_time,
        "status": node.status,
        "version": node.version,
        "attributes": node.shown_attributes,
    }


def _edge(edge: Edge, ids: dict[bytes, str]) -> dict[str, str | None]:
    return {
        "relation": edge.relation.value,
        "source": ids[edge.source],
        "target": ids[edge.target],
        "role": edge.role,
        "time": edge.time,
    }
