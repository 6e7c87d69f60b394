"""Writes a lineage as strict JSON (docs/contract.md, Commands)."""

import json
from collections.abc import Mapping
from typing import Any

from provgraph.model.fields import record_document, relation_document, summary_document
from provgraph.model.lineage import Lineage
from provgraph.model.values import Value, canonical_json, storable_text


def write(lineage: Lineage) -> str:
    """Write a lineage as a JSON document.

    Args:
        lineage: the answer to write.

    Returns:
        The document in UTF-8 characters as they are. It holds no NaN and no Infinity; a lone
        surrogate is written as a JSON escape.
    """
    return strict_json(document(lineage))


def strict_json(said: Mapping[str, Any]) -> str:
    """Write plain data as JSON that every reader takes (RFC 8259).

    Args:
        said: the document as plain data.

    Returns:
        The document in UTF-8 characters as they are; ends in a newline. It holds no NaN and no
        Infinity; a lone surrogate is written as a JSON escape.
    """
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=2)
    return storable_text(text) + "\n"


def document(lineage: Lineage) -> dict[str, Any]:
    """Return a lineage as plain data, for JSON and for programs that build on it.

    Args:
        lineage: the answer.

    Returns:
        The object that docs/contract.md, Commands, fixes: ``root``, ``direction``, ``depth``,
        ``truncated``, ``nodes`` and ``edges``; also ``filter`` when only some records are listed,
        and ``summary`` when the lineage has one.
    """
    ids = {node.key: node.id for node in (lineage.root, *lineage.nodes)}
    return {
        "root": lineage.root.id,
        "direction": lineage.direction.value,
        "depth": lineage.depth,
        "truncated": lineage.truncated,
        **_filter(lineage),
        **({} if lineage.summary is None else {"summary": summary_document(lineage.summary)}),
        "nodes": [record_document(node) for node in lineage.nodes],
        "edges": [
            relation_document(edge, ids)
            for edge in lineage.edges
            if edge.source in ids and edge.target in ids
        ],
    }


def scalar(value: Value) -> str | int | float:
    """Return a value as one text or number, for programs that take no lists and objects.

    Args:
        value: a value of a document that this module makes.

    Returns:
        A text or number as it is, a text of an enumeration as a plain text, and any other value as
        a JSON text.
    """
    if isinstance(value, str):
        return str(value)
    return value if isinstance(value, int | float) else canonical_json(value)


def flat(fields: Mapping[str, Any]) -> dict[str, str | int | float]:
    """Return the fields that have a value, each as one text or number.

    Args:
        fields: of a record or a relation, in a document that this module makes.
    """
    return {name: scalar(value) for name, value in fields.items() if value not in (None, [], {})}


def _filter(lineage: Lineage) -> dict[str, dict[str, Any]]:
    """Which records were asked for, and how many there were besides the root."""
    restriction, whole = lineage.restriction, lineage.whole
    if restriction is None or whole is None:
        return {}
    return {
        "filter": {
            "kind": list(restriction.kinds),
            "dataLevel": list(restriction.data_levels),
            "type": list(restriction.types),
            "found": len(whole.nodes) - 1,
            "listed": len(lineage.nodes) - 1,
        }
    }
