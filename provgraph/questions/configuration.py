"""How the runs of a lineage were set up, as records beside the lineage: for drawings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from provgraph.model.identifiers import base_name, location_of
from provgraph.model.lineage import Edge, Lineage, Node
from provgraph.model.records import SOFTWARE, Settings, batches, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import Store
from provgraph.store.views import View

#: How many runs one call of the store asks about.
BATCH = 1_000
_AnyLineage = TypeVar("_AnyLineage", bound=Lineage)


def with_configuration(store: Store, lineage: _AnyLineage) -> _AnyLineage:
    """Add the parameter sets and configuration files of its runs to a lineage.

    A parameter set becomes a collection whose attributes are its parameters. What several runs
    share is there once. Software packages are left out.

    Args:
        store: the store that answered with the lineage.
        lineage: the lineage.

    Returns:
        The same lineage with further nodes and with wasConfiguredBy between a run and each of them.

    Raises:
        StoreError: the store failed.
    """
    runs = lineage.of_kind(Kind.ACTIVITY)
    with store.viewing() as view:
        pairs = [pair for batch in batches(runs, BATCH) for pair in _configured(view, batch)]
    configuration: dict[bytes, Node] = {}
    for run, node in pairs:  # nearest run first: a record shared by several is as far as that one
        configuration.setdefault(node.key, replace(node, distance=run.distance + 1))
    edges = [Edge(RelationType.WAS_CONFIGURED_BY, run.key, node.key) for run, node in pairs]
    nodes = sorted(
        (*lineage.nodes, *configuration.values()), key=lambda node: (node.distance, node.id)
    )
    return replace(lineage, nodes=tuple(nodes), edges=(*lineage.edges, *edges))


def _configured(view: View, runs: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Each run, nearest first, with each record that says how the run was set up."""
    ids = [run.id for run in runs]
    keys_of, files_of = view.settings_of(ids), view.config_files_of(ids)
    settings = view.settings({key for keys in keys_of.values() for key in keys})
    sets = {key: _collection(key, each) for key, each in settings.items() if each.name != SOFTWARE}
    for run in runs:
        yield from ((run, sets[key]) for key in sorted(keys_of.get(run.id, ())) if key in sets)
        yield from ((run, _config_file(place)) for place in sorted(files_of.get(run.id, ())))


def _collection(key: str, settings: Settings) -> Node:
    """A parameter set as a record."""
    parameters = {name: (value,) for name, value in settings.values.items()}
    return Node(bytes.fromhex(key), key, Kind.COLLECTION, settings.name, attributes=parameters)


def _config_file(place: str) -> Node:
    """A configuration file as a record."""
    return Node(
        key_of(Kind.CONFIG_FILE, place),
        place,
        Kind.CONFIG_FILE,
        base_name(place),
        "ConfigFile",
        location=location_of(place),
    )
