"""Groups records that play the same part: they look alike and are tied to records that are alike.

At first records that look the same are one class. A class is split as long as some of its members
have neighbours in other classes than the rest; what stays together is alike. The page's
``partition.ts`` finds the same groups.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import FAILED, Kind
from provgraph.pictures.flowchart.names import pattern, title_of
from provgraph.pictures.flowchart.plain import Flow, PlainLineage

#: So many boxes are read at a glance: no folded drawing has more.
MOST_BOXES = 60
#: A drawing of no more boxes than these is shown as it is.
FEW_BOXES = 24


def grouped(drawn: PlainLineage, folds: bool | None) -> list[list[Node]]:
    """Group the records of a flowchart.

    The finest grouping into at most `MOST_BOXES` groups is taken: first by the names of files too,
    then without them, then by fewer neighbours.

    Args:
        drawn: what is drawn.
        folds: whether records are grouped at all; None when they are more than `FEW_BOXES`.

    Returns:
        The groups, in the order of their first members. What was asked about is alone.
    """
    nodes = list(drawn.nodes.values())
    if not (len(nodes) > FEW_BOXES if folds is None else folds):
        return [[node] for node in nodes]
    ties = _ties(drawn.flows, {key: number for number, key in enumerate(drawn.nodes)})
    tried = []
    for by_name in (True, False):
        found = _refined([_looks(node, drawn.root, by_name) for node in nodes], ties)
        if found.is_stable:
            return _members(nodes, found.classes)
        tried.append(found.classes)
    coarse = [_coarse(node, drawn.root) for node in nodes]
    return _members(nodes, next((classes for classes in tried if classes), coarse))


#: For each record: how it is tied to others, as a number, and the indexes of these.
_Ties = list[list[tuple[int, int]]]


def _ties(flows: Iterable[Flow], numbers: dict[bytes, int]) -> _Ties:
    kinds: dict[Hashable, int] = {}
    ties: _Ties = [[] for _ in numbers]
    for flow in flows:
        kind = 2 * kinds.setdefault(flow.relation, len(kinds))
        cause, effect = numbers[flow.cause], numbers[flow.effect]
        ties[cause].append((kind, effect))
        ties[effect].append((kind + 1, cause))
    return ties


def _looks(node: Node, root: bytes, by_name: bool) -> Hashable:
    """What is equal of records that may be alike, whatever their neighbours are."""
    if node.kind is Kind.ENTITY:
        name: Hashable = pattern(title_of(node)) if by_name else ""
    else:
        name = node.name, node.version
    type_ = None if node.kind is Kind.ACTIVITY else node.type
    return _coarse(node, root), type_, name, node.more


def _coarse(node: Node, root: bytes) -> Hashable:
    """What is never folded together: kinds, levels, and what is marked with what is not."""
    if node.key == root:
        return "root"
    marks = node.status in FAILED, node.invalidation is not None, bool(node.tainted)
    return node.kind, node.data_level, marks


class _Refined(NamedTuple):
    """Classes of records.

    Attributes:
        classes: the class of each record; none when even the looks alone make too many.
        is_stable: whether nothing was left to split, so that members of a class are alike.
    """

    classes: list[int]
    is_stable: bool


def _refined(looks: Sequence[Hashable], ties: _Ties) -> _Refined:
    """Split classes until they are stable, or until there would be too many: the last are kept."""
    classes = _Classes(looks)
    if classes.count > MOST_BOXES:
        return _Refined([], is_stable=False)
    stale: Collection[int] = range(len(looks))
    while stale:
        before = classes.of[:]
        around = {
            node: frozenset((kind, before[other]) for kind, other in ties[node]) for node in stale
        }
        changed = classes.split(around)
        if classes.count > MOST_BOXES:
            return _Refined(before, is_stable=False)
        stale = {other for node in changed for _, other in ties[node]}
    return _Refined(classes.of, is_stable=True)


class _Classes:
    """Records, by their indexes, in classes that are split and never joined.

    Attributes:
        of: the class of each record.
    """

    def __init__(self, looks: Sequence[Hashable]) -> None:
        numbers: dict[Hashable, int] = {}
        self.of = [numbers.setdefault(each, len(numbers)) for each in looks]
        self._sizes = Counter(self.of)

    @property
    def count(self) -> int:
        """How many classes there are."""
        return len(self._sizes)

    def split(self, around: Mapping[int, Hashable]) -> list[int]:
        """Split each class by what is around its members.

        The largest part keeps the number of the class, so that few records change theirs.

        Args:
            around: index of a record → its neighbours. Members of a class that have none here have
                the same around them as before, and stay together.

        Returns:
            The indexes of the records that are in a new class now.
        """
        parts: dict[int, dict[Hashable, list[int]]] = {}
        for node, neighbours in around.items():
            parts.setdefault(self.of[node], {}).setdefault(neighbours, []).append(node)
        return [
            node
            for number, split in parts.items()
            for part in self._moving(number, sorted(split.values(), key=len))
            for node in self._moved(number, part)
        ]

    def _moving(self, number: int, parts: list[list[int]]) -> list[list[int]]:
        """The parts of a class that leave it: all but the largest, or but its other members."""
        others = self._sizes[number] - sum(map(len, parts))
        return parts if others else parts[:-1]

    def _moved(self, number: int, part: list[int]) -> list[int]:
        """Make a part of a class a class of its own."""
        new = len(self._sizes)
        self._sizes[number] -= len(part)
        self._sizes[new] = len(part)
        for node in part:
            self.of[node] = new
        return part


def _members(nodes: Sequence[Node], classes: Iterable[Hashable]) -> list[list[Node]]:
    groups: dict[Hashable, list[Node]] = {}
    for node, number in zip(nodes, classes, strict=True):
        groups.setdefault(number, []).append(node)
    return list(groups.values())
