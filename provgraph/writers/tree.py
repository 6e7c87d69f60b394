"""A lineage as a tree of lines: depth first from its root, each record unfolded once.

Nothing here recurses. Below `DEEPEST` levels a branch goes on at the left margin, so that a
chain of ten thousand runs stays readable and small.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.values import readable
from provgraph.model.vocabulary import AGENT_RELATIONS, RelationType
from provgraph.writers.phrases import PHRASES

DEEPEST = 30
ROLE_LENGTH = 200
#: What is said of a record: on every line that shows it, or on the first one only.
Describe = Callable[[Node], str]


@dataclass(frozen=True, slots=True)
class Branch:
    """One record as seen from the one above it: how they are related, and in which roles."""

    node: Node
    relation: RelationType
    roles: tuple[str, ...]


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

    def lines(self, describe: Describe, remark: Describe) -> Iterator[str]:
        """Write the tree.

        Args:
            describe: gives the facts of a record, for every line that shows the record.
            remark: gives what stands behind the first line that shows a record; may be empty.

        Yields:
            The lines, without newlines.
        """
        return _Rendering(self, describe, remark).lines()

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

    def __init__(self, tree: Tree, describe: Describe, remark: Describe) -> None:
        self._tree = tree
        self._describe = describe
        self._remark = remark
        self._shown = {tree.root.key: "shown above"}
        self._continued: deque[tuple[Node, str]] = deque()
        self._continuations = 0

    def lines(self) -> Iterator[str]:
        """All lines."""
        root = self._tree.root
        yield self._line(root) + self._remark(root)
        yield from self._below(root)
        while self._continued:
            node, mark = self._continued.popleft()
            self._shown[node.key] = "shown above"
            yield ""
            yield f"{mark} {self._line(node)}"
            yield from self._below(node)

    def _below(self, top: Node) -> Iterator[str]:
        stack = self._positions(top, "", 1)
        while stack:
            position = stack.pop()
            node = position.branch.node
            is_first = node.key not in self._shown
            end = self._first_end(position) if is_first else self._repeated_end(node)
            corner = "└─ " if position.is_last else "├─ "
            yield f"{position.indent}{corner}{self._branch_line(position.branch)}{end}"
            if is_first and position.level < DEEPEST:
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

    def _first_end(self, position: _Position) -> str:
        """Return what stands behind the first line of a record."""
        node = position.branch.node
        self._shown[node.key] = "shown above"
        if node.key not in self._tree.branches or position.level < DEEPEST:
            return self._remark(node)
        self._continuations += 1
        mark = f"[{self._continuations}]"
        self._shown[node.key] = f"shown below at {mark}"
        self._continued.append((node, mark))
        return f"{self._remark(node)}  … continued below at {mark}"

    def _repeated_end(self, node: Node) -> str:
        """What stands behind every further line of a record."""
        return f"  … {self._shown[node.key]}" if node.key in self._tree.branches else ""

    def _branch_line(self, branch: Branch) -> str:
        phrase = PHRASES[branch.relation][0 if self._tree.upstream else 1]
        roles = f"  as {_roles(branch)}" if branch.roles else ""
        return f"{phrase} {self._line(branch.node, roles)}"

    def _line(self, node: Node, roles: str = "") -> str:
        agents = ", ".join(self._agent(agent) for agent in self._tree.agents.get(node.key, ()))
        return f"{self._describe(node)}{roles}{f'  by {agents}' if agents else ''}"

    def _agent(self, agent: Branch) -> str:
        return self._describe(agent.node) + (f" ({_roles(agent)})" if agent.roles else "")


def _roles(branch: Branch) -> str:
    return ", ".join(readable(role, ROLE_LENGTH) for role in branch.roles)


_Hanging = dict[bytes, list[Branch]]


def _branches(lineage: Lineage, upstream: bool) -> tuple[_Hanging, _Hanging]:
    """Return the branches below each record, and the agents on its line.

    Equal relations in several roles are one branch.
    """
    nodes = {node.key: node for node in (*lineage.nodes, lineage.root)}
    roles: dict[tuple[bytes, bytes, RelationType, bool], dict[str, None]] = {}
    for edge in lineage.edges:
        if edge.source not in nodes or edge.target not in nodes:
            continue
        inline = edge.relation in AGENT_RELATIONS and edge.target != lineage.root.key
        near, far = (edge.source, edge.target) if upstream or inline else (edge.target, edge.source)
        roles.setdefault((near, far, edge.relation, inline), {}).update(
            {edge.role: None} if edge.role else {}
        )
    branches: _Hanging = {}
    agents: _Hanging = {}
    for (near, far, relation, inline), played in roles.items():
        (agents if inline else branches).setdefault(near, []).append(
            Branch(nodes[far], relation, tuple(played))
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
