"""The products that a record reached: what is to be made again, each with its proof."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provgraph.model.assembly import distances_from
from provgraph.model.lineage import Direction, Edge, Lineage, Node, display_name
from provgraph.model.vocabulary import AGENT_RELATIONS, EntityType, RelationType


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One record on the way from a cause to a product.

    Attributes:
        node: the record.
        relation: in which it stands to the record before it; None of the first.
    """

    node: Node
    relation: RelationType | None


@dataclass(frozen=True, slots=True)
class ReachedProduct:
    """A file that was made from the root of a lineage.

    Attributes:
        product: the file.
    """

    product: Node
    _steps: Mapping[bytes, tuple[ProofStep, bytes | None]] = field(repr=False, compare=False)

    @property
    def proof(self) -> tuple[ProofStep, ...]:
        """A shortest chain of relations from the root to the product, both among them."""
        steps: list[ProofStep] = []
        here: bytes | None = self.product.key
        while here is not None:
            step, here = self._steps[here]
            steps.append(step)
        return tuple(reversed(steps))


def products_of(lineage: Lineage) -> list[ReachedProduct]:
    """Find the products that the root of a lineage reached.

    Args:
        lineage: downstream or both ways, whole or filtered. A filter chooses among the products,
            and breaks no chain.

    Returns:
        The files but the root, the highest data level first, then by path. Of several shortest
        chains each has the one through the records whose ids come first.
    """
    whole = lineage.whole or lineage
    steps = _steps(whole)
    found = [
        ReachedProduct(node, steps)
        for node in lineage.nodes
        if node.type == EntityType.DATASET and node.key in steps and node.key != whole.root.key
    ]
    found.sort(key=lambda each: (display_name(each.product), each.product.id))
    return sorted(found, key=lambda each: each.product.data_level or "", reverse=True)


def _steps(whole: Lineage) -> dict[bytes, tuple[ProofStep, bytes | None]]:
    """Key of each record below the root → its step of a proof, and the key of the one before."""
    root = whole.root.key
    distances = distances_from(root, whole.edges, Direction.DOWNSTREAM)
    nodes = {node.key: node for node in whole.nodes if node.key in distances}
    before: dict[bytes, Edge] = {}
    for edge in whole.edges:
        cause, effect = edge.target, edge.source
        if edge.relation in AGENT_RELATIONS or not {cause, effect} <= nodes.keys():
            continue
        if distances[effect] == distances[cause] + 1:
            known = before.setdefault(effect, edge)
            if nodes[cause].id < nodes[known.target].id:
                before[effect] = edge
    found: dict[bytes, tuple[ProofStep, bytes | None]] = {
        key: (ProofStep(nodes[key], edge.relation), edge.target) for key, edge in before.items()
    }
    found[root] = (ProofStep(nodes.get(root, whole.root), None), None)
    return found
