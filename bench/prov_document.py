"""A PROV-JSON document that says what a load has put into Neo4j, one element a row."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from neo4j.time import DateTime

from bench.bare import Rows

_NAMESPACE = "provgraph"
_ELEMENTS = {"Activity": "activity", "Agent": "agent"}
#: PROV has no wasConfiguredBy; what influences most generally is the nearest.
_RELATIONS = {
    "USED": ("used", "prov:activity", "prov:entity"),
    "WAS_GENERATED_BY": ("wasGeneratedBy", "prov:entity", "prov:activity"),
    "HAD_MEMBER": ("hadMember", "prov:collection", "prov:entity"),
    "WAS_CONFIGURED_BY": ("wasInfluencedBy", "prov:influencee", "prov:influencer"),
}
_BOOKKEEPING = {"Load", "Bookkeeping"}


def write_document(path: Path, nodes: Rows, relationships: Rows) -> int:
    """Write the document, without provgraph's bookkeeping.

    Returns:
        how many elements and relations are in it.
    """
    document: dict[str, Any] = {"prefix": {_NAMESPACE: "http://provgraph.example/"}}
    count = 0
    for labels, rows in nodes.items():
        if _BOOKKEEPING.isdisjoint(labels):
            said = document.setdefault(_ELEMENTS.get(labels[0], "entity"), {})
            said.update(
                (_name(labels[0], row["id"]), _attributes(row["properties"])) for row in rows
            )
            count += len(rows)
    for (source, kind, target, _), rows in relationships.items():
        relation, start, end = _RELATIONS[kind]
        said = document.setdefault(relation, {})
        for row in rows:
            ends = {start: _name(source, row["start"]), end: _name(target, row["end"])}
            said[f"_:{relation}{len(said)}"] = ends | _attributes(row["properties"])
        count += len(rows)
    path.write_text(json.dumps(document), encoding="utf-8")
    return count


def _name(label: str, identifier: str) -> str:
    return f"{_NAMESPACE}:{label}_{quote(identifier, safe='')}"


def _attributes(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{_NAMESPACE}:{quote(name, safe='')}": _literal(value)
        for name, value in properties.items()
    }


def _literal(value: Any) -> Any:
    if isinstance(value, list):
        return [_literal(each) for each in value]
    return (
        {"$": value.iso_format(), "type": "xsd:dateTime"} if isinstance(value, DateTime) else value
    )
