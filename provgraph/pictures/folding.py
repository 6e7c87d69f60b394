"""Finds records of a lineage that play the same part, so that one box can stand for them.

Records are alike when all of this holds: they are of one kind, equally far from what was asked
about, and have the same relations in the same roles with records that are alike. So an arrow
between two boxes holds for every record in them.

The groups are found by splitting. At first records that look the same are one class. A class is
split as long as some of its members have neighbours in other classes than the rest.
"""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Edge, Node, display_name
from provgraph.model.vocabulary import Kind

#: Splitting stops, and leaves classes that are too large, after this many looks at each record and
#: relation.
LOOKS = 64
#: What differs in the names of files that are alike: numbers and UUIDs; a longer name is not looked
#: at.
_VARYING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+", re.ASCII | re.IGNORECASE
)
_COMPARED = 500
#: What ties a record to another: the relation with its direction and role, as a number, and the
#: other's index.
_Tie = tuple[int, int]


def folded(nodes: Sequence[Node], edges: Iterable[Edge], root: bytes) -> list[tuple[Node, ...]]:
    """Group the records that are alike.

    Args:
        nodes: the records.
        edges: their relations.
        root: the key of the record that was asked about; it stays alone.

    Returns:
        The groups, in the order of their first members.
    """
    ties = _ties(nodes, edges)
    partition = _Partition([_looks(node, root) for node in nodes])
    looks_left = LOOKS * sum(1 + len(each) for each in ties)
    changed: Collection[int] = range(len(nodes))
    stale: Collection[int] = changed
    while changed and looks_left > 0:
        signatures = {
            node: frozenset((what, partition.class_of[other]) for what, other in ties[node])
            for node in stale
            if partition.has_company(node)
        }
        changed = partition.split(signatures)
        stale = sorted({other for node in changed for _, other in ties[node]})
        looks_left -= sum(1 + len(ties[node]) for node in signatures)
    return [tuple(nodes[member] for member in members) for members in partition.classes()]


def _ties(nodes: Sequence[Node], edges: Iterable[Edge]) -> list[list[_Tie]]:
    numbers = {node.key: number for number, node in enumerate(nodes)}
    kinds: dict[Hashable, int] = {}
    ties: list[list[_Tie]] = [[] for _ in nodes]
    for edge in edges:
        if edge.source in numbers and edge.target in numbers:
            source, target = numbers[edge.source], numbers[edge.target]
            kind = 2 * kinds.setdefault((edge.relation, edge.role), len(kinds))
            ties[source].append((kind, target))
            ties[target].append((kind + 1, source))
    return ties


def _looks(node: Node, root: bytes) -> Hashable:
    """What is equal of records that may be alike, whatever their neighbours are."""
    if node.key == root:
        return "root"
    name = node.name if node.kind is Kind.ACTIVITY else None
    if (
        node.kind is Kind.ENTITY and node.data_level is None
    ):  # a model is not like a configuration file
        name = _VARYING.sub("*", (node.name or base_name(display_name(node)))[:_COMPARED])
    marks = node.invalidation is not None, bool(node.tainted)
    return node.kind, node.distance, node.type, node.data_level, name, node.version, marks


class _Partition:
    """Records, by their indexes, in classes that are split and never joined."""

    def __init__(self, looks: Sequence[Hashable]) -> None:
        numbers: dict[Hashable, int] = {}
        self.class_of = [numbers.setdefault(each, len(numbers)) for each in looks]
        self._members: list[set[int]] = [set() for _ in numbers]
        for node, number in enumerate(self.class_of):
            self._members[number].add(node)

    def has_company(self, node: int) -> bool:
        """Tell whether a record shares its class with others.

        Args:
            node: the index of the record.

        Returns:
            False when the record is alone.
        """
        return len(self._members[self.class_of[node]]) > 1

    def classes(self) -> list[list[int]]:
        """The members of each class, in the order of the first of each."""
        return sorted(sorted(members) for members in self._members)

    def split(self, signatures: Mapping[int, Hashable]) -> list[int]:
        """Split each class by the signatures of its members.

        Args:
            signatures: index of a record → its signature. Members of a class that have none stay
                together.

        Returns:
            The indexes of the records that are in a new class now.
        """
        parts: dict[int, dict[Hashable, set[int]]] = {}
        for node, signature in signatures.items():
            parts.setdefault(self.class_of[node], {}).setdefault(signature, set()).add(node)
        return [
            node
            for number, split in parts.items()
            for node in self._divide(number, list(split.values()))
        ]

    def _divide(self, number: int, parts: list[set[int]]) -> list[int]:
        """Make each part of a class, and what the parts leave of it, a class.

        The largest of them keeps the number of the class.
        """
        rest = self._members[number].difference(*parts)
        stays, *moving = sorted((part for part in (*parts, rest) if part), key=len, reverse=True)
        self._members[number] = stays
        for part in moving:
            for node in part:
                self.class_of[node] = len(self._members)
            self._members.append(part)
        return [node for part in moving for node in part]
