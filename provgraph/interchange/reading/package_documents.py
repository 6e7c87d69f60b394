"""Statements of documents that the prov package reads: PROV-XML and PROV-N.

What the package would drop with a warning is a problem here, and no document makes the package read
a file or ask a server. `provgraph.interchange.reading.prov_package` imports this module when such a
document is read, and not before: the libraries take a second.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from lxml import etree
from prov.constants import PROV_ATTR_ENTITY
from prov.identifier import Identifier, QualifiedName
from prov.model import Literal as ProvLiteral
from prov.model import ProvBundle, ProvDocument, ProvRecord

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.model.values import storable_text
from provgraph.prov.addresses import resolved
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    BundleNamed,
    Literal,
    ProvStatement,
    ProvType,
)
from provgraph.prov.values import ANY_URI, DATE_TIME, UNRESOLVED_NAME, native_literal

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LOSES = re.compile(r"\b(?:dropped|ignored|skipp)")
_LISTED = 20


def read_xml(content: bytes) -> tuple[list[PartOrProblem], list[str]]:
    """Read PROV-XML.

    Args:
        content: the document's bytes.

    Returns:
        The statements, and what the package says that it loses of the document.

    Raises:
        LoadError: the document can't be read.
    """
    return _read(content, lambda xml: _deserialized(_with_names_as_texts(checked_xml(xml)), "xml"))


def read_prov_n(content: bytes) -> tuple[list[PartOrProblem], list[str]]:
    """Read PROV-N; see `read_xml`.

    Args:
        content: the document's bytes.

    Returns:
        The statements, and what the package loses.

    Raises:
        LoadError: the document can't be read.
    """
    return _read(content, lambda text: _deserialized(text, "provn"))


def xml_base(content: bytes, address: str) -> str:
    """Find what the names in an XML document are relative to.

    Args:
        content: the document's bytes.
        address: of the document.

    Returns:
        the ``xml:base`` of its first element (W3C recommendation "XML Base"), else the address.
    """
    events = etree.iterparse(BytesIO(content), ("start",), resolve_entities=False, no_network=True)
    _, root = next(iter(events))
    return resolved(root.get("{http://www.w3.org/XML/1998/namespace}base") or "", address)


def checked_xml(content: bytes) -> "etree._ElementTree":
    """Read XML that declares no document type.

    A document type may declare entities, which may blow up, or name files and servers.

    Args:
        content: the bytes of a document.

    Returns:
        the document's tree.

    Raises:
        LoadError: it declares a document type, or is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.parse(BytesIO(content), parser)
    except etree.XMLSyntaxError as error:
        raise LoadError(f"it is no XML: {error}") from None
    if tree.docinfo.internalDTD is not None or tree.docinfo.externalDTD is not None:
        raise LoadError(
            "it declares a document type, by which entities may be blown up or files be named: "
            "remove that"
        )
    return tree


def _with_names_as_texts(tree: "etree._ElementTree") -> bytes:
    """Turn each ``xsd:QName`` without a namespace into the text that it is.

    Examples in PROV's own specifications write such names, and the prov package refuses them.
    """
    for element in tree.iter(f"{{{PROV}}}*"):
        kind = element.get(_XSI_TYPE, "")
        if (
            kind.endswith(":QName")
            and ":" not in (element.text or ":")
            and None not in element.nsmap
        ):
            element.set(_XSI_TYPE, kind.removesuffix("QName") + "string")
    return cast("bytes", etree.tostring(tree))


def _deserialized(content: bytes, format_name: str) -> ProvDocument:
    return ProvDocument.deserialize(BytesIO(content), format=format_name)


def _read(
    content: bytes, deserialized: Callable[[bytes], ProvDocument]
) -> tuple[list[PartOrProblem], list[str]]:
    """Read the statements of a document, and what the package says that it loses."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = list(statements_of(deserialized(content)))
        except LoadError:
            raise
        except Exception as error:  # the package and its parsers don't say which they raise
            raise LoadError(
                f"it can't be read: {storable_text(str(error)[:500]) or type(error).__name__}"
            ) from error
    lost = dict.fromkeys(
        storable_text(str(each.message)) for each in warned if _LOSES.search(str(each.message))
    )
    return found, list(lost)[:_LISTED]


def statements_of(document: ProvDocument) -> Iterator[PartOrProblem]:
    """Read a document of the prov package.

    Args:
        document: as the package's reader made it.

    Yields:
        the statements of the document, then of each bundle its name and its statements.
    """
    yield from _of_bundle(document, None)
    for bundle in document.bundles:
        if bundle.identifier is not None:  # it always has one
            yield BundleNamed(_uri(bundle.identifier))
            yield from _of_bundle(bundle, _uri(bundle.identifier))


def _of_bundle(bundle: ProvBundle, name: str | None) -> Iterator[PartOrProblem]:
    for record in bundle.get_records():
        yield from _statements(record, name)


def _statements(record: ProvRecord, bundle: str | None) -> Iterator[ProvStatement]:
    """Read a record: one statement, of a membership one a member (PROV-DM, section 5.6.2)."""
    kind = _TYPES[record.get_type().localpart]
    identifier = None if record.identifier is None else _uri(record.identifier)
    slots = tuple(
        None if value is None else _name_or_time(value) for _, value in record.formal_attributes
    )
    pairs = tuple(
        (_uri(name), literal_from_package(value)) for name, value in record.extra_attributes
    )
    members = [_uri(value) for name, value in record.attributes if name == PROV_ATTR_ENTITY]
    if kind is ProvType.MEMBERSHIP and len(members) > 1:
        for member in members:
            yield ProvStatement(kind, identifier, (slots[0], member), pairs, bundle)
    else:
        yield ProvStatement(kind, identifier, slots, pairs, bundle)


def _name_or_time(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else _uri(value)


def _uri(name: Any) -> str:
    """Read the URI of one of the package's names; JSON can write what UTF-8 can't hold."""
    return storable_text(str(name.uri))


def literal_from_package(value: Any) -> Literal:
    """Read a value of the prov package.

    Args:
        value: an attribute's, as the package's reader made it.

    Returns:
        the literal that a document writes for it.
    """
    if isinstance(value, QualifiedName):
        return Literal(_uri(value), QUALIFIED_NAME)
    if isinstance(value, Identifier):
        return Literal(_uri(value), ANY_URI)
    if isinstance(value, ProvLiteral):
        kind = None if value.datatype is None else _uri(value.datatype)
        language = None if value.langtag is None else storable_text(str(value.langtag))
        return Literal(
            storable_text(value.value),
            UNRESOLVED_NAME if kind == QUALIFIED_NAME else kind,
            language,
        )
    if isinstance(value, datetime):
        return Literal(value.isoformat(), DATE_TIME)
    return native_literal(storable_text(value) if isinstance(value, str) else value)


_TYPES = {kind.name.capitalize(): kind for kind in ProvType}
