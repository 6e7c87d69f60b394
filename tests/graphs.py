"""What a store holds, in the oracle's form, and short ways to fill a store."""

from collections.abc import Iterable, Mapping
from typing import Any

from provgraph.ingest.deciding.integration import integrate
from provgraph.loaders.ctapipe import document_of
from provgraph.model.filters import Filter, Search, SortOrder
from provgraph.model.identifiers import location_of
from provgraph.store.protocol import Store
from tests.oracle.graph import Graph
from tests.oracle.standing import OracleEntity

Said = tuple[str, Mapping[str, Any]]


def put(store: Store, said: Iterable[Said]) -> None:
    """Load records, each in its namespace, in one transaction."""
    with store.writing() as transaction:
        integrate(transaction, [document_of(record, namespace) for namespace, record in said])


def graph_in(store: Store) -> Graph:
    """The entities with their places and times, and the inputs and outputs of runs, as the digest
    reads them.
    """
    entities: dict[str, OracleEntity] = {}
    newest: dict[str, tuple[int, str]] = {}
    edges = set()
    for kind, content in store.scan():
        assert isinstance(content, list)
        if kind == "entity":
            identifier, _, _, standings, (generated, invalidated, _), _ = content
            places = frozenset(standing[0] for standing in standings)
            entities[identifier] = OracleEntity(
                identifier, places, _shown(generated), _shown(invalidated)
            )
            for place, rank, _, _ in standings:
                newest[place] = max((rank, identifier), newest.get(place, (-1, "")))
        elif kind in ("used", "wasGeneratedBy"):
            run, entity, _, _, (role, *_) = content
            edges.add((kind, run, entity, role) if kind == "used" else (kind, entity, run, role))
    return Graph(
        entities, frozenset(edges), {place: identifier for place, (_, identifier) in newest.items()}
    )


def assert_external_is_known(store: Store) -> None:
    """A search for files of no known run finds just those that no run has among its outputs."""
    graph = graph_in(store)
    made = {source for kind, source, *_ in graph.edges if kind == "wasGeneratedBy"}
    due = graph.entities.keys() - made
    page = store.find(Filter(search=Search(external=True)), SortOrder.TIME)
    assert {each.node.id for each in page.found} == due
    with store.viewing() as view:
        known = view.entities(graph.entities.keys())
    assert {name for name, record in known.items() if record.external} == due


def _shown(time: str | None) -> str | None:
    return None if time is None else time + "Z"


__all__ = ["assert_external_is_known", "graph_in", "location_of", "put"]
