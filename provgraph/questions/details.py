"""One record with everything that is known of it, and why its mentions are of it (``show``)."""

from dataclasses import dataclass

from provgraph.model.lineage import Edge, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Store
from provgraph.store.records import Explained


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """Everything that a store knows of one record.

    Attributes:
        node: the record.
        edges: its relations, whichever end the record stands at.
        others: the key of each record at the other end of a relation → that record.
        explained: its mentions, each with the rule by which the mention is of this record
            (docs/contract.md, rule 10); none of an agent.
        settings: the parameter sets of a run, its software among them; none of other records.
        config_files: the places of the configuration files of a run; none of other records.
    """

    node: Node
    edges: tuple[Edge, ...]
    others: dict[bytes, Node]
    explained: tuple[Explained, ...]
    settings: tuple[Settings, ...]
    config_files: tuple[str, ...]


def details_of(store: Store, node: Node) -> RecordDetails:
    """Ask for everything that a store knows of one record.

    Args:
        store: which store.
        node: the record.

    Returns:
        The details.

    Raises:
        StoreError: the store failed.
    """
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
