"""What several records have in common: the records that led to each of them."""

from dataclasses import dataclass

from provgraph.model.lineage import Node


@dataclass(frozen=True, slots=True)
class CommonAncestor:
    """A record that led to each of several others.

    Attributes:
        node: the record.
        distances: how many relations it is from each of the others, in their order.
        is_nearest: whether no other common ancestor was made from it.
    """

    node: Node
    distances: tuple[int, ...]
    is_nearest: bool


@dataclass(frozen=True, slots=True)
class CommonAncestors:
    """What several records have in common.

    Attributes:
        records: the records.
        found: the common ancestors: the nearest first, then by distance and id.
        total: how many there are, with those beyond the limit.
    """

    records: tuple[Node, ...]
    found: tuple[CommonAncestor, ...]
    total: int
