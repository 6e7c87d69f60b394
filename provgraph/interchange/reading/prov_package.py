"""Recognises PROV-XML, PROV-N, PROV-O and PROV-JSONLD, and has the prov package read them.

The package holds a document in memory. It is imported, with rdflib and lxml, when a document is
read (`provgraph.interchange.reading.package_documents`): a document is recognised without them.
"""

import re
from collections.abc import Iterator
from io import BufferedReader
from typing import TypeAlias

from provgraph.errors import LoadError, MissingExtraError, extra_needed
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.documents import documents
from provgraph.loaders.protocol import Problem
from provgraph.model.records import Document
from provgraph.prov.statements import PROV

#: A larger document is not read: the package takes some twenty times its size in memory. PROV-JSON
#: is read as a stream.
LARGEST = 32 << 20
#: A document's statements, and what the package says that it loses of the document.
Whole: TypeAlias = tuple[list[PartOrProblem], list[str]]
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
    """Reads one format of the prov package."""

    name: str
    reads: str

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """Read a document.

        Args:
            stream: the document's bytes, decompressed.
            namespace: of no importance: a document names records by URIs.
            start: of no importance: a document is always read from its beginning.

        Yields:
            a document for each element and relation; or one problem when nothing can be read.
        """
        statements, problems = self._read(stream)
        yield from documents(statements)
        yield from problems

    def statements(self, stream: BufferedReader) -> Iterator[PartOrProblem]:
        """Read the statements of a document.

        Args:
            stream: the document's bytes, decompressed.

        Yields:
            statements and names of bundles; or one problem when nothing can be read.
        """
        statements, problems = self._read(stream)
        yield from statements
        yield from problems

    def _read(self, stream: BufferedReader) -> tuple[list[PartOrProblem], list[Problem]]:
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
        """Read a document by a function of `package_documents`."""
        raise NotImplementedError


class ProvXmlLoader(_PackageLoader):
    """Reads PROV-XML documents (W3C note "PROV-XML", 30 April 2013)."""

    name = "prov-xml"
    reads = "PROV-XML documents"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is PROV-XML.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it is XML with a document of PROV.
        """
        return bool(_XML.match(head) and _PROV_XML.search(head)) and _PROV_NAMESPACE in head

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_xml(content)


class ProvNLoader(_PackageLoader):
    """Reads PROV-N documents (W3C recommendation "PROV-N", 30 April 2013)."""

    name = "prov-n"
    reads = "PROV-N documents"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is PROV-N.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it begins with ``document``, behind comments perhaps.
        """
        return _PROV_N.match(head) is not None

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_prov_n(content)


class ProvOLoader(_PackageLoader):
    """Reads PROV-O documents (W3C recommendation "PROV-O", 30 April 2013)."""

    name = "prov-o"
    reads = "PROV-O documents (Turtle, TriG, N-Triples, RDF/XML)"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is PROV-O.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it is RDF that names PROV's namespace.
        """
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
    """Reads PROV-JSONLD documents (W3C member submission, 25 August 2024)."""

    name = "prov-json-ld"
    reads = "PROV-JSONLD documents"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is PROV-JSONLD.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it is a JSON object with a context or a graph.
        """
        return _JSON_LD.match(head) is not None

    def _read_whole(self, content: bytes) -> Whole:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents  # noqa: PLC0415

        return package_documents.read_json_ld(content)
