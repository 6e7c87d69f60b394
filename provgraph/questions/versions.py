"""All files that stood at a path, one after the other (docs/contract.md, rule 4)."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from provgraph.errors import NotFoundError
from provgraph.model.filters import Filter
from provgraph.model.identifiers import location_of
from provgraph.model.lineage import Node
from provgraph.model.values import with_zone
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.summary import with_taints
from provgraph.questions.tracing import all_pages, find, path_identifiers, recency, standing_at
from provgraph.store.protocol import Store


@dataclass(frozen=True, slots=True)
class StoodAt:
    """One of the files that stood at a path.

    Attributes:
        node: the file.
        maker: the run that made it; None where no known run did.
        until: when the next one took its place; None of the last.
    """

    node: Node
    maker: Node | None
    until: str | None


def versions(
    store: Store, name: str, folder: Path | None = None, at: str | None = None
) -> tuple[str, tuple[StoodAt, ...]]:
    """Find all files that stood at a path.

    Args:
        store: where to look.
        name: the path; or what names a file, for the path where that file stands.
        folder: what a relative path is relative to; None when the name comes from another machine.
        at: a canonical time, for the file alone that stood there then; None for all.

    Returns:
        The path, and the files in the order in which they came there.

    Raises:
        NotFoundError: no file is called so, or it never stood at a path.
        AmbiguousError: several files are called so.
        StoreError: the store failed.
    """
    place = place_named(store, name, folder)
    wanted = Filter(identifiers=(place,), kinds=(Kind.ENTITY,))
    found = sorted(all_pages(store, wanted), key=recency)
    standing = {
        each.node.key for each in (found if at is None else standing_at(store, found, place, at))
    }
    if not standing:
        raise NotFoundError(name, f"nothing known stood there at {with_zone(at)}")
    nodes = [each.node for each in found]
    until = {before.key: after.generated_at for before, after in pairwise(nodes)}
    stood = with_taints(store, [node for node in nodes if node.key in standing])
    makers = _makers(store, stood)
    return location_of(place), tuple(
        StoodAt(node, makers.get(node.key), until.get(node.key)) for node in stood
    )


def place_named(store: Store, name: str, folder: Path | None = None) -> str:
    """Find the place that a name means: the path itself, else that of the file of this name.

    Args:
        store: where to look.
        name: the path; or what names a file, for the path where that file stands.
        folder: what a relative path is relative to; None when the name comes from another machine.

    Returns:
        The place, as `provgraph.model.identifiers.place_of` writes it.

    Raises:
        NotFoundError: no file is called so, or it never stood at a path.
        AmbiguousError: several files are called so.
        StoreError: the store failed.
    """
    for place in path_identifiers(name, folder):
        named = store.find(Filter(identifiers=(place,), kinds=(Kind.ENTITY,))).found
        if any(location_of(place) in each.node.locations for each in named):
            return place
    node = find(store, name, folder)
    path = node.location or next(iter(node.locations), None)
    places = [each for each in node.identifiers if location_of(each) == path]
    if not places:
        raise NotFoundError(name, "what is called so never stood at a path")
    return places[0]


def _makers(store: Store, nodes: tuple[Node, ...]) -> dict[bytes, Node]:
    """Key of a file → the run that made it; of several the first by its id."""
    keys = [node.key for node in nodes]
    edges = store.edges_of(keys, (RelationType.WAS_GENERATED_BY,))
    runs = store.nodes({edge.target for edge in edges})
    made = [(edge.source, runs[edge.target]) for edge in edges if edge.target in runs]
    return dict(sorted(made, key=lambda each: each[1].id, reverse=True))
