"""Makes a subgraph of py2neo, which merges an answer into a Neo4j database.

The package py2neo is unmaintained; only the extra ``py2neo`` brings it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import py2neo

from provgraph.model.fields import record_document
from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.values import Value
from provgraph.model.vocabulary import NODE_LABEL, RELATIONS, RelationType
from provgraph.writers.json import scalar


def subgraph(lineage: Lineage) -> py2neo.Subgraph:
    """Make a subgraph of a lineage.

    Between two nodes py2neo knows one relationship of a type; that of several relations has all
    their roles in a list.

    Args:
        lineage: the answer.

    Returns:
        The subgraph.
    """
    nodes = {node.key: _py2neo_node(node) for node in lineage.nodes}
    edges_between: dict[tuple[bytes, RelationType, bytes], list[Edge]] = {}
    for edge in lineage.edges:
        edges_between.setdefault((edge.source, edge.relation, edge.target), []).append(edge)
    relationships = [
        py2neo.Relationship(
            nodes[source], RELATIONS[relation].neo4j_type, nodes[target], **_properties_of(edges)
        )
        for (source, relation, target), edges in edges_between.items()
    ]
    return py2neo.Subgraph(nodes.values(), relationships)


def _py2neo_node(node: Node) -> py2neo.Node:
    """A record as a node of py2neo."""
    label = NODE_LABEL[node.kind]
    fields = record_document(node)
    del fields["attributes"]
    properties = {
        name: _neo4j_value(value)
        for name, value in {**node.shown_attributes, **fields}.items()
        if value not in (None, [])
    }
    py2neo_node = py2neo.Node(label, *([node.type] if node.type else []), **properties)
    # By these two py2neo recognises a node that the database has already.
    py2neo_node.__primarylabel__, py2neo_node.__primarykey__ = label, "id"
    return py2neo_node


def _neo4j_value(value: Value) -> Any:
    """The value as a property of Neo4j: lists of texts and single values as they are, else JSON."""
    is_list_of_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return value if is_list_of_texts else scalar(value)


def _properties_of(edges: Sequence[Edge]) -> dict[str, str | list[str]]:
    """The roles and times of relations of one type between two records.

    One value stands alone, several are a list; a property without a value is absent.
    """
    return {
        name: found[0] if len(found) == 1 else found
        for name, values in (
            ("role", (edge.role for edge in edges)),
            ("time", (edge.time for edge in edges)),
        )
        if (found := _distinct(values))
    }


def _distinct(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})
