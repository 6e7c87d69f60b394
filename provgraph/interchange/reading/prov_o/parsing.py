"""Reads RDF in all its syntaxes as triples, with rdflib's parsers.

The triples come in the order of the document: rdflib's own graphs keep them in sets, whose order
differs from one process to the next. No parser is let near a network or a file.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rdflib import BNode, Dataset
from rdflib import Literal as RdfLiteral
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, Graph
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.store import Store

from provgraph.errors import LoadError
from provgraph.interchange.reading.prov_o.triples import Resource, Triple
from provgraph.interchange.reading.prov_o.turtle import TurtleParser
from provgraph.loaders.protocol import Problem
from provgraph.model.values import storable_text
from provgraph.prov.addresses import is_relative, resolved, straightened
from provgraph.prov.statements import INTERNATIONALIZED_STRING, QUALIFIED_NAME, Literal
from provgraph.prov.values import STRING, UNRESOLVED_NAME

# Without a handler, what rdflib logs of strange literals would be printed.
logging.getLogger("rdflib").addHandler(logging.NullHandler())

#: The beginning of the addresses of files, and what stands for it while a document is parsed: so
#: the names that a document writes in full can be told from those that are relative.
_FILE, _MARKED = "file:///", "file://address.provgraph.invalid/"


@dataclass
class ParsedDocument:
    """What a document of RDF says.

    Attributes:
        triples: in the order of the document.
        problems: what could not be parsed.
        has_relative_names: whether some name depends on the document's address.
    """

    triples: list[Triple] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    has_relative_names: bool = False


def parse_text(content: bytes, address: str) -> ParsedDocument:
    """Parse TriG, of which Turtle and N-Triples are parts.

    Args:
        content: the document's bytes.
        address: against which relative names resolve where the document gives no base.

    Returns:
        the triples; each statement that can't be parsed is a problem.

    Raises:
        LoadError: nothing can be read.
    """
    return _parsed(
        address,
        lambda recorder, base, problems: TurtleParser(
            recorder.graph.default_context, base, recorder.quads, problems
        ).loadBuf(content),
    )


def parse_xml(content: bytes, address: str) -> ParsedDocument:
    """Parse RDF/XML.

    Args:
        content: the document's bytes, which declare no document type.
        address: see `parse_text`.

    Returns:
        see `parse_text`.

    Raises:
        LoadError: nothing can be read.
    """
    return _parsed(
        address,
        lambda recorder, base, _: recorder.graph.parse(data=content, format="xml", publicID=base),
    )


def parse_json(data: Any, address: str) -> ParsedDocument:
    """Parse JSON-LD.

    Args:
        data: the JSON, which names no context that is not in it.
        address: see `parse_text`.

    Returns:
        the triples.

    Raises:
        LoadError: nothing can be read.
    """
    return _parsed(address, lambda recorder, base, _: to_rdf(data, recorder.graph, base=base))


def _parsed(
    address: str, parse: Callable[["_Recorder", str, list[Problem]], Any]
) -> ParsedDocument:
    recorder, found = _Recorder(), ParsedDocument()
    base = address.replace(_FILE, _MARKED, 1) if address.startswith(_FILE) else address
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rdflib's own use of what it deprecates
            parse(recorder, base, found.problems)
    except Exception as error:  # the parsers don't say which they raise
        text = storable_text(" ".join(str(error).split())[:500]) or type(error).__name__
        found.problems.append(Problem("further on", f"nothing from here on is loaded: {text}"))
    if found.problems and not recorder.quads:
        raise LoadError(f"it can't be read: {found.problems[0].where}: {found.problems[0].what}")
    terms = _Terms(address)
    found.triples = list(terms.triples(recorder.quads))
    found.has_relative_names = terms.are_relative
    return found


def _with_one_fragment(uri: str) -> str:
    """Take away the fragment of a base, which the parser of Turtle leaves in names like ``<#run>``.

    A base has no fragment (RFC 3986, section 5.1), and a URI no more than one.
    """
    if uri.count("#") < 2:
        return uri
    return f"{uri[: uri.index('#')]}{uri[uri.rindex('#') :]}"


class _Recorder(Store):
    """A store of rdflib's that keeps what is added in order, each quad once.

    Attributes:
        quads: what was added.
        graph: the graphs of the store, to which parsers add.
    """

    context_aware = True
    graph_aware = True

    def __init__(self) -> None:
        super().__init__()
        self.quads: dict[tuple[Any, Any, Any, Any], None] = {}
        self.graph = Dataset(store=self, default_union=True)

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        self.quads[(*triple, context.identifier)] = None

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        return iter(())

    def add_graph(self, graph: Graph) -> None:
        """Take no note of a graph: it has triples, or says nothing."""

    def remove(self, triple: Any, context: Any = None) -> None:
        raise AssertionError("parsers remove nothing")


class _Terms:
    """Turns rdflib's terms into plain data."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._blank: dict[BNode, Resource] = {}
        self.are_relative = False

    def triples(self, quads: Any) -> Iterator[Triple]:
        for subject, predicate, value, graph in quads:
            yield Triple(
                self._resource(subject),
                self._resource(predicate),
                self._literal(value) if isinstance(value, RdfLiteral) else self._resource(value),
                None if graph == DATASET_DEFAULT_GRAPH_ID else self._resource(graph),
            )

    def _resource(self, term: Any) -> Resource:
        if isinstance(term, BNode):
            return self._blank.setdefault(term, f"_:b{len(self._blank) + 1}")
        uri = _with_one_fragment(storable_text(str(term)))
        if uri.startswith(_MARKED):
            uri = straightened(_FILE + uri.removeprefix(_MARKED))
        elif is_relative(uri):  # a parser could not resolve it
            uri = resolved(uri, self._address)
        else:
            return uri
        self.are_relative = self.are_relative or self._address.startswith(_FILE)
        return uri

    def _literal(self, term: RdfLiteral) -> Literal:
        text = storable_text(str(term))
        if term.language is not None:
            return Literal(text, INTERNATIONALIZED_STRING, str(term.language))
        kind = None if term.datatype is None else str(term.datatype)
        if kind == QUALIFIED_NAME:
            return Literal(text, UNRESOLVED_NAME)
        return Literal(text, None if kind == STRING else kind)
