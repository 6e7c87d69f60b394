"""One record with everything that is known of it, and why its mentions are of it (``show``)."""

from collections.abc import Iterator
from dataclasses import dataclass

from provgraph.model.filters import Filter, PageRequest, SortOrder
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Edge, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.describing import (
    DescribedParameter,
    described_parameters,
    descriptions_of,
)
from provgraph.questions.summary import with_taints
from provgraph.store.protocol import Store
from provgraph.store.records import Explained

#: How many other versions are listed.
MOST_VERSIONS = 20


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
        tool: the description of the tool of a run; None of other records, and without one.
        parameters: the parameters of a run with what is said of them, those first that differ from
            their default; none of other records.
        versions: other entities that stood at a path of this one, each with the path, the newest
            first; at most `MOST_VERSIONS`.
    """

    node: Node
    edges: tuple[Edge, ...]
    others: dict[bytes, Node]
    explained: tuple[Explained, ...]
    settings: tuple[Settings, ...]
    config_files: tuple[str, ...]
    versions: tuple[tuple[str, Node], ...]
    tool: Node | None = None
    parameters: tuple[DescribedParameter, ...] = ()


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
    (node,) = with_taints(store, [node])
    settings = store.parameters_of([node.key]) if is_run else {}
    setups = store.setups_of([node.key]) if is_run else {}
    tools = descriptions_of(store, [node]) if is_run else {}
    return RecordDetails(
        node=node,
        edges=tuple(edges),
        others=store.nodes(ends),
        explained=tuple(store.explain(node.key)) if node.kind is not Kind.AGENT else (),
        settings=tuple(settings.get(node.key, ())),
        config_files=setups[node.key].config_files if node.key in setups else (),
        versions=tuple(_versions(store, node)) if node.locations else (),
        tool=tools.get(node.key),
        parameters=tuple(described_parameters(store, settings, tools).get(node.key, ())),
    )


def _versions(store: Store, node: Node) -> Iterator[tuple[str, Node]]:
    """The other entities at the paths of an entity."""
    places = [each for each in node.identifiers if location_of(each) in node.locations]
    page = store.find(
        Filter(identifiers=tuple(places), kinds=(Kind.ENTITY,)),
        SortOrder.NEWEST,
        PageRequest(size=MOST_VERSIONS + 1),
    )
    for other in (each.node for each in page.found if each.node.key != node.key):
        yield next(path for path in node.locations if path in other.locations), other
