"""A lineage as a tree of lines: depth first from its root, each record unfolded once.

Nothing here recurses. Below `DEEPEST` levels a branch goes on at the left margin, so that a
chain of ten thousand runs stays readable and small.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.records import INFERRED
from provgraph.model.values import readable
from provgraph.model.vocabulary import AGENT_RELATIONS, RelationType
from provgraph.writers.phrases import PHRASES
from provgraph.writers.screen import PLAIN, Part, Screen, Style

DEEPEST = 30
ROLE_LENGTH = 200
#: The least columns of a role, or of what refers to another line, on a narrow terminal.
LEAST = 8
#: Gives the facts of a record, for every line that shows it; of a file also the path by which the
#: run above or below it named it, if it did.
Describe = Callable[[Node, str | None], list[Part]]
#: Gives what stands behind the first line that shows a record.
Remark = Callable[[Node], str]


@dataclass(frozen=True, slots=True)
class Branch:
    """One record as seen from the one above it: how they are related, and in which roles.

    Attributes:
        node: the record.
        relation: how it is related to the one above.
        roles: in which roles.
        location: the path by which the run named the file; None without one.
        inferred: whether no source states the relation.
    """

    node: Node
    relation: RelationType
    roles: tuple[str, ...]
    location: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a branch stands in the tree."""

    branch: Branch
    indent: str
    is_last: bool
    level: int


class Tree:
    """One direction of a lineage, as a tree from its root.

    Attributes:
        root: the record where the tree begins.
        upstream: whether branches lead to causes.
        branches: key of a record → its branches, in reading order.
        agents: key of a record → the agents that answer for it, shown on its own line.
        reached: the keys of the records that the tree shows, agents among them.
    """

    def __init__(self, lineage: Lineage, direction: Direction) -> None:
        self.root = lineage.root
        self.upstream = direction is Direction.UPSTREAM
        self.branches, self.agents = _branches(lineage, self.upstream)
        self.reached = self._reach()

    def lines(self, describe: Describe, remark: Remark, screen: Screen = PLAIN) -> Iterator[str]:
        """Write the tree.

        Args:
            describe: gives the facts of a record, for every line that shows the record.
            remark: gives what stands behind the first line that shows a record; may be empty.
            screen: where the lines go.

        Yields:
            The lines, without newlines.
        """
        return map(screen.line, _Rendering(self, describe, remark, _deepest(screen)).lines())

    def ends_with(self, node: Node) -> bool:
        """Tell whether the tree shows a record with nothing below it.

        Args:
            node: the record.

        Returns:
            False also for a record that the tree does not show.
        """
        return node.key in self.reached and node.key not in self.branches

    def _reach(self) -> frozenset[bytes]:
        reached = {self.root.key}
        queue = deque([self.root.key])
        while queue:
            here = queue.popleft()
            reached.update(agent.node.key for agent in self.agents.get(here, ()))
            new = dict.fromkeys(branch.node.key for branch in self.branches.get(here, ()))
            queue.extend(key for key in new if key not in reached)
            reached.update(new)
        return frozenset(reached)


class _Rendering:
    """The state of writing a tree: which records were unfolded, and which continue below."""

    def __init__(self, tree: Tree, describe: Describe, remark: Remark, deepest: int) -> None:
        self._tree = tree
        self._describe = describe
        self._remark = remark
        self._deepest = deepest
        self._shown = {tree.root.key: "shown above"}
        self._continued: deque[tuple[Node, str]] = deque()
        self._continuations = 0

    def lines(self) -> Iterator[list[Part]]:
        """The parts of all lines."""
        root = self._tree.root
        yield [*self._line(root), _aside(self._remark(root))]
        yield from self._below(root)
        while self._continued:
            node, mark = self._continued.popleft()
            self._shown[node.key] = "shown above"
            yield []
            yield [Part(f"{mark} ", gap=""), *self._line(node)]
            yield from self._below(node)

    def _below(self, top: Node) -> Iterator[list[Part]]:
        stack = self._positions(top, "", 1)
        while stack:
            position = stack.pop()
            node = position.branch.node
            is_first = node.key not in self._shown
            end = self._first_end(position) if is_first else self._repeated_end(node)
            corner = "└─ " if position.is_last else "├─ "
            before = Part(f"{position.indent}{corner}{self._phrase(position.branch)} ", gap="")
            yield [before, *self._branch(position.branch), *end]
            if is_first and position.level < self._deepest:
                stack += self._positions(
                    node,
                    position.indent + ("   " if position.is_last else "│  "),
                    position.level + 1,
                )

    def _positions(self, node: Node, indent: str, level: int) -> list[_Position]:
        """What hangs below the node, last first."""
        branches = self._tree.branches.get(node.key, [])
        last = len(branches) - 1
        return [
            _Position(branch, indent, index == last, level) for index, branch in enumerate(branches)
        ][::-1]

    def _first_end(self, position: _Position) -> list[Part]:
        """Return what stands behind the first line of a record."""
        node = position.branch.node
        self._shown[node.key] = "shown above"
        if node.key not in self._tree.branches or position.level < self._deepest:
            return [_aside(self._remark(node))]
        self._continuations += 1
        mark = f"[{self._continuations}]"
        self._shown[node.key] = f"shown below at {mark}"
        self._continued.append((node, mark))
        return [_aside(self._remark(node)), _aside(f"… continued below at {mark}", rank=0)]

    def _repeated_end(self, node: Node) -> list[Part]:
        """What stands behind every further line of a record."""
        return [_aside(f"… {self._shown[node.key]}")] if node.key in self._tree.branches else []

    def _phrase(self, branch: Branch) -> str:
        phrase = PHRASES[branch.relation][0 if self._tree.upstream else 1]
        return f"{phrase} ({INFERRED})" if branch.inferred else phrase

    def _branch(self, branch: Branch) -> list[Part]:
        roles = f"as {_roles(branch)}" if branch.roles else ""
        return self._line(branch.node, roles, branch.location)

    def _line(self, node: Node, roles: str = "", location: str | None = None) -> list[Part]:
        agents = ", ".join(map(self._agent, self._tree.agents.get(node.key, ())))
        return [
            *self._describe(node, location),
            Part(roles, LEAST, rank=2),
            Part(f"by {agents}" if agents else "", LEAST, rank=3),
        ]

    def _agent(self, agent: Branch) -> str:
        name = PLAIN.line(self._describe(agent.node, None))
        return name + (f" ({_roles(agent)})" if agent.roles else "")


def _aside(text: str, rank: int = 4) -> Part:
    return Part(text, LEAST, rank, Style.FAINT)


def _deepest(screen: Screen) -> int:
    """How many levels a screen has room for: half of its width is for what the lines say."""
    if screen.width is None:
        return DEEPEST
    return max(2, min(DEEPEST, screen.width // 6))


def _roles(branch: Branch) -> str:
    return ", ".join(readable(role, ROLE_LENGTH) for role in branch.roles)


_Hanging = dict[bytes, list[Branch]]


class _BranchKey(NamedTuple):
    """What makes relations one branch: all but their roles."""

    near: bytes
    far: bytes
    relation: RelationType
    inline: bool
    location: str | None
    inferred: bool


def _branches(lineage: Lineage, upstream: bool) -> tuple[_Hanging, _Hanging]:
    """Return the branches below each record, and the agents on its line.

    Equal relations in several roles are one branch; a file that a run named by two paths has two.
    """
    nodes = {node.key: node for node in (*lineage.nodes, lineage.root)}
    roles: dict[_BranchKey, dict[str, None]] = {}
    for edge in lineage.edges:
        if edge.source not in nodes or edge.target not in nodes:
            continue
        inline = edge.relation in AGENT_RELATIONS and edge.target != lineage.root.key
        near, far = (edge.source, edge.target) if upstream or inline else (edge.target, edge.source)
        key = _BranchKey(near, far, edge.relation, inline, edge.location, edge.inferred)
        roles.setdefault(key, {}).update({edge.role: None} if edge.role else {})
    branches: _Hanging = {}
    agents: _Hanging = {}
    for each, played in roles.items():
        (agents if each.inline else branches).setdefault(each.near, []).append(
            Branch(nodes[each.far], each.relation, tuple(played), each.location, each.inferred)
        )
    for below in branches.values():
        below.sort(key=lambda branch: _reading_order(branch, branches))
    return branches, agents


def _reading_order(branch: Branch, branches: _Hanging) -> tuple[bool, str, str, str, str]:
    """Order branches for reading: short ones first, then by time.

    So a record is unfolded before another line refers to it.
    """
    node = branch.node
    came = node.generated_at or node.start_time or ""
    return node.key in branches, came, node.location or node.label, node.id, branch.relation
