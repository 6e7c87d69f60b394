"""Answers as Python programs take them along: ids as texts, times as datetimes.

A store answers with keys and canonical texts. Here they become plain Python values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from provgraph.errors import extra_needed
from provgraph.interchange.export import statements, within
from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.products import products_of
from provgraph.model.summary import LineageSummary
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.pictures import dot, pdf, png, svg
from provgraph.pictures.look import PLAIN, Look
from provgraph.questions.summary import summary_of
from provgraph.store.protocol import Store
from provgraph.writers import json as json_writer
from provgraph.writers import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    import py2neo
    from prov.model import ProvDocument


@dataclass(frozen=True, slots=True)
class InvalidMark:
    """The mark of an invalid record.

    Attributes:
        time: since when the record is invalid, in UTC.
        reason: why. Several reasons are separated by ``; ``.
        by: who says so. Several people are separated by ``; ``.
    """

    time: datetime
    reason: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class AnswerNode:
    """One record of an answer. A field that does not apply to its kind is None or empty.

    Attributes:
        id: the id that people use.
        kind: entity, activity or agent.
        name: what people call the record.
        type: the finer kind, such as ``DatasetEntity``.
        distance: the number of relations from the root of the answer.
        location: the newest place where the file still stands.
        locations: all places where the file stood, the newest first.
        identifiers: all identifiers, the strongest first.
        start_time: when the run started, in UTC.
        end_time: when the run ended, in UTC.
        duration: seconds from the start to the end.
        status: how the run ended.
        version: the version of the tool.
        host: the host on which the run ran.
        generated_at: when the file was made, in UTC.
        invalidated_at: when the file lost its last place, in UTC (docs/contract.md, rule 4).
        data_level: ``DLn``.
        invalidation: the mark of an invalid record: since when, why, and who says so.
        tainted: the ids of the invalid records that it was made from.
        more: whether the answer was cut behind this record.
        masked: whether a server hides from who asks what this record is.
        attributes: all else that is known: name → plain value.
    """

    id: str
    kind: Kind
    name: str | None
    type: str | None
    distance: int
    location: str | None
    locations: tuple[str, ...]
    identifiers: tuple[str, ...]
    start_time: datetime | None
    end_time: datetime | None
    duration: float | None
    status: str | None
    version: str | None
    host: str | None
    generated_at: datetime | None
    invalidated_at: datetime | None
    data_level: str | None
    invalidation: InvalidMark | None
    tainted: tuple[str, ...]
    more: bool
    masked: bool
    attributes: dict[str, Value]


@dataclass(frozen=True, slots=True)
class AnswerEdge:
    """One relation of an answer, from effect to cause.

    Attributes:
        relation: its type.
        source: the id of the effect.
        target: the id of the cause.
        role: the part that the file or agent played for the run, such as ``DL1/Event``.
        time: when, in UTC.
        location: the path by which the run named the file.
        inferred: whether it was concluded, and no source states it.
    """

    relation: RelationType
    source: str
    target: str
    role: str | None
    time: datetime | None
    location: str | None
    inferred: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question about lineage, with ways to take it along.

    ``print(answer)`` shows a summary; a notebook shows a drawing.

    Attributes:
        root: the record that was asked about.
        direction: which way the answer goes.
        depth: how many relations far it was to go; None for as many as there are.
        truncated: whether a limit cut the answer.
        nodes: the root and all records found, by distance from the root, then by id.
        edges: the relations between these records, in a fixed order.
        lineage: the same as provgraph's other parts take it.
    """

    root: AnswerNode
    direction: Direction
    depth: int | None
    truncated: bool
    nodes: tuple[AnswerNode, ...]
    edges: tuple[AnswerEdge, ...]
    lineage: Lineage = field(repr=False)
    _opened: Callable[[], Store] = field(repr=False, compare=False)

    @classmethod
    def of(cls, lineage: Lineage, opened: Callable[[], Store]) -> Answer:
        """Make an answer of what a store found.

        Args:
            lineage: what was found.
            opened: gives the store that answered, as long as it is open.

        Returns:
            The answer.
        """
        ids = {node.key: node.id for node in (lineage.root, *lineage.nodes)}
        return cls(
            answer_node(lineage.root),
            lineage.direction,
            lineage.depth,
            lineage.truncated,
            tuple(map(answer_node, lineage.nodes)),
            tuple(_edge(edge, ids) for edge in lineage.edges),
            lineage,
            opened,
        )

    def __str__(self) -> str:
        """What was asked, and how much was found."""
        return text.write(self.lineage).partition("\n\n")[0]

    @property
    def summary(self) -> LineageSummary:
        """How far the answer reaches, and what speaks against trusting it.

        It is worked out when it is asked for. The store must still be open.
        """
        return self.lineage.summary or summary_of(self._opened(), self.lineage)

    @property
    def proofs(self) -> tuple[tuple[AnswerNode, ...], ...]:
        """The files that were made from the root, each at the end of a shortest chain to it.

        The highest data level comes first. Example: ``[proof[-1].location for proof in
        store.impact("dl1.h5").proofs]`` lists what is to be made again.
        """
        chains = (each.proof for each in products_of(self.lineage))
        return tuple(tuple(answer_node(step.node) for step in chain) for chain in chains)

    def of_kind(self, kind: Kind | str) -> tuple[AnswerNode, ...]:
        """Choose the records of one kind.

        Args:
            kind: ``entity``, ``activity`` or ``agent``.

        Returns:
            The records in the order of `nodes`.
        """
        return tuple(node for node in self.nodes if node.kind == kind)

    def to_prov(self) -> ProvDocument:
        """Make a document of the prov package.

        It holds the records of the answer with all that the store says of them. The store must
        still be open.

        Returns:
            The document.

        Raises:
            StoreError: the store failed, or was closed.
            MissingExtraError: the extra ``rdf`` is not installed.
        """
        with extra_needed("rdf", "a document of the package prov"):
            from provgraph.interchange.writing.prov_package import to_prov  # noqa: PLC0415

        with self._opened().viewing() as view:
            return to_prov(statements(view, within(self.lineage)))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Make a graph of networkx.

        Returns:
            A graph whose nodes are ids and whose edges run from effect to cause. Nodes and edges
            have the fields of the JSON answer (docs/contract.md, Commands) as attributes, as far
            as a field has a value. Lists and objects are JSON texts, so that ``write_graphml`` and
            the like can write the graph.

        Raises:
            MissingExtraError: the extra ``networkx`` is not installed.
        """
        with extra_needed("networkx", "a graph of networkx"):
            import networkx as nx  # noqa: PLC0415 - only this extra brings it

        answer = json_writer.document(self.lineage)
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(root=self.root.id, truncated=self.truncated)
        graph.add_nodes_from((node["id"], json_writer.flat(node)) for node in answer["nodes"])
        for edge in answer["edges"]:
            graph.add_edge(edge["source"], edge["target"], None, **json_writer.flat(edge))
        return graph

    def to_dot(self, look: Look = PLAIN) -> str:
        """Draw the answer as a Graphviz document in the shapes and colours of the W3C.

        Args:
            look: how the drawing should look.

        Returns:
            The document.
        """
        return dot.write(self.lineage, look)

    def to_svg(self, look: Look = PLAIN) -> str:
        """Draw the answer as SVG, which any browser shows.

        Args:
            look: how the drawing should look.

        Returns:
            The document.
        """
        return svg.write(self.lineage, look)

    def to_png(self, look: Look = PLAIN) -> bytes:
        """Draw the answer as an image.

        Args:
            look: how the drawing should look.

        Returns:
            The bytes of a PNG file.

        Raises:
            SettingsError: the image would be too large to be read.
        """
        return png.write(self.lineage, look)

    def to_pdf(self, look: Look = PLAIN) -> bytes:
        """Draw the answer as a PDF, which is sharp at any size.

        Args:
            look: how the drawing should look.

        Returns:
            The bytes of a PDF file.

        Raises:
            SettingsError: the drawing would be too large to be read.
        """
        return pdf.write(self.lineage, look)

    def to_py2neo(self) -> py2neo.Subgraph:
        """Make a subgraph of py2neo.

        ``py2neo.Graph(…).merge(answer.to_py2neo())`` merges it into a Neo4j by label and id.
        Between two nodes py2neo knows one relationship of a type; that of several relations has
        all their roles in a list.

        Returns:
            The subgraph.

        Raises:
            MissingExtraError: py2neo is not installed; the extra ``provgraph[py2neo]`` has it.
        """
        with extra_needed("py2neo", "a subgraph of py2neo"):
            from provgraph.writers import py2neo as py2neo_writer  # noqa: PLC0415

        return py2neo_writer.subgraph(self.lineage)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """What notebooks show (IPython's display protocol)."""
        return {"image/svg+xml": self.to_svg(), "text/plain": text.write(self.lineage)}


@dataclass(frozen=True, slots=True)
class CommonRecord:
    """A record that led to each of several others.

    Attributes:
        node: the record.
        distances: how many relations it is from each of the others, in their order.
        is_nearest: whether no other such record was made from it.
    """

    node: AnswerNode
    distances: tuple[int, ...]
    is_nearest: bool


def moment(time: str | None) -> datetime | None:
    """Read a time of an answer.

    Args:
        time: ISO 8601 with a zone, or None.

    Returns:
        The time in UTC, to the microsecond; None for None.
    """
    return None if time is None else datetime.fromisoformat(time)


def answer_node(node: Node) -> AnswerNode:
    """Make plain values of a record.

    Args:
        node: as a store answers.

    Returns:
        The record.
    """
    return AnswerNode(
        id=node.id,
        kind=node.kind,
        name=node.name,
        type=node.type,
        distance=node.distance,
        location=node.location,
        locations=node.locations,
        identifiers=node.identifiers,
        start_time=moment(node.start_time),
        end_time=moment(node.end_time),
        duration=node.duration,
        status=node.status,
        version=node.version,
        host=node.host,
        generated_at=moment(node.generated_at),
        invalidated_at=moment(node.invalidated_at),
        data_level=node.data_level,
        invalidation=_mark(node.invalidation),
        tainted=node.tainted,
        more=node.more,
        masked=node.masked,
        attributes=node.shown_attributes,
    )


def _mark(mark: Invalidation | None) -> InvalidMark | None:
    made = mark and datetime.fromisoformat(mark.time)
    return InvalidMark(made, mark.reason, mark.by) if mark and made else None


def _edge(edge: Edge, ids: Mapping[bytes, str]) -> AnswerEdge:
    return AnswerEdge(
        edge.relation,
        ids[edge.source],
        ids[edge.target],
        edge.role,
        moment(edge.time),
        edge.location,
        edge.inferred,
    )
