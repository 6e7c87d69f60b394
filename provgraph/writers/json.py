"""A lineage as strict JSON, in the shape that CONTRACT section 4 fixes."""

import json
from typing import Any

from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.values import storable_text


def write(lineage: Lineage) -> str:
    """The JSON document.

    No NaN and no Infinity, UTF-8 as it is, lone surrogates as JSON escapes.
    """
    return (
        storable_text(json.dumps(document(lineage), ensure_ascii=False, allow_nan=False, indent=2))
        + "\n"
    )


def document(lineage: Lineage) -> dict[str, Any]:
    """The answer as plain data, for JSON and for whoever builds on it."""
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
    """One record as plain data."""
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
