"""provgraph from Python: open a store, load into it, ask it, take the answer along.

``provgraph.open`` is the door. The command line and the query API ask the same questions of the
same store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from provgraph.errors import NotFoundError, SettingsError, extra_needed
from provgraph.ingest.loading import load
from provgraph.ingest.reports import Report
from provgraph.interchange.export import statements, within
from provgraph.model import lineage
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.lineage import Direction, Edge, Node
from provgraph.model.values import Value, canonical_json
from provgraph.model.vocabulary import NODE_LABEL, RELATIONS, RelationType
from provgraph.pictures import dot, png, svg
from provgraph.pictures.look import PLAIN, Look
from provgraph.questions import walks
from provgraph.questions.configuration import with_configuration
from provgraph.questions.names import find
from provgraph.questions.own_header import store_of_header
from provgraph.settings import read_environment
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.writers import json as json_writer
from provgraph.writers import text

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import networkx as nx
    import py2neo
    from prov.model import ProvDocument


def open_provenance(store: str | None = None, *, password: str | None = None) -> Provenance:
    """Open a store: ``provgraph.open``.

    Args:
        store: the URL of the store (docs/contract.md, Stores); None for ``PROVGRAPH_STORE``, else
            the SQLite file of the user.
        password: the password, instead of one in the URL or in ``PROVGRAPH_STORE_PASSWORD``.

    Returns:
        The open store; close it, or use it in a ``with`` block.

    Raises:
        SettingsError: there is no such kind of store, or the password file can't be read.
        UnreachableError: the store does not answer.
        StoreError: the store refuses, or holds something else.
    """
    settings = read_environment(store)
    return Provenance(open_store(settings.store, password or settings.store_password))


class Provenance:
    """An open store, to load into and to ask.

    Example:
        >>> with provgraph.open("sqlite:///night.db") as store:  # doctest: +SKIP
        ...     store.load("/data/ctao/logs")
        ...     answer = store.what_produced("/data/ctao/dl3/run02001.dl3.fits")
    """

    def __init__(self, store: Store) -> None:
        """Take a store, which is closed with this object.

        Args:
            store: the open store.
        """
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def load(
        self,
        *sources: str | os.PathLike[str],
        format: str | None = None,
        namespace: str = DEFAULT_NAMESPACE,
    ) -> list[Report]:
        """Load files, folders or databases.

        Args:
            sources: what the command ``load`` takes: files (also gzipped), folders, URLs of ctaprov
                databases.
            format: the format as which all sources are read; None to recognise each by its content.
            namespace: the file system that the paths in the sources are on (docs/contract.md, rule
                7).

        Returns:
            A report on each source: what became of it, and the problems of one that could be read
            in part only.

        Raises:
            SettingsError: the namespace or the format makes no sense.
            StoreError: the store failed.
        """
        return list(load(self.store, map(str, sources), format_name=format, namespace=namespace))

    def what_produced(self, file: str | os.PathLike[str], depth: int | None = None) -> Answer:
        """Find everything that led to a file.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands).
            depth: how many relations far; None for no end.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            NotFoundError: no record bears the name.
            AmbiguousError: several records bear the name; ``candidates`` lists their ids.
            StoreError: the store failed.
        """
        return self.lineage(file, Direction.UPSTREAM, depth)

    def impact(self, file: str | os.PathLike[str], depth: int | None = None) -> Answer:
        """Find everything that was made from a file.

        Args:
            file: an identifier, a product on disk, a path, or a file name (docs/contract.md,
                Commands).
            depth: how many relations far; None for no end.

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            NotFoundError: no record bears the name.
            AmbiguousError: several records bear the name; ``candidates`` lists their ids.
            StoreError: the store failed.
        """
        return self.lineage(file, Direction.DOWNSTREAM, depth)

    def lineage(
        self,
        record: str | os.PathLike[str],
        direction: Direction | str = Direction.UPSTREAM,
        depth: int | None = None,
        relations: Sequence[RelationType | str] = (),
    ) -> Answer:
        """Find what led to a record, what was made from it, or both.

        Args:
            record: what names the record.
            direction: ``upstream``, ``downstream`` or ``both``.
            depth: how many relations far; None for no end.
            relations: the types to follow; none means those that lead to the origin
                (docs/contract.md, Commands).

        Returns:
            The answer, which a notebook shows as a drawing.

        Raises:
            NotFoundError: no record bears the name.
            AmbiguousError: several records bear the name; ``candidates`` lists their ids.
            StoreError: the store failed.
            SettingsError: there is no such direction or relation.
        """
        try:
            chosen_direction = Direction(direction)
            followed = [RelationType(relation) for relation in relations]
        except ValueError as error:
            raise SettingsError(
                f"{error}: directions are {', '.join(Direction)}; "
                f"relations are {', '.join(RelationType)}"
            ) from None
        store, root = self._store_that_knows(str(record), chosen_direction)
        found = walks.lineage(store, root, chosen_direction, depth, followed)
        fields = {each.name: getattr(found, each.name) for each in fields_of(found)}
        return Answer(**fields, store=store)

    def _store_that_knows(self, name: str, direction: Direction) -> tuple[Store, Node]:
        """This store; of a product that no load knows one that holds what its own header says."""
        try:
            return self.store, find(self.store, name, Path.cwd())
        except NotFoundError:
            own = None if direction is Direction.DOWNSTREAM else store_of_header(name, Path.cwd())
            if own is None:
                raise
            return own

    def with_configuration(self, answer: Answer) -> Answer:
        """Add the parameter sets and configuration files of its runs to an answer: for a drawing.

        Args:
            answer: an answer of this store.

        Returns:
            The answer with further nodes.

        Raises:
            StoreError: the store failed.
        """
        return with_configuration(self.store, answer)


@dataclass(frozen=True, slots=True)
class Answer(lineage.Lineage):
    """The answer to a question about lineage, with ways to take it along.

    A notebook shows it as a drawing.

    Attributes:
        store: the store that answered.
    """

    store: Store = field(repr=False, compare=False)

    def to_prov(self) -> ProvDocument:
        """Make a document of the prov package.

        It holds the records of the answer with all that the store says of them. The store must
        still be open.

        Returns:
            The document.

        Raises:
            StoreError: the store failed.
            MissingExtraError: the extra ``rdf`` is not installed.
        """
        with extra_needed("rdf", "a document of the package prov"):
            from provgraph.interchange.writing.prov_package import to_prov  # noqa: PLC0415

        with self.store.viewing() as view:
            return to_prov(statements(view, within(self)))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Make a graph of networkx.

        Returns:
            A graph whose nodes are ids and whose edges run from effect to cause. Nodes have the
            fields of the JSON answer (docs/contract.md, Commands) as attributes; edges have
            ``relation``, ``role`` and ``time``.

        Raises:
            MissingExtraError: the extra ``networkx`` is not installed.
        """
        with extra_needed("networkx", "a graph of networkx"):
            import networkx as nx  # noqa: PLC0415 - only this extra brings it

        answer = json_writer.document(self)
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(root=self.root.id, truncated=self.truncated)
        graph.add_nodes_from((node["id"], node) for node in answer["nodes"])
        for edge in answer["edges"]:
            graph.add_edge(edge["source"], edge["target"], None, **edge)
        return graph

    def to_dot(self, look: Look = PLAIN) -> str:
        """Draw the answer as a Graphviz document in the shapes and colours of the W3C.

        Args:
            look: how the drawing should look.

        Returns:
            The document.
        """
        return dot.write(self, look)

    def to_svg(self, look: Look = PLAIN) -> str:
        """Draw the answer as SVG, which any browser shows.

        Args:
            look: how the drawing should look.

        Returns:
            The document.
        """
        return svg.write(self, look)

    def to_png(self, look: Look = PLAIN) -> bytes:
        """Draw the answer as an image.

        Args:
            look: how the drawing should look.

        Returns:
            The bytes of a PNG file.

        Raises:
            SettingsError: the image would be too large to be read.
        """
        return png.write(self, look)

    def to_py2neo(self) -> py2neo.Subgraph:
        """Make a subgraph of py2neo.

        ``py2neo.Graph(…).merge(answer.to_py2neo())`` merges it into a Neo4j by label and id.
        Between two nodes py2neo knows one relationship of a type; that of several relations has
        all their roles in a list.

        Returns:
            The subgraph.

        Raises:
            SettingsError: py2neo is not installed; the extra ``provgraph[py2neo]`` has it.
        """
        try:
            from py2neo import Relationship, Subgraph  # noqa: PLC0415 - an extra
        except ImportError:
            raise SettingsError(
                "py2neo is not installed: pip install 'provgraph[py2neo]'"
            ) from None
        nodes = {node.key: _py2neo_node(node) for node in self.nodes}
        edges_between: dict[tuple[bytes, RelationType, bytes], list[Edge]] = {}
        for edge in self.edges:
            edges_between.setdefault((edge.source, edge.relation, edge.target), []).append(edge)
        relationships = [
            Relationship(
                nodes[source],
                RELATIONS[relation].neo4j_type,
                nodes[target],
                **_properties_of(edges),
            )
            for (source, relation, target), edges in edges_between.items()
        ]
        return Subgraph(nodes.values(), relationships)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """What notebooks show (IPython's display protocol)."""
        return {"image/svg+xml": self.to_svg(), "text/plain": text.write(self)}


def _py2neo_node(node: Node) -> py2neo.Node:
    """A record as a node of py2neo."""
    from py2neo import Node as Py2neoNode  # noqa: PLC0415 - an extra that most users lack

    label = NODE_LABEL[node.kind]
    fields = json_writer.node_document(node)
    attributes = fields.pop("attributes")
    properties = {
        name: _neo4j_value(value)
        for name, value in {**attributes, **fields}.items()
        if value not in (None, [])
    }
    py2neo_node = Py2neoNode(label, *([node.type] if node.type else []), **properties)
    # By these two py2neo recognises a node that the database has already.
    py2neo_node.__primarylabel__, py2neo_node.__primarykey__ = label, "id"
    return py2neo_node


def _neo4j_value(value: Value) -> Any:
    """The value as a property of Neo4j: lists of texts and single values as they are, else JSON."""
    if isinstance(value, str):
        return str(value)  # py2neo knows no enumerations
    is_list_of_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return value if isinstance(value, int | float) or is_list_of_texts else canonical_json(value)


def _properties_of(edges: Sequence[Edge]) -> dict[str, str | list[str]]:
    """The roles and times of relations of one type between two records.

    One value stands alone, several are a list; a property without a value is absent.
    """
    properties = {
        "role": sorted({edge.role for edge in edges if edge.role}),
        "time": sorted({edge.time for edge in edges if edge.time}),
    }
    return {
        name: found[0] if len(found) == 1 else found for name, found in properties.items() if found
    }
