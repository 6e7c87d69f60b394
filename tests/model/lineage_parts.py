"""A small lineage of the model's own parts: file ← run ← raw and calibration, with an agent."""

from provgraph.model.assembly import assemble_lineage
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.vocabulary import Kind, RelationType

USED, MADE, BY = (
    RelationType.USED,
    RelationType.WAS_GENERATED_BY,
    RelationType.WAS_ASSOCIATED_WITH,
)


def node(name: str, kind: Kind = Kind.ENTITY, level: str | None = None) -> Node:
    return Node(name.encode(), name, kind, data_level=level)


def edge(relation: RelationType, source: str, target: str) -> Edge:
    return Edge(relation, source.encode(), target.encode())


FILE, RUN, RAW, CALIBRATION, AGENT = (
    node("file", level="DL1"),
    node("run", Kind.ACTIVITY),
    node("raw", level="DL0"),
    node("calibration"),
    node("agent", Kind.AGENT),
)
EDGES = [
    edge(MADE, "file", "run"),
    edge(USED, "run", "raw"),
    edge(USED, "run", "calibration"),
    edge(BY, "run", "agent"),
]


def answer(limit: int = 100, edges: list[Edge] = EDGES) -> Lineage:
    found = [CALIBRATION, AGENT, RAW, RUN, FILE]
    return assemble_lineage(FILE, Direction.UPSTREAM, None, limit, found, edges)
