"""The boxes and arrows of a diagram: every record, and every relation from effect to cause."""

from collections.abc import Iterable, Iterator

from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Edge, Lineage, Node, display_name
from provgraph.model.records import INFERRED
from provgraph.model.values import counted, readable, time_text
from provgraph.model.vocabulary import FAILED, Kind, Status
from provgraph.pictures.boxes import NAMELESS, Arrow, Box
from provgraph.pictures.look import Look
from provgraph.pictures.tips import tip_of

NAME_LENGTH, FACT_LENGTH, ROLE_LENGTH = 40, 44, 24


def diagram(lineage: Lineage, look: Look) -> tuple[list[Box], list[Arrow]]:
    """Return the boxes of a diagram, and its arrows from effect to cause.

    Args:
        lineage: the answer to draw.
        look: how the reader wants the drawing.

    Returns:
        A box for each record, in their order. What was asked about is always there.
    """
    root = lineage.root.key
    shown = [
        node
        for node in lineage.nodes
        if look.agents is not False or node.kind is not Kind.AGENT or node.key == root
    ]
    nodes = shown or [lineage.root]
    numbers = {node.key: number for number, node in enumerate(nodes)}
    boxes = [_box(node, node.key == root, look) for node in nodes]
    return boxes, list(_arrows(lineage.edges, numbers))


def _box(node: Node, is_root: bool, look: Look) -> Box:
    title = readable(_name(node), NAME_LENGTH)
    facts = _facts(node) if look.attributes else ()
    return Box(
        node.kind,
        title,
        tuple(readable(fact, FACT_LENGTH) for fact in facts if fact and fact.strip()),
        tip_of(title, [node]),
        is_root=is_root,
        failed=int(node.status in FAILED),
        invalid=int(node.invalidation is not None),
        tainted=int(bool(node.tainted)),
        has_more=node.more,
        link=look.link_of(node),
    )


def _name(node: Node) -> str:
    names = (
        node.name,
        base_name(display_name(node)) if node.kind is Kind.ENTITY else None,
        node.id,
        NAMELESS,
    )
    return next(name for name in names if name and name.strip())


def _facts(node: Node) -> Iterable[str | None]:
    """The facts of a record that fit below its name."""
    if node.kind is Kind.ACTIVITY:
        status = None if node.status == Status.COMPLETED else node.status
        return node.version, status, node.start_time and time_text(node.start_time)
    if node.kind is Kind.ENTITY:
        return node.data_level, _folder(node)
    if node.kind is Kind.COLLECTION:
        return (counted(len(node.attributes), "parameter"),)
    return (node.type,)


def _folder(node: Node) -> str | None:
    path = display_name(node)
    return path.rpartition("/")[0] if path != node.id else None


def _arrows(edges: Iterable[Edge], numbers: dict[bytes, int]) -> Iterator[Arrow]:
    labels: dict[tuple[int, int], tuple[dict[str, None], dict[str, None]]] = {}
    for edge in edges:
        if edge.source in numbers and edge.target in numbers:
            relations, roles = labels.setdefault(
                (numbers[edge.source], numbers[edge.target]), ({}, {})
            )
            mark = f" ({INFERRED})" if edge.inferred else ""
            relations[edge.relation.value + mark] = None
            if edge.role and edge.role.strip():
                roles[readable(edge.role, ROLE_LENGTH)] = None
    for ends, (relations, roles) in labels.items():
        yield Arrow(*ends, tuple(relations), tuple(roles))
