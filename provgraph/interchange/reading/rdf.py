"""Reads PROV-O in the syntaxes of RDF: Turtle, TriG, N-Triples and RDF/XML."""

from provgraph.interchange.reading.prov_o.parsing import parse_text, parse_xml
from provgraph.interchange.reading.prov_o.reader import statements
from provgraph.interchange.reading.prov_xml import checked_xml
from provgraph.interchange.reading.whole import WholeDocument


def read_rdf(content: bytes, address: str, *, is_xml: bool) -> WholeDocument:
    """Read PROV-O.

    Args:
        content: the document's bytes.
        address: of the document, against which relative names resolve.
        is_xml: whether it is RDF/XML; else TriG, of which Turtle and N-Triples are parts.

    Returns:
        what it says.

    Raises:
        LoadError: nothing can be read.
    """
    if is_xml:
        checked_xml(content)
    parsed = (parse_xml if is_xml else parse_text)(content, address)
    parts = [*statements(parsed.triples), *parsed.problems]
    return WholeDocument(parts, has_relative_names=parsed.has_relative_names)
