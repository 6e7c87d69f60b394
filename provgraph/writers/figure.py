"""What every drawing of a lineage shows: boxes with two lines of text, and arrows from effect to cause."""

from collections.abc import Iterable
from dataclasses import dataclass

from provgraph.model.identifiers import base_name
from provgraph.model.subgraph import Edge, Lineage, Node
from provgraph.model.vocabulary import Kind, Status
from provgraph.writers.labels import moment, place, readable

NAME_LENGTH = 40
DETAIL_LENGTH = 44
ROLE_LENGTH = 24
TIP_LENGTH = 300
#: What a box without any visible name says; some viewers refuse an empty one.
NAMELESS = "(no name)"


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


@dataclass(frozen=True, slots=True)
class Box:
    """One record.

    Attributes:
        node: the record.
        is_root: whether it is what was asked about.
        name: its first line.
        detail: its second line; may be empty.
        tip: the lines of its tooltip.
    """

    node: Node
    is_root: bool
    name: str
    detail: str
    tip: tuple[str, ...]

    @property
    def colours(self) -> Colours:
        """How it is painted."""
        return COLOURS.get(self.node.kind, OTHER_COLOURS)


@dataclass(frozen=True, slots=True)
class Arrow:
    """All relations from one record to another, drawn as one arrow.

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
    """A lineage as boxes and arrows, in the order of its nodes and edges."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def root(self) -> int:
        """The index of the box that was asked about."""
        return next((number for number, box in enumerate(self.boxes) if box.is_root), 0)


def figure(lineage: Lineage) -> Figure:
    """The boxes and arrows of a lineage; texts are visible characters only, and short."""
    boxes = tuple(_box(node, node.key == lineage.root.key) for node in lineage.nodes or (lineage.root,))
    numbers = {box.node.key: number for number, box in enumerate(boxes)}
    return Figure(boxes, tuple(_arrows(lineage.edges, numbers)))


def _box(node: Node, is_root: bool) -> Box:
    names = (node.name, base_name(place(node)) if node.kind is Kind.ENTITY else None, node.id, NAMELESS)
    detail = "  ".join(_details(node))
    return Box(
        node,
        is_root,
        readable(next(name for name in names if name and name.strip()), NAME_LENGTH),
        readable(detail, DETAIL_LENGTH),
        tuple(readable(line, TIP_LENGTH) for line in _tip(node)),
    )


def _details(node: Node) -> Iterable[str]:
    """The facts of a record that fit below its name."""
    if node.kind is Kind.ACTIVITY:
        status = None if node.status == Status.COMPLETED else node.status
        facts: tuple[str | None, ...] = (node.version, status, node.start_time and moment(node.start_time))
    elif node.kind is Kind.ENTITY:
        path = place(node)
        folder = path.rpartition("/")[0] if path != node.id else None
        facts = (node.data_level, folder)
    else:
        facts = (node.type,)
    return (fact for fact in facts if fact and fact.strip())


def _tip(node: Node) -> Iterable[str]:
    """All that a record's tooltip says."""
    facts = (
        ("", node.id),
        ("", None if node.name == node.id else node.name),
        ("at ", node.location),
        ("", node.data_level),
        ("version ", node.version),
        ("", node.status),
        ("started ", node.start_time),
        ("ended ", node.end_time),
        ("on ", node.host),
        ("made ", node.generated_at),
        ("overwritten ", node.invalidated_at),
    )
    return (f"{what}{fact}" for what, fact in facts if fact)


def _arrows(edges: Iterable[Edge], numbers: dict[bytes, int]) -> Iterable[Arrow]:
    said: dict[tuple[int, int], tuple[dict[str, None], dict[str, None]]] = {}
    for edge in edges:
        if edge.source in numbers and edge.target in numbers:
            relations, roles = said.setdefault((numbers[edge.source], numbers[edge.target]), ({}, {}))
            relations[edge.relation.value] = None
            if edge.role and edge.role.strip():
                roles[readable(edge.role, ROLE_LENGTH)] = None
    return (Arrow(*ends, tuple(relations), tuple(roles)) for ends, (relations, roles) in said.items())
