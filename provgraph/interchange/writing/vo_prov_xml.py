"""Writes the IVOA's flavour of PROV-XML, as the voprov package and OPUS write it.

The root is ``voprov:document``. A record is an element of the namespace ``voprov`` with the id or
the reference in ``voprov:id`` and ``voprov:ref``; its slots are elements of ``prov``, all else has
its own namespace (W3C note "PROV-XML", 30 April 2013, section 3).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from typing_extensions import override

from provgraph.errors import ProvGraphError
from provgraph.interchange.writing.prov_json import BUNDLE_ITSELF, SECTION_NUMBERS, Row, SortedRows
from provgraph.interchange.writing.vo_classes import VoRecord, records
from provgraph.prov import ivoa
from provgraph.prov.names import KNOWN_PREFIXES, VOPROV, Prefixes, split
from provgraph.prov.statements import (
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    SLOTS,
    BundleNamed,
    DocumentPart,
    Literal,
    Slot,
)
from provgraph.prov.values import UNRESOLVED_NAME

#: What can't stand in the name of an element, and what looks escaped already (ISO 9075-14, as the
#: prov package has it).
_UNSAFE: Final = re.compile(r"[^\w.-]|_(?=x[0-9A-F]{4,8}_)|^[\d.-]", re.ASCII)
#: The part of a namespace that readers of XML take for a URI (RFC 3986, appendix A).
_NAMESPACE: Final = re.compile(r"[A-Za-z][\w+.-]*:[\w!$&'()*+,;=:@/?%~.-]*#?", re.ASCII)
_XSI: Final = {"xsi": "http://www.w3.org/2001/XMLSchema-instance", "voprov": VOPROV}


def write(statements: Iterable[DocumentPart]) -> Iterator[str]:
    """Write a document.

    Args:
        statements: in any order in which settings come before what they configure.

    Yields:
        the document, piece by piece.

    Raises:
        ProvGraphError: XML can't hold the name of an attribute.
    """
    prefixes = _XmlPrefixes()
    with SortedRows(_row(each, prefixes) for each in records(statements)) as rows:
        declared = {**KNOWN_PREFIXES, **_XSI, **prefixes.used}
        yield '<?xml version="1.0" encoding="UTF-8"?>\n<voprov:document'
        for prefix, namespace in declared.items():
            yield f"\n  xmlns:{prefix}={quoteattr(printable(namespace))}"
        yield ">\n"
        for bundle, some in groupby(rows, key=lambda row: str(row[0])):
            texts = (row[3] for row in some if row[1] != BUNDLE_ITSELF)
            if bundle:
                yield f"<voprov:bundleContent voprov:id={_quoted(bundle)}>\n"
                yield from texts
                yield "</voprov:bundleContent>\n"
            else:
                yield from texts
        yield "</voprov:document>\n"


def printable(text: str) -> str:
    r"""Write control characters, which XML can't hold, as ``\uXXXX``.

    Args:
        text: any text.

    Returns:
        the text that XML can hold (XML 1.0, section 2.2).
    """
    return "".join(
        each
        if (each >= " " or each in "\t\n") and each not in "\ufffe\uffff"
        else f"\\u{ord(each):04x}"
        for each in text
    )


class _XmlPrefixes(Prefixes):
    """Prefixes whose namespaces are URIs, as readers of XML want them."""

    @override
    def short(self, uri: str) -> str:
        namespace, local = split(uri)
        found = _NAMESPACE.match(namespace)
        if found is not None and found.end() < len(namespace):
            end = max(found[0].rfind(each) for each in "/#:") + 1
            namespace, local = uri[:end], uri[end:]
        return self.joined(namespace, local)


def _row(record: VoRecord, prefixes: Prefixes) -> Row:
    """A record as an element, and where it stands in the document."""
    part = record.part
    if isinstance(part, BundleNamed):
        return prefixes.short(part.id), BUNDLE_ITSELF, "", ""
    section = record.section or part.type.value
    identifier = _named(part.id, prefixes)
    said = "" if not identifier else f" voprov:id={_quoted(identifier)}"
    places = zip(SLOT_NAMES[part.type], SLOTS[part.type], part.slots, strict=True)
    lines = [
        _slot(name, slot, value, prefixes) for name, slot, value in places if value is not None
    ]
    lines += [_attribute(uri, literal, prefixes) for uri, literal in part.attributes]
    inside = "".join(f"  {line}\n" for line in lines)
    text = f"<voprov:{section}{said}>\n{inside}</voprov:{section}>\n"
    bundle = "" if part.bundle is None else prefixes.short_name(part.bundle)
    return bundle, SECTION_NUMBERS[section], identifier, text


def _named(uri: str | None, prefixes: Prefixes) -> str:
    """The short name of a record; nothing of a blank one, which is only named to be told apart."""
    return "" if uri is None or uri.startswith("_:") else prefixes.short(uri)


def _slot(name: str, slot: Slot, value: str, prefixes: Prefixes) -> str:
    if slot is Slot.TIME:
        return f"<prov:{name}>{_escaped(value)}</prov:{name}>"
    short = value if value.startswith("_:") else prefixes.short(value)
    return f"<prov:{name} voprov:ref={_quoted(short)}/>"


def _attribute(uri: str, literal: Literal, prefixes: Prefixes) -> str:
    prefix, _, local = prefixes.short_name(uri).partition(":")
    if not local:
        raise ProvGraphError(
            f"this can't be written as vo-prov-xml: {uri!r} has no name; take vo-prov-json"
        )
    name = f"{prefix}:{_UNSAFE.sub(lambda found: f'_x{ord(found[0]):04X}_', local)}"
    if literal.type == QUALIFIED_NAME:
        short = prefixes.short(literal.text)
        if uri in ivoa.NAMING:
            return f"<{name} voprov:ref={_quoted(short)}/>"
        return f'<{name} xsi:type="xsd:QName">{_escaped(short)}</{name}>'
    more = ""
    if literal.language is not None:
        more = f" xml:lang={_quoted(literal.language)}"
    elif literal.type is not None and literal.type != UNRESOLVED_NAME:
        more = f" xsi:type={_quoted(prefixes.short_name(literal.type))}"
    elif uri in (PROV + "type", PROV + "location", PROV + "value"):
        more = ' xsi:type="xsd:string"'
    return f"<{name}{more}>{_escaped(literal.text)}</{name}>"


def _escaped(text: str) -> str:
    return escape(printable(text))


def _quoted(text: str) -> str:
    return quoteattr(printable(text))
