"""Statements of PROV-XML (W3C note "PROV-XML", 30 April 2013), and of the IVOA's flavour of it.

The voprov package and OPUS write the IVOA's: the root is ``voprov:document``, ids and references
are ``voprov:id`` and ``voprov:ref``, and the model's classes are elements. One element that can't
be read is one problem with its line; the rest is read.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TypeAlias

from lxml import etree

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.loaders.protocol import Problem
from provgraph.model.values import storable_text
from provgraph.prov import ivoa
from provgraph.prov.addresses import resolved
from provgraph.prov.names import VOPROV, WELL_KNOWN
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    REFERENCES,
    SLOT_NAMES,
    SLOTS,
    TYPE_NAMED,
    XSD,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import QNAME

Element: TypeAlias = "etree._Element"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_IDS, _REFERENCES = ([f"{{{each}}}{name}" for each in (PROV, VOPROV)] for name in ("id", "ref"))
#: Element → the type of its statement, and the ``prov:type`` that it implies (PROV-XML, section 3).
_FINER = {
    **{
        name: (kind, PROV + finer)
        for name, kind, finer in (
            ("person", ProvType.AGENT, "Person"),
            ("organization", ProvType.AGENT, "Organization"),
            ("softwareAgent", ProvType.AGENT, "SoftwareAgent"),
            ("plan", ProvType.ENTITY, "Plan"),
            ("collection", ProvType.ENTITY, "Collection"),
            ("emptyCollection", ProvType.ENTITY, "EmptyCollection"),
            ("bundle", ProvType.ENTITY, "Bundle"),
            ("wasRevisionOf", ProvType.DERIVATION, "Revision"),
            ("wasQuotedFrom", ProvType.DERIVATION, "Quotation"),
            ("hadPrimarySource", ProvType.DERIVATION, "PrimarySource"),
        )
    },
    **{
        section: (ProvType.INFLUENCE if section in ivoa.ENDS else ProvType.ENTITY, VOPROV + name)
        for section, name in ivoa.CLASSES.items()
    },
}
_UNDECLARED = {prefix: namespace for namespace, prefix in WELL_KNOWN.items()}
#: How the prov package writes what can't stand in an XML name.
_ESCAPED = re.compile(r"_x([0-9A-F]{4}(?:[0-9A-F]{4})?)_")


def read_xml(content: bytes) -> list[PartOrProblem]:
    """Read a document.

    Args:
        content: its bytes.

    Returns:
        the statements, names of bundles, and a problem for each element that can't be read.

    Raises:
        LoadError: it is no XML, or declares a document type.
    """
    return list(_parts(checked_xml(content).getroot(), None))


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
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
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


def base_of(content: bytes, address: str) -> str:
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


def _parts(parent: Element, bundle: str | None) -> Iterator[PartOrProblem]:
    """Read the elements of a document or bundle."""
    for element in parent:
        try:
            if bundle is None and _local(element) == "bundleContent":
                name = _id_of(element)
                if name is None:
                    raise LoadError("a bundle has no id")
                yield BundleNamed(name)
                yield from _parts(element, name)
            else:
                yield from _StatementElement(element, bundle).statements()
        except LoadError as error:
            where = f"line {element.sourceline}"
            yield Problem(where, f"{_written(element)}: this is not loaded: {error}")


class _StatementElement:
    """Reads one element that is a statement."""

    def __init__(self, element: Element, bundle: str | None) -> None:
        kind, implied = _kind_of(element)
        self._element, self._bundle, self._kind = element, bundle, kind
        self._problems: list[Problem] = []
        self._slots: dict[str, list[str]] = {}
        names = ivoa.ENDS.get(str(_local(element)), SLOT_NAMES[kind])
        self._slot_of = dict(zip(names, SLOTS[kind], strict=True))
        self._attributes: list[Pair] = []
        if implied is not None:
            self._attributes.append((PROV + "type", Literal(implied, QUALIFIED_NAME)))
        if (stated := element.get(_XSI_TYPE)) is not None:
            uri = _uri_of(element, stated)
            self._attributes.append((PROV + "type", Literal(uri, QUALIFIED_NAME)))

    def statements(self) -> Iterator[PartOrProblem]:
        """Make the statements, of a membership one a member, and tell what is left out.

        Raises:
            LoadError: the element says nothing that can be kept.
        """
        identifier = _id_of(self._element)
        if identifier is None and self._kind in ELEMENTS:
            raise LoadError("it has no id")
        for child in self._element:
            self._read(child)
        members = self._slots.get("entity", [])
        is_membership = self._kind is ProvType.MEMBERSHIP
        for name, values in self._slots.items():
            if len(values) > 1 and not (is_membership and name == "entity"):
                raise LoadError(f"its {name} has {len(values)} values")
        for at in range(max(1, len(members) if is_membership else 1)):
            slots = tuple(
                (values[at if is_membership and name == "entity" else 0] if values else None)
                for name in self._slot_of
                for values in (self._slots.get(name),)
            )
            attributes = tuple(self._attributes)
            yield ProvStatement(self._kind, identifier, slots, attributes, self._bundle)
        yield from self._problems

    def _read(self, child: Element) -> None:
        """Read a slot or an attribute; one that can't be read is a problem, the others stay."""
        name = _local(child)
        slot = self._slot_of.get(name) if name is not None else None
        try:
            if name is not None and slot is not None:
                found = (child.text or "").strip() if slot is Slot.TIME else _named(child)
                self._slots.setdefault(name, []).append(found)
            else:
                self._attributes.append((_attribute_uri(child), _literal(child)))
        except LoadError as error:
            if slot is not None:
                raise
            what = f"{_written(child)} of {_written(self._element)}: this is not loaded: {error}"
            self._problems.append(Problem(f"line {child.sourceline}", what))


def _kind_of(element: Element) -> tuple[ProvType, str | None]:
    """Find what an element states.

    Raises:
        LoadError: it is an element of another vocabulary.
    """
    name = _local(element)
    if name in TYPE_NAMED:
        return TYPE_NAMED[name], None
    if name in _FINER:
        return _FINER[name]
    raise LoadError("it is no element of PROV-XML")


def _local(element: Element) -> str | None:
    """The name of an element of PROV or of the IVOA's model; None of any other."""
    name = etree.QName(element)
    return name.localname if name.namespace in (PROV, VOPROV) else None


def _written(element: Element) -> str:
    """An element as people know it, as ``<prov:entity>``."""
    name = etree.QName(element).localname
    return f"<{element.prefix}:{name}>" if element.prefix else f"<{name}>"


def _id_of(element: Element) -> str | None:
    stated = next((found for each in _IDS if (found := element.get(each)) is not None), None)
    return None if stated is None else _uri_of(element, stated)


def _named(child: Element) -> str:
    """Read the name of a record in a slot; some tools write it in an element within."""
    for each in (child, *(child if len(child) == 1 else ())):
        for attribute in _REFERENCES:
            if (found := each.get(attribute)) is not None:
                return _uri_of(each, found)
    text = (child.text or "").strip()
    if not text:
        raise LoadError(f"{_written(child)} names nothing")
    return _uri_of(child, text)


def _attribute_uri(child: Element) -> str:
    name = etree.QName(child)
    if name.namespace is None:
        raise LoadError("its name is in no namespace")
    local = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name.localname)
    return storable_text(_namespace(name.namespace) + local)


def _literal(child: Element) -> Literal:
    """Read the value of an attribute (PROV-XML, section 3.1.3)."""
    if any((found := child.get(each)) is not None for each in _REFERENCES):
        return Literal(_uri_of(child, str(found)), QUALIFIED_NAME)
    unknown = [str(name) for name in child.attrib if name not in (_XSI_TYPE, _LANGUAGE)]
    if unknown or len(child):
        raise LoadError(f"{unknown[0] if unknown else 'an element within'} has no meaning there")
    text = storable_text(child.text or "")
    if (language := child.get(_LANGUAGE)) is not None:
        return Literal(text, INTERNATIONALIZED_STRING, language)
    if (stated := child.get(_XSI_TYPE)) is not None:
        return _typed(child, text, _uri_of(child, stated))
    if _attribute_uri(child) in REFERENCES:
        return Literal(_named(child), QUALIFIED_NAME)
    return Literal(text)


def _typed(child: Element, text: str, datatype: str) -> Literal:
    if datatype not in (QNAME, QUALIFIED_NAME):
        return Literal(text, datatype)
    if ":" not in text and None not in child.nsmap:
        return Literal(text, XSD + "string")  # PROV's own specifications have such names
    try:
        return Literal(_uri_of(child, text), QUALIFIED_NAME)
    except LoadError:
        return Literal(text, QNAME)


def _uri_of(element: Element, name: str) -> str:
    """Find the URI of a qualified name by the namespaces in scope.

    Raises:
        LoadError: its prefix is neither declared nor well known.
    """
    name = name.strip()
    prefix, colon, local = name.partition(":")
    if colon:
        namespace = element.nsmap.get(prefix) or _UNDECLARED.get(prefix)
        if namespace is not None:
            return storable_text(_namespace(namespace) + local)
    default = element.nsmap.get(None)
    if default is None or colon:
        raise LoadError(f"the prefix of {name[:200]!r} is not declared")
    return storable_text(_namespace(default) + name)


def _namespace(uri: str) -> str:
    """A namespace as names have it: that of XML Schema has no # in XML."""
    return XSD if uri == XSD.removesuffix("#") else uri
