"""Which records of a lineage play the same part, so that one box can stand for them.

Records are alike when they are of one kind, equally far from what was asked about, and have the
same relations, in the same roles, with records that are alike. So an arrow between two boxes holds
for every record in either of them. This is found by splitting: from classes of equal looks, as long
as members of one class have other neighbours.
"""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Edge, Node
from provgraph.model.vocabulary import Kind
from provgraph.writers.labels import place

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
    """The records in groups of those that are alike, in the order of their first members.

    The root is alone.
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
        name = _VARYING.sub("*", (node.name or base_name(place(node)))[:_COMPARED])
    return node.kind, node.distance, node.type, node.data_level, name, node.version


class _Partition:
    """Records, by their indexes, in classes that are split and never joined."""

    def __init__(self, looks: Sequence[Hashable]) -> None:
        numbers: dict[Hashable, int] = {}
        self.class_of = [numbers.setdefault(each, len(numbers)) for each in looks]
        self._members: list[set[int]] = [set() for _ in numbers]
        for node, number in enumerate(self.class_of):
            self._members[number].add(node)

    def has_company(self, node: int) -> bool:
        """Whether the record's class has others."""
        return len(self._members[self.class_of[node]]) > 1

    def classes(self) -> list[list[int]]:
        """The members of each class, in the order of the first of each."""
        return sorted(sorted(members) for members in self._members)

    def split(self, signatures: Mapping[int, Hashable]) -> list[int]:
        """Part those in one class whose signatures differ, and from those without.

        The members of new classes.
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
        """Make the parts of a class and what they leave of it classes.

        The largest stays what it is.
        """
        rest = self._members[number].difference(*parts)
        stays, *moving = sorted((part for part in (*parts, rest) if part), key=len, reverse=True)
        self._members[number] = stays
        for part in moving:
            for node in part:
                self.class_of[node] = len(self._members)
            self._members.append(part)
        return [node for part in moving for node in part]
