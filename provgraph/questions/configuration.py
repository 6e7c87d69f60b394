"""How the runs of a lineage were set up, as records beside it: for drawings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from provgraph.model.batches import batches
from provgraph.model.identifiers import base_name, location_of
from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.records import SOFTWARE, Settings, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Store, View

#: So many runs are asked about at once.
BATCH = 1_000
_Answer = TypeVar("_Answer", bound=Lineage)


def with_configuration(store: Store, lineage: _Answer) -> _Answer:
    """The lineage with the parameter sets and configuration files of its runs, each once.

    Packages are left out.

    A parameter set is a collection whose attributes are its parameters.
    """
    runs = lineage.of_kind(Kind.ACTIVITY)
    with store.viewing() as view:
        pairs = [pair for batch in batches(runs, BATCH) for pair in _configured(view, batch)]
    found: dict[bytes, Node] = {}
    for run, node in pairs:
        found.setdefault(node.key, replace(node, distance=run.distance + 1))
    edges = [Edge(RelationType.WAS_CONFIGURED_BY, run.key, node.key) for run, node in pairs]
    nodes = sorted((*lineage.nodes, *found.values()), key=lambda node: (node.distance, node.id))
    return replace(lineage, nodes=tuple(nodes), edges=(*lineage.edges, *edges))


def _configured(view: View, runs: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Each run, nearest first, with each record that says how it was set up."""
    ids = [run.id for run in runs]
    keys, files = view.settings_of(ids), view.config_files_of(ids)
    settings = view.settings({key for each in keys.values() for key in each})
    sets = {key: _collection(key, each) for key, each in settings.items() if each.name != SOFTWARE}
    for run in runs:
        yield from ((run, sets[key]) for key in sorted(keys.get(run.id, ())) if key in sets)
        yield from ((run, _config_file(place)) for place in sorted(files.get(run.id, ())))


def _collection(key: str, settings: Settings) -> Node:
    parameters = {name: (value,) for name, value in settings.values.items()}
    return Node(bytes.fromhex(key), key, Kind.COLLECTION, settings.name, attributes=parameters)


def _config_file(place: str) -> Node:
    key = key_of(Kind.CONFIG_FILE, place)
    return Node(
        key, place, Kind.CONFIG_FILE, base_name(place), "ConfigFile", location=location_of(place)
    )
