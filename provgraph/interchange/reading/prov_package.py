"""Recognises PROV-XML, PROV-N, PROV-O and JSON-LD, and has libraries read them.

The libraries, the prov package, rdflib and lxml, hold a document in memory. They are imported when
a document is read: a document is recognised without them.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from io import BufferedReader
from typing import Self

from provgraph.errors import LoadError, MissingExtraError, extra_needed
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.documents import documents
from provgraph.interchange.reading.whole import WholeDocument
from provgraph.loaders.protocol import Problem, RelativeNames
from provgraph.model.records import Document
from provgraph.prov.addresses import address_of_content
from provgraph.prov.statements import PROV

#: A larger document is not read: the package takes some twenty times its size in memory. PROV-JSON
#: is read as a stream.
LARGEST = 32 << 20
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*+<")
_PROV_XML = re.compile(rb"<(?:[\w.-]+:)?document[\s>/]")
_RDF_XML = re.compile(rb"<(?:[\w.-]+:)?RDF[\s>/]")
_PROV_NAMESPACE = PROV.encode()
_TURTLE = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n)*+(?:@prefix|@base|prefix\s|base\s|graph\s|<[^?!>\s][^>\s]*>|_:|\{(?!\s*[\"}])|[\w.-]*:\S+\s)",
    re.IGNORECASE,
)
_PROV_N = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\s|//[^\n]*\n|/\*.*?\*/)*+document\s", re.DOTALL)
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*+[\[{]")
_JSON_LD_KEY = re.compile(rb'"@(?:context|graph|id|type)"\s*:')
#: What tells that JSON-LD is of PROV, wherever it stands: its namespace, a name with its prefix,
#: the address of its context, or one of its terms.
_OF_PROV = re.compile(
    rb'http://www\.w3\.org/ns/prov\b|"prov:[A-Za-z]|openprovenance\.org/prov'
    rb'|https://www\.w3\.org/ns/prov\b|"(?:was(?:GeneratedBy|DerivedFrom|AttributedTo|AssociatedWith'
    rb'|InformedBy|InvalidatedBy)|qualified(?:Usage|Generation|Association))"\s*:'
)


class _WholeLoader:
    """Reads one format, of which a document is held in memory."""

    name: str
    reads: str

    def __init__(self, address: str | None = None) -> None:
        """Make a loader.

        Args:
            address: of the document; None when it has none of its own.
        """
        self._address = address

    def at(self, address: str) -> Self:
        """The same loader, for a document at an address.

        Args:
            address: of the document, against which relative names resolve.

        Returns:
            another loader.
        """
        return type(self)(address)

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem | RelativeNames]:
        """Read a document.

        Args:
            stream: the document's bytes, decompressed.
            namespace: of no importance: a document names records by URIs.
            start: of no importance: a document is always read from its beginning.

        Yields:
            a document for each element and relation; or one problem when nothing can be read.
        """
        whole = self._read(stream)
        if whole.has_relative_names:
            yield RelativeNames()
        yield from documents(whole.parts)

    def statements(self, stream: BufferedReader) -> Iterator[PartOrProblem]:
        """Read the statements of a document.

        Args:
            stream: the document's bytes, decompressed.

        Yields:
            statements and names of bundles; or one problem when nothing can be read.
        """
        yield from self._read(stream).parts

    def _read(self, stream: BufferedReader) -> WholeDocument:
        try:
            content = stream.read(LARGEST + 1)
            if len(content) > LARGEST:
                raise LoadError(
                    f"it has more than {LARGEST >> 20} MiB: convert it to PROV-JSON, "
                    "which is streamed"
                )
            address = self._address or address_of_content(sha256(content).hexdigest())
            return self._read_whole(content, address)
        except (LoadError, MissingExtraError) as error:
            return WholeDocument([Problem("the whole source", str(error))])

    def _read_whole(self, content: bytes, address: str) -> WholeDocument:
        """Read a document by a function of a module that imports libraries."""
        raise NotImplementedError


class ProvXmlLoader(_WholeLoader):
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

    def _read_whole(self, content: bytes, address: str) -> WholeDocument:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import prov_xml  # noqa: PLC0415

        return WholeDocument(prov_xml.read_xml(content)).at(prov_xml.base_of(content, address))


class ProvNLoader(_WholeLoader):
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

    def _read_whole(self, content: bytes, address: str) -> WholeDocument:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import package_documents, prov_n  # noqa: PLC0415

        parts = prov_n.read_prov_n(content, package_documents.statements_of)
        return WholeDocument(parts).at(address)


class ProvOLoader(_WholeLoader):
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

    def _read_whole(self, content: bytes, address: str) -> WholeDocument:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import rdf  # noqa: PLC0415

        is_xml = bool(_XML.match(content) and _RDF_XML.search(content))
        return rdf.read_rdf(content, address, is_xml=is_xml)


class ProvJsonLdLoader(_WholeLoader):
    """Reads PROV-JSONLD (W3C member submission, 25 August 2024) and PROV-O in JSON-LD 1.1."""

    name = "prov-json-ld"
    reads = "PROV-JSONLD documents, PROV-O as JSON-LD"

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is JSON-LD of PROV.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it is JSON with keys of JSON-LD and names of PROV.
        """
        return (
            _JSON.match(head) is not None
            and _JSON_LD_KEY.search(head) is not None
            and _OF_PROV.search(head) is not None
        )

    def _read_whole(self, content: bytes, address: str) -> WholeDocument:
        with extra_needed("rdf", self.name):  # and imported late, for it loads slowly
            from provgraph.interchange.reading import json_ld  # noqa: PLC0415

        return json_ld.read_json_ld(content, address)
