"""Writes PROV-XML, PROV-O and PROV-JSONLD through the prov package (the extra ``rdf``).

All but N-Triples hold the document in memory.
"""

import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO

from prov.model import ProvDocument

from provgraph.errors import ProvGraphError
from provgraph.interchange.writing import prov_json
from provgraph.model.records import batches
from provgraph.prov.statements import DocumentPart

#: How many statements of N-Triples are in memory at a time.
_BATCH = 2000


def to_prov(statements: Iterable[DocumentPart]) -> ProvDocument:
    """Make a document of the prov package.

    Args:
        statements: all of the document.

    Returns:
        the document, with the prefixes that PROV-JSON of the same statements has.
    """
    text = "".join(prov_json.write(statements))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document: ProvDocument = ProvDocument.deserialize(content=text, format="json")
    return document


def write_xml(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-XML (W3C note "PROV-XML", 30 April 2013).

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.

    Raises:
        ProvGraphError: XML can't hold a name or a character that stands in it.
    """
    yield _serialized(to_prov(statements), "xml", {}, has_bundles=True)


def write_json_ld(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-JSONLD (W3C member submission, 25 August 2024).

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.

    Raises:
        ProvGraphError: the format can't hold what is said.
    """
    yield _serialized(to_prov(statements), "jsonld", {}, has_bundles=True)


def write_turtle(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-O in Turtle (W3C recommendations "PROV-O" and "RDF 1.1 Turtle").

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.

    Raises:
        ProvGraphError: there are bundles, which Turtle can't hold.
    """
    yield _graph(statements, "turtle")


def write_trig(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-O in TriG, which can hold bundles (W3C recommendation "RDF 1.1 TriG").

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.

    Raises:
        ProvGraphError: RDF can't hold what is said.
    """
    yield _graph(statements, "trig")


def write_rdf_xml(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-O in RDF/XML (W3C recommendation "RDF 1.1 XML Syntax").

    Args:
        statements: in any order.

    Yields:
        the document, in one piece.

    Raises:
        ProvGraphError: there are bundles, which RDF/XML can't hold.
    """
    yield _graph(statements, "xml")


def write_n_triples(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write PROV-O in N-Triples (W3C recommendation "RDF 1.1 N-Triples").

    Memory stays bounded: a graph is the union of its parts, so some statements at a time are
    written.

    Args:
        statements: in any order.

    Yields:
        the document, piece by piece.

    Raises:
        ProvGraphError: there are bundles, which N-Triples can't hold.
    """
    for batch in batches(statements, _BATCH):
        yield _graph(batch, "nt")


def _graph(statements: Iterable[DocumentPart], rdf_format: str) -> str:
    """Write RDF in a format of rdflib."""
    options = {"rdf_format": rdf_format}
    return _serialized(to_prov(statements), "rdf", options, has_bundles=rdf_format == "trig")


def _serialized(
    document: ProvDocument, format_name: str, options: dict[str, str], *, has_bundles: bool
) -> str:
    if not has_bundles and document.has_bundles():
        raise ProvGraphError(
            "this format can't hold bundles: take trig, prov-json, prov-n, prov-xml or json-ld"
        )
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            document.serialize(out, format=format_name, **options)
        except Exception as error:  # the package and its parsers don't say which they raise
            raise ProvGraphError(
                f"this can't be written as {format_name}: {str(error)[:500]}; take prov-json"
            ) from error
    return out.getvalue().decode()
