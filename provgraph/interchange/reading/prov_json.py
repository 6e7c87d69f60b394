"""Reads PROV-JSON of any size as a stream (W3C member submission, 24 April 2013).

One record is in memory at a time. The sections of the IVOA's flavour, as the voprov package writes
them, are read too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from typing import Any, Self, TypeAlias

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem, StatementContext
from provgraph.interchange.reading.documents import Converter
from provgraph.interchange.reading.elements import bundle_document
from provgraph.interchange.reading.members import BUNDLE, PREFIX, Members
from provgraph.interchange.reading.prefixes import DeclaredPrefixes
from provgraph.interchange.reading.rereading import RereadableStream
from provgraph.loaders.protocol import HEAD, Problem, RelativeNames
from provgraph.model.records import Document
from provgraph.prov import ivoa
from provgraph.prov.names import VOPROV
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    REFERENCES,
    SLOT_NAMES,
    SLOTS,
    TYPE_NAMED,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import QNAME, UNRESOLVED_NAME, native_literal

_TYPES = {
    **{name: ProvType.INFLUENCE if name in ivoa.ENDS else ProvType.ENTITY for name in ivoa.CLASSES},
    **TYPE_NAMED,
}
_SECTIONS = "|".join((PREFIX, BUNDLE, *_TYPES))
_HEAD = re.compile(rb'^(?:\xef\xbb\xbf)?\s*+\{\s*+"(?:%s)"\s*+:' % _SECTIONS.encode())
# What makes a document one whose statements can't be understood one by one.
_BUNDLE_KEY, _INFLUENCE_KEY = b'"bundle"', b'"wasInfluencedBy"'
_OF_IVOA = tuple(f'"{section}"'.encode() for section in ivoa.CLASSES)
_PREFIX_FIRST = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{\s*+"prefix"')


class ProvJsonLoader:
    """PROV-JSON documents."""

    name = "prov-json"
    reads = "PROV-JSON documents"

    def __init__(self, address: str | None = None) -> None:
        """Make a loader.

        Args:
            address: of the document; None when it has none of its own.
        """
        self._address = address

    def at(self, address: str) -> Self:
        """The same loader, for a document at an address.

        Args:
            address: of the document, against which relative namespaces resolve.

        Returns:
            another loader.
        """
        return type(self)(address)

    def recognises(self, head: bytes) -> bool:
        """Tell whether a source is PROV-JSON.

        Args:
            head: the first bytes of the source, decompressed.

        Returns:
            whether it begins with a section of PROV-JSON.
        """
        return _HEAD.match(head) is not None

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem | RelativeNames]:
        """Read a document as a stream; one with bundles, influences or late prefixes twice.

        Args:
            stream: the document's bytes, decompressed.
            namespace: of no importance: a document names records by URIs.
            start: of no importance: a document is always read from its beginning.

        Yields:
            a document for each record, a problem for each part that can't be read.
        """
        with RereadableStream(stream) as again:
            words = again.words_in((_BUNDLE_KEY, _INFLUENCE_KEY, *_OF_IVOA))
            is_late = _begins_late(again) or _BUNDLE_KEY in words
            late = _late_prefixes(again, self._address) if is_late else {}
            context = (
                StatementContext.of(lambda: statements(again.beginning(), late, self._address))
                if words
                else StatementContext()
            )
            converter = Converter(context)
            for group in _groups(again.beginning(), late, self._address):
                if not isinstance(group, list):
                    yield bundle_document(group) if isinstance(group, BundleNamed) else group
                elif len(group) == 1 or (group and group[0].type in ELEMENTS):
                    yield converter.document_of(group)
                else:
                    yield from (converter.document_of([each]) for each in group)
            yield from converter.rest()

    def statements(self, stream: BufferedReader) -> Iterator[PartOrProblem]:
        """Read the statements of a document as a stream; of one with late prefixes twice.

        Args:
            stream: the document's bytes, decompressed.

        Yields:
            statements and names of bundles, a problem for each part that can't be read.
        """
        with RereadableStream(stream) as again:
            is_late = _begins_late(again) or again.words_in((_BUNDLE_KEY,))
            late = _late_prefixes(again, self._address) if is_late else {}
            yield from statements(again.beginning(), late, self._address)


def statements(
    stream: BufferedReader,
    late: Mapping[str | None, DeclaredPrefixes] | None = None,
    address: str | None = None,
) -> Iterator[PartOrProblem]:
    """Read the statements of a document, in its order.

    Args:
        stream: the document's bytes, at their beginning.
        late: bundle, None of the document itself → the prefixes that it declares, when some stand
            behind the records that use them.
        address: of the document; None when it has none of its own.

    Yields:
        statements and names of bundles, a problem for each part that can't be read.
    """
    for group in _groups(stream, late or {}, address):
        if isinstance(group, list):
            yield from group
        elif not isinstance(group, RelativeNames):
            yield group


def _begins_late(again: RereadableStream) -> bool:
    """Tell whether something stands before the prefixes."""
    return _PREFIX_FIRST.match(again.beginning().peek(HEAD)[:HEAD]) is None


def _late_prefixes(
    again: RereadableStream, address: str | None
) -> dict[str | None, DeclaredPrefixes]:
    """Find all prefixes of a document, wherever they stand in it."""
    found: dict[str | None, DeclaredPrefixes] = {}
    try:
        for around, section, prefix, uri in Members(again.beginning(), _TYPES):
            if section == PREFIX:
                found.setdefault(around, DeclaredPrefixes(address=address)).add(prefix, uri)
    except LoadError:
        pass  # the problem is told when the document is read for good
    return found


_Group: TypeAlias = list[ProvStatement] | BundleNamed | Problem | RelativeNames


def _groups(
    stream: BufferedReader, late: Mapping[str | None, DeclaredPrefixes], address: str | None
) -> Iterator[_Group]:
    """Read a document, records of one id together."""
    document = inside = _SectionReader(late.get(None) or DeclaredPrefixes(address=address))
    members = Members(stream, _TYPES)
    for around, section, key, value in members:
        if around is None and inside is not document:
            yield inside.named()
            inside = document
        if section == BUNDLE:
            inside = _SectionReader(DeclaredPrefixes(document.prefixes, late.get(key)), key)
            continue
        try:
            if section == PREFIX:
                inside.prefixes.add(key, value)
                if inside.prefixes.are_relative:
                    yield RelativeNames()
            else:
                yield inside.statements(section, key, value)
        except LoadError as error:
            inside.problems.append(str(error))
        if inside.problems:
            yield from _problems(inside, f"byte {members.position()}", f"{section} {key[:200]}")
    if inside is not document:
        yield inside.named()
    yield from members.problems


def _problems(reader: "_SectionReader", where: str, of: str) -> Iterator[Problem]:
    """Tell what could not be read of a member."""
    while reader.problems:
        yield Problem(where, f"{of}: {reader.problems.pop(0)}")


class _SectionReader:
    """Reads the records of a document or a bundle.

    Attributes:
        prefixes: that it declares.
        problems: what could not be read of the last member.
    """

    def __init__(self, prefixes: DeclaredPrefixes, bundle: str | None = None) -> None:
        self.prefixes = prefixes
        self.problems: list[str] = []
        self._key = bundle
        self._bundle: str | None = None
        self._names: dict[str, str] = {}

    def named(self) -> BundleNamed | Problem:
        """Say that there is this bundle."""
        try:
            return BundleNamed(str(self.bundle))
        except LoadError as error:
            return Problem("bundle", str(error))

    @property
    def bundle(self) -> str | None:
        """The URI of the bundle; None of the document itself."""
        if self._key is not None and self._bundle is None:
            self._bundle = self.prefixes.uri(self._key)
            if self._bundle is None:
                raise LoadError(f"the prefix of the bundle {self._key!r} is not declared")
        return self._bundle

    def statements(self, section: str, key: str, value: Any) -> list[ProvStatement]:
        """Read a member of a section.

        Args:
            section: its name, as ``wasGeneratedBy``.
            key: the member's key: the id of a record or several.
            value: one record, or the list of several.

        Returns:
            the statements that it makes: one a record, of a membership one a member.

        Raises:
            LoadError: it is malformed.
        """
        kind = _TYPES.get(section)
        if kind is None:
            raise LoadError(f"{section!r} is no type of record")
        identifier = key if key.startswith("_:") else self.prefixes.uri(key)
        if identifier is None and kind in ELEMENTS:
            raise LoadError("its prefix is not declared")
        if identifier is None and ":" in key:
            self.problems.append("its prefix is not declared, so the relation has no name")
        if type(value) is dict:
            return self._statement(section, identifier, value)
        if type(value) is not list:
            raise LoadError(f"it is {type(value).__name__}, not an object or a list of objects")
        return [found for each in value for found in self._one_of(section, identifier, each)]

    def _one_of(self, section: str, identifier: str | None, record: Any) -> Iterable[ProvStatement]:
        """Read one of several records; one that can't be read is a problem, the others stay."""
        try:
            if type(record) is dict:
                return self._statement(section, identifier, record)
            self.problems.append(f"a record is {type(record).__name__}, not an object")
        except LoadError as error:
            self.problems.append(str(error))
        return ()

    def _statement(
        self, section: str, identifier: str | None, record: dict[str, Any]
    ) -> list[ProvStatement]:
        kind, formal = _TYPES[section], _FORMAL[section]
        slots: list[str | None] = [None] * len(SLOTS[kind])
        attributes: list[Pair] = list(_OF_CLASS.get(section, ()))
        members: list[str | None] = []
        names = self._names
        for name, value in record.items():
            slot = formal.get(name)
            if slot is None:
                uri = names.get(name) or self._attribute(name)
                if not uri:
                    continue
                if type(value) is str and uri not in REFERENCES:
                    attributes.append((uri, Literal(value)))
                else:
                    self._add(attributes, uri, value)
            elif slot[1]:
                slots[slot[0]] = self._time(name, value)
            elif kind is ProvType.MEMBERSHIP and type(value) is list and slot[0] == 1:
                members = [self._name_in_slot(name, each) for each in value]
            else:
                slots[slot[0]] = self._name_in_slot(name, value)
        bundle = None if self._key is None else self.bundle
        filled = [(slots[0], each) for each in members] if members else [tuple(slots)]
        return [ProvStatement(kind, identifier, each, tuple(attributes), bundle) for each in filled]

    def _attribute(self, name: str) -> str:
        """Find the URI of an attribute; empty, and a problem, where its prefix is not declared."""
        uri = self._names[name] = self.prefixes.uri(name) or ""
        if not uri:
            self.problems.append(f"the prefix of its attribute {name[:200]!r} is not declared")
        return uri

    def _add(self, attributes: list[Pair], uri: str, value: Any) -> None:
        if type(value) is str:
            named = self.prefixes.uri(value)
            literal = Literal(value) if named is None else Literal(named, QUALIFIED_NAME)
            attributes.append((uri, literal))
        elif type(value) is list:
            attributes.extend((uri, self._literal(each)) for each in value if each is not None)
        elif value is not None:
            attributes.append((uri, self._literal(value)))

    def _name_in_slot(self, name: str, value: Any) -> str | None:
        """Read the name in a slot; None of no name.

        One whose prefix is not declared is a problem, and the slot stays open.
        """
        if type(value) is list:
            if len(value) != 1:
                raise LoadError(f"its {name} has {len(value)} values")
            (value,) = value
        if type(value) is not str:
            return None
        uri = value if value.startswith("_:") else self.prefixes.uri(value)
        if uri is None:
            self.problems.append(f"the prefix of its {name}, {value[:200]!r}, is not declared")
        return uri

    def _time(self, name: str, value: Any) -> str | None:
        if type(value) is list and len(value) == 1:
            (value,) = value
        if type(value) is dict:
            value = value.get("$")
        if value is not None and type(value) is not str:
            raise LoadError(f"its {name} is no time: {str(value)[:60]!r}")
        return value

    def _literal(self, value: Any) -> Literal:
        """Read a value (PROV-JSON member submission, section 3.1.2).

        Raises:
            LoadError: the value is an object without "$".
        """
        if type(value) is not dict:
            return native_literal(value)
        if "$" not in value:
            raise LoadError(f'a value has no "$": {str(value)[:60]}')
        text, named, language = value["$"], value.get("type"), value.get("lang")
        if type(text) is not str:
            text = native_literal(text).text
        kind = self.prefixes.uri(named) if isinstance(named, str) else None
        if kind is None and isinstance(named, str):
            self.problems.append(f"the prefix of the datatype {named[:200]!r} is not declared")
        if language is not None:
            return Literal(text, INTERNATIONALIZED_STRING if language else kind, str(language))
        if kind in (QUALIFIED_NAME, QNAME):
            uri = self.prefixes.uri(text)
            unresolved = QNAME if kind == QNAME else UNRESOLVED_NAME
            return Literal(text, unresolved) if uri is None else Literal(uri, QUALIFIED_NAME)
        return Literal(text, kind)


#: Section → attribute that names a slot → the number of the slot, and whether it holds a time.
_FORMAL: dict[str, dict[str, tuple[int, bool]]] = {
    **{
        kind.value: {
            f"prov:{name}": (at, SLOTS[kind][at] is Slot.TIME) for at, name in enumerate(slot_names)
        }
        for kind, slot_names in SLOT_NAMES.items()
    },
    **{name: {} for name in ivoa.CLASSES if name not in ivoa.ENDS},
    **{
        name: {f"voprov:{end}": (at, False) for at, end in enumerate(ends)}
        for name, ends in ivoa.ENDS.items()
    },
}
_OF_CLASS = {
    section: ((PROV + "type", Literal(VOPROV + name, QUALIFIED_NAME)),)
    for section, name in ivoa.CLASSES.items()
}
