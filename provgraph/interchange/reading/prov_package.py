"""Recognises PROV-XML, PROV-N, PROV-O and PROV-JSONLD, and has the prov package read them.

The package holds a document in memory. It is imported, with rdflib and lxml, when a document is
read (`provgraph.interchange.reading.package_documents`): a document is recognised without them.
"""

import re
from collections.abc import Iterator
from io import BufferedReader
from typing import TypeAlias

from provgraph.errors import LoadError, MissingExtraError, extra_needed
from provgraph.interchange.reading.records import Found, documents
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.prov.statements import PROV

#: A larger document is not read: the package takes some twenty times its size in memory. PROV-JSON
#: is read as a stream.
LARGEST = 32 << 20
#: A document's statements, and what the package says that it loses of the document.
Whole: TypeAlias = tuple[list[Found], list[str]]
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*+<")
_PROV_XML = re.compile(rb"<(?:[\w.-]+:)?document[\s>/]")
_RDF_XML = re.compile(rb"<(?:[\w.-]+:)?RDF[\s>/]")
_PROV_NAMESPACE = PROV.encode()
_TURTLE = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*+(?:@prefix|@base|prefix\s|base\s|graph\s|<[^?!>\s][^>\s]*>|_:|\{|[\w.-]*:\S+\s)",
    re.IGNORECASE,
)
_PROV_N = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\s|//[^\n]*\n|/\*.*?\*/)*+document\s", re.DOTALL)
_JSON_LD = re.compile(rb'^(?:\xef\xbb\xbf)?\s*+\{.*?"@(?:context|graph)"\s*:', re.DOTALL)


class _PackageLoader:
    """One format of the prov package's."""

    name: str
    reads: str

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """One document a statement, or a problem in place of them all."""
        statements, problems = self._read(stream)
        yield from documents(statements)
        yield from problems

    def statements(self, stream: BufferedReader) -> Iterator[Found]:
        """The statements of a document, or a problem in place of them all."""
        statements, problems = self._read(stream)
        yield from statements
        yield from problems

    def _read(self, stream: BufferedReader) -> tuple[list[Found], list[Problem]]:
        try:
            content = stream.read(LARGEST + 1)
            if len(content) > LARGEST:
                raise LoadError(
                    f"it has more than {LARGEST >> 20} MiB: convert it to PROV-JSON, "
                    "which is streamed"
                )
            statements, lost = self._read_whole(content)
        except (LoadError, MissingExtraError) as error:
            return [], [Problem("the whole source", str(error))]
        return statements, [Problem("the whole source", each) for each in lost]

    def _read_whole(self, content: bytes) -> Whole:
        raise NotImplementedError


class ProvXmlLoader(_PackageLoader):
    """PROV-XML documents (W3C note, 30 April 2013)."""

    name = "prov-xml"
    reads = "PROV-XML documents"

    def recognises(self, head: bytes) -> bool:
        """Whether it is XML with a document of PROV's."""
        return bool(_XML.match(head) and _PROV_XML.search(head)) and _PROV_NAMESPACE in head

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_xml(content)


class ProvNLoader(_PackageLoader):
    """PROV-N documents (W3C recommendation, 30 April 2013)."""

    name = "prov-n"
    reads = "PROV-N documents"

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as every document does."""
        return _PROV_N.match(head) is not None

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_prov_n(content)


class ProvOLoader(_PackageLoader):
    """PROV-O documents (W3C recommendation, 30 April 2013): Turtle, TriG, N-Triples, RDF/XML."""

    name = "prov-o"
    reads = "PROV-O documents (Turtle, TriG, N-Triples, RDF/XML)"

    def recognises(self, head: bytes) -> bool:
        """Whether it is RDF that names PROV's namespace."""
        is_rdf = (
            _RDF_XML.search(head)
            if _XML.match(head) and b"<?xml" in head[:64]
            else _TURTLE.match(head)
        )
        return (
            bool(is_rdf or (_XML.match(head) and _RDF_XML.search(head))) and _PROV_NAMESPACE in head
        )

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        is_xml = bool(_XML.match(content) and _RDF_XML.search(content))
        return package_documents.read_rdf(content, is_xml=is_xml)


class ProvJsonLdLoader(_PackageLoader):
    """PROV-JSONLD documents (W3C member submission, 25 August 2024)."""

    name = "prov-json-ld"
    reads = "PROV-JSONLD documents"

    def recognises(self, head: bytes) -> bool:
        """Whether it is a JSON object with a context."""
        return _JSON_LD.match(head) is not None

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_json_ld(content)
