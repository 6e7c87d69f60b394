"""One record with everything that is known of it, and why its mentions are of it (``show``)."""

from dataclasses import dataclass

from provgraph.model.lineage import Edge, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Explained, Store


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """A record, its relations with the records at their other ends, its mentions and its
    configuration.
    """

    node: Node
    edges: tuple[Edge, ...]
    others: dict[bytes, Node]
    explained: tuple[Explained, ...]
    settings: tuple[Settings, ...]
    config_files: tuple[str, ...]


def details_of(store: Store, node: Node) -> RecordDetails:
    """Everything that the store knows of one record."""
    edges = store.edges_of([node.key], tuple(RelationType))
    ends = {end for edge in edges for end in (edge.source, edge.target)} - {node.key}
    is_run = node.kind is Kind.ACTIVITY
    return RecordDetails(
        node=node,
        edges=tuple(edges),
        others=store.nodes(ends),
        explained=tuple(store.explain(node.key)) if node.kind is not Kind.AGENT else (),
        settings=tuple(store.parameters_of([node.key]).get(node.key, ())) if is_run else (),
        config_files=tuple(store.config_files_of([node.key]).get(node.key, ())) if is_run else (),
    )
