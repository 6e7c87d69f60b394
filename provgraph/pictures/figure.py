"""What every drawing of a lineage shows: boxes, and arrows from effect to cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provgraph.model.lineage import Edge, Lineage, Node, listed_part
from provgraph.model.records import INFERRED
from provgraph.model.values import readable
from provgraph.model.vocabulary import Kind
from provgraph.pictures.boxes import INVALID, MORE, TAINTED, Box, box
from provgraph.pictures.folding import folded
from provgraph.pictures.look import Look

ROLE_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Colours:
    """How the boxes of one kind are painted."""

    fill: str
    line: str


#: As W3C PROV draws them: entities yellow, activities blue, agents orange.
COLOURS = {
    Kind.ENTITY: Colours("#FFFC87", "#808080"),
    Kind.ACTIVITY: Colours("#9FB1FC", "#3B4CC0"),
    Kind.AGENT: Colours("#FED37F", "#B36B00"),
}
#: Configuration, descriptions and the rest.
OTHER_COLOURS = Colours("#EDEDED", "#808080")
#: The outline of a run that did not end well, and of what is invalid or tainted.
BAD_LINE = "#C62828"
#: What the words in boxes mean.
LEGEND = {
    INVALID: "INVALID: somebody marked it as bad",
    TAINTED: "tainted (dashed): made from what is invalid",
    MORE: "more behind: the answer ends here",
}


def colours(shown: Box) -> Colours:
    """Return how a box is painted.

    Args:
        shown: the box.

    Returns:
        The colours of its kind; a red line when a run in it failed, or a record in it is invalid
        or was made from an invalid one.
    """
    plain = COLOURS.get(shown.kind, OTHER_COLOURS)
    is_red = shown.is_failed or shown.is_invalid or shown.is_tainted
    return Colours(plain.fill, BAD_LINE) if is_red else plain


def line_width(shown: Box) -> int:
    """Return how thick the outline of a box is.

    Args:
        shown: the box.

    Returns:
        The width, in the units of the drawing.
    """
    if shown.is_root or shown.is_invalid:
        return 3
    return 2 if shown.is_failed or shown.is_tainted else 1


@dataclass(frozen=True, slots=True)
class Arrow:
    """All relations from the records of one box to those of another, drawn as one arrow.

    Attributes:
        source: the effect, as an index of the boxes.
        target: the cause.
        relations: their names.
        roles: the roles played in them; may be empty.
    """

    source: int
    target: int
    relations: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A lineage as boxes and arrows, in the order of its nodes and edges.

    Attributes:
        boxes: its records.
        arrows: their relations.
        remark: what must be known of the whole: that records are folded or filtered, that it was
            cut, what the words in boxes mean; may be empty.
    """

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    remark: str

    @property
    def root(self) -> int:
        """The index of the box that was asked about."""
        return next((number for number, each in enumerate(self.boxes) if each.is_root), 0)


def figure(lineage: Lineage, look: Look) -> Figure:
    """Return the boxes and arrows of a lineage.

    Args:
        lineage: the answer to draw.
        look: how the reader wants the drawing.

    Returns:
        The figure. What was asked about is always in it, in a box of its own.
    """
    root = lineage.root.key
    shown = (
        node
        for node in lineage.nodes
        if look.agents or node.kind is not Kind.AGENT or node.key == root
    )
    nodes = list(shown) or [lineage.root]
    groups: Sequence[tuple[Node, ...]] = [(node,) for node in nodes]
    if look.folds(len(nodes)):
        groups = folded(nodes, lineage.edges, root)
    numbers = {node.key: number for number, group in enumerate(groups) for node in group}
    boxes = tuple(box(group, group[0].key == root, look) for group in groups)
    return Figure(
        boxes,
        tuple(_arrows(lineage.edges, numbers)),
        _remark(len(nodes), boxes, lineage),
    )


def _remark(records: int, boxes: Sequence[Box], lineage: Lineage) -> str:
    remarks = [listed] if (listed := listed_part(lineage)) else []
    remarks += [f"{records:,} records in {len(boxes):,} boxes"] if len(boxes) < records else []
    remarks += ["cut short: there are more records behind these"] if lineage.truncated else []
    words = {
        INVALID: any(box.is_invalid for box in boxes),
        TAINTED: any(box.is_tainted for box in boxes),
        MORE: any(box.has_more for box in boxes),
    }
    remarks += [LEGEND[word] for word, is_there in words.items() if is_there]
    return "; ".join(remarks)


def _arrows(edges: Iterable[Edge], numbers: dict[bytes, int]) -> Iterable[Arrow]:
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
    return (
        Arrow(*ends, tuple(relations), tuple(roles)) for ends, (relations, roles) in labels.items()
    )
