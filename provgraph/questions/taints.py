"""Which invalid records the records of an answer were made from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from provgraph.model.assembly import distances_from
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.vocabulary import ORIGIN_RELATIONS, RelationType
from provgraph.store.protocol import Store

_Taints: TypeAlias = Mapping[bytes, tuple[str, ...]]


def with_taints(store: Store, nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Say of some records which invalid records they were made from.

    Args:
        store: that holds the records.
        nodes: the records.

    Returns:
        The records in the same order, with their field ``tainted``.

    Raises:
        StoreError: the store failed.
    """
    known = tuple(nodes)
    return _tainted(known, store.taints([node.key for node in known]))


def lineage_with_taints(
    store: Store, lineage: Lineage, relations: Iterable[RelationType]
) -> Lineage:
    """Say of the records of a lineage which invalid records they were made from.

    A whole lineage to the causes holds all of these invalid records itself. For any other lineage
    the store is asked.

    Args:
        store: that answered with the lineage.
        lineage: the answer.
        relations: the types that the walk followed.

    Returns:
        The same lineage, whose records have the field ``tainted``.

    Raises:
        StoreError: the store failed.
    """
    is_whole = (
        lineage.direction is Direction.UPSTREAM
        and lineage.depth is None
        and not lineage.truncated
        and set(ORIGIN_RELATIONS) <= set(relations)
    )
    keys = [node.key for node in lineage.nodes]
    taints = _taints_inside(lineage) if is_whole else store.taints(keys)
    if not taints:
        return lineage
    (root,) = _tainted((lineage.root,), taints)
    return replace(lineage, root=root, nodes=_tainted(lineage.nodes, taints))


def _taints_inside(lineage: Lineage) -> _Taints:
    """Key → the invalid records of the lineage that the record with this key was made from."""
    marked = [node for node in lineage.nodes if node.invalidation is not None]
    edges = [edge for edge in lineage.edges if edge.relation in ORIGIN_RELATIONS] if marked else []
    found: dict[bytes, set[str]] = defaultdict(set)
    for node in marked:
        for key in distances_from(node.key, edges, Direction.DOWNSTREAM):
            if key != node.key:
                found[key].add(node.id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


def _tainted(nodes: tuple[Node, ...], taints: _Taints) -> tuple[Node, ...]:
    return tuple(
        replace(node, tainted=taints[node.key]) if node.key in taints else node for node in nodes
    )
