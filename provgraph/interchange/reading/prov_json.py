"""Reads PROV-JSON of any size as a stream.

One record in memory at a time (W3C member submission, 24 April 2013).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from io import BufferedReader
from tempfile import TemporaryFile
from typing import Any, TypeAlias, cast

from provgraph.errors import LoadError
from provgraph.interchange.reading.members import BUNDLE, PREFIX, Members
from provgraph.interchange.reading.records import Context, Converter, Found, bundle
from provgraph.loaders.json_stream import CHUNK, available
from provgraph.loaders.protocol import HEAD, Problem
from provgraph.model.records import Document
from provgraph.model.values import storable_text
from provgraph.model.vocabulary import DescriptionType
from provgraph.prov.names import VO_ENDS, VOPROV
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
from provgraph.prov.values import QNAME, UNRESOLVED_NAME, native_literal

#: IVOA's classes by their sections, as the voprov package writes them: its own way into W3C's PROV
#: is to entities and influences too.
_VO_CLASSES = {
    "valueEntity": "ValueEntity",
    "datasetEntity": "DatasetEntity",
    "parameter": "Parameter",
    "configFile": "ConfigFile",
    **{each.kind.value: each.value for each in DescriptionType},
    "valueDescription": "ValueDescription",
    "datasetDescription": "DatasetDescription",
    "isDescribedBy": "DescriptionRelation",
    "isRelatedTo": "RelatedToRelation",
    "wasConfiguredBy": "ConfigurationRelation",
    "hadReference": "HadReference",
}
_TYPES = {
    **{name: ProvType.INFLUENCE if name in VO_ENDS else ProvType.ENTITY for name in _VO_CLASSES},
    **TYPE_NAMED,
}
_SECTIONS = "|".join((PREFIX, BUNDLE, *_TYPES))
_HEAD = re.compile(rb'^(?:\xef\xbb\xbf)?\s*+\{\s*+"(?:%s)"\s*+:' % _SECTIONS.encode())
# What makes a document one whose statements can't be understood one by one.
_BUNDLE_KEY, _INFLUENCE_KEY = b'"bundle"', b'"wasInfluencedBy"'
_PREFIX_FIRST = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{\s*+"prefix"')
_KNOWN = {"prov": PROV, "xsd": XSD, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}


class ProvJsonLoader:
    """PROV-JSON documents."""

    name = "prov-json"
    reads = "PROV-JSON documents"

    def recognises(self, head: bytes) -> bool:
        """Whether it begins with a section of PROV-JSON."""
        return _HEAD.match(head) is not None

    def documents(
        self, stream: BufferedReader, namespace: str, start: int = 0
    ) -> Iterator[Document | Problem]:
        """One document a record.

        A document with bundles, influences or late prefixes is read twice.
        """
        with _Again(stream) as again:
            words = again.mentioned((_BUNDLE_KEY, _INFLUENCE_KEY))
            late = _late_prefixes(again) if again.begins_late or _BUNDLE_KEY in words else {}
            context = (
                Context.of(lambda: statements(again.beginning(), late)) if words else Context()
            )
            converter = Converter(context)
            for group in _groups(again.beginning(), late):
                if not isinstance(group, list):
                    yield bundle(group) if isinstance(group, BundleNamed) else group
                elif len(group) == 1 or (group and group[0].type in ELEMENTS):
                    yield converter.converted(group)
                else:
                    yield from (converter.converted([each]) for each in group)

    def statements(self, stream: BufferedReader) -> Iterator[Found]:
        """The statements of a document; one with late prefixes is read twice."""
        with _Again(stream) as again:
            late = (
                _late_prefixes(again)
                if again.begins_late or again.mentioned((_BUNDLE_KEY,))
                else {}
            )
            yield from statements(again.beginning(), late)


def statements(
    stream: BufferedReader, late: "Mapping[str | None, Prefixes] | None" = None
) -> Iterator[Found]:
    """The statements of a document, in its order.

    Args:
        stream: its bytes.
        late: prefixes by bundle, of those that stand behind the records that use them.
    """
    for group in _groups(stream, late or {}):
        yield from group if isinstance(group, list) else (group,)


class Prefixes:
    """The prefixes of a document or a bundle, which has those of its document too."""

    def __init__(self, outer: "Prefixes | None" = None, own: "Prefixes | None" = None) -> None:
        """Begin with what every document knows, or with what stands around, and with some of its
        own.
        """
        self._known = dict(_KNOWN)
        self._default: str | None = None
        for each in (outer, own):
            if each is not None:
                self._known.update(each._known)
                self._default = each._default or self._default

    def add(self, prefix: str, uri: object) -> None:
        """Declare a prefix; ``default`` is that of names without one.

        Raises:
            LoadError: no namespace can be called so.
        """
        if not isinstance(uri, str) or not uri.strip():
            raise LoadError(f"the prefix {prefix!r} stands for {uri!r}, which is no URI")
        if prefix == "default":
            self._default = storable_text(uri)
        elif prefix not in _KNOWN:
            self._known[prefix] = storable_text(uri)

    def uri(self, name: str) -> str | None:
        """The full URI of a qualified name; None when its prefix is not declared."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return None if self._default is None else self._default + name
        namespace = self._known.get(prefix)
        if namespace is not None:
            return namespace + local
        return name if any(map(name.startswith, self._known.values())) else None


class _Again:
    """A stream that can be read from its beginning as often as one likes."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._copy: BufferedReader | None = None

    def __enter__(self) -> "_Again":
        return self

    @property
    def begins_late(self) -> bool:
        """Whether something stands before its prefixes."""
        return _PREFIX_FIRST.match(self.beginning().peek(HEAD)[:HEAD]) is None

    def __exit__(self, *_: object) -> None:
        if self._copy is not None:
            self._copy.close()

    def beginning(self) -> BufferedReader:
        """The stream, at its beginning."""
        if self._stream.seekable():
            self._stream.seek(0)
            return self._stream
        if self._copy is None:
            self._copy = cast("BufferedReader", TemporaryFile())  # noqa: SIM115 - closed at the end of the block
            while True:
                piece, _ = available(self._stream, CHUNK)
                if not piece:
                    break
                self._copy.write(piece)
        self._copy.seek(0)
        return self._copy

    def mentioned(self, words: Collection[bytes]) -> set[bytes]:
        """Those of the words that stand in it."""
        stream, before = self.beginning(), b""
        found: set[bytes] = set()
        while len(found) < len(words):
            piece, _ = available(stream, CHUNK)
            if not piece:
                break
            found.update(word for word in words if word in before + piece)
            before = piece[-max(map(len, words)) :]
        return found


def _late_prefixes(again: _Again) -> dict[str | None, Prefixes]:
    """All prefixes of a document, wherever they stand in it."""
    found: dict[str | None, Prefixes] = {}
    try:
        for around, section, prefix, uri in Members(again.beginning(), _TYPES):
            if section == PREFIX:
                found.setdefault(around, Prefixes()).add(prefix, uri)
    except LoadError:
        pass  # said when it is read for good
    return found


_Group: TypeAlias = list[ProvStatement] | BundleNamed | Problem


def _groups(stream: BufferedReader, late: "Mapping[str | None, Prefixes]") -> "Iterator[_Group]":
    """What the document says: records of one id together."""
    document = inside = _Records(late.get(None) or Prefixes())
    members = Members(stream, _TYPES)
    for around, section, key, value in members:
        if around is None and inside is not document:
            yield inside.named()
            inside = document
        if section == BUNDLE:
            inside = _Records(Prefixes(document.prefixes, late.get(key)), key)
            continue
        try:
            if section == PREFIX:
                inside.prefixes.add(key, value)
            else:
                yield inside.statements(section, key, value)
        except LoadError as error:
            yield Problem(f"byte {members.position()}", f"{section} {key[:200]}: {error}")
    if inside is not document:
        yield inside.named()
    yield from members.problems


class _Records:
    """Makes statements of the records of a document or a bundle."""

    def __init__(self, prefixes: Prefixes, bundle: str | None = None) -> None:
        self.prefixes = prefixes
        self._key = bundle
        self._bundle: str | None = None
        self._names: dict[str, str] = {}

    def named(self) -> BundleNamed | Problem:
        """That there is this bundle."""
        try:
            return BundleNamed(str(self.bundle))
        except LoadError as error:
            return Problem("bundle", str(error))

    @property
    def bundle(self) -> str | None:
        """The bundle's URI."""
        if self._key is not None and self._bundle is None:
            self._bundle = self.prefixes.uri(self._key)
            if self._bundle is None:
                raise LoadError(f"the prefix of the bundle {self._key!r} is not declared")
        return self._bundle

    def statements(self, section: str, key: str, value: Any) -> list[ProvStatement]:
        """The statements that a member of a section makes.

        Raises:
            LoadError: it is malformed.
        """
        kind = _TYPES.get(section)
        if kind is None:
            raise LoadError(f"{section!r} is no type of record")
        identifier = key if key.startswith("_:") else self.prefixes.uri(key)
        if identifier is None and kind in ELEMENTS:
            raise LoadError("its prefix is not declared")
        if type(value) is dict:
            return self._statement(section, identifier, value)
        if type(value) is not list or not all(type(each) is dict for each in value):
            raise LoadError(f"it is {type(value).__name__}, not an object or a list of objects")
        return [found for each in value for found in self._statement(section, identifier, each)]

    def _statement(
        self, section: str, identifier: str | None, said: dict[str, Any]
    ) -> list[ProvStatement]:
        kind, formal = _TYPES[section], _FORMAL[section]
        places: list[str | None] = [None] * len(SLOTS[kind])
        attributes: list[Pair] = list(_OF_CLASS.get(section, ()))
        members: list[str | None] = []
        names = self._names
        for name, value in said.items():
            place = formal.get(name)
            if place is None:
                uri = names.get(name) or self._attribute(name)
                if type(value) is str and uri not in REFERENCES:
                    attributes.append((uri, Literal(value)))
                else:
                    self._add(attributes, uri, value)
            elif place[1]:
                places[place[0]] = self._time(name, value)
            elif kind is ProvType.MEMBERSHIP and type(value) is list and place[0] == 1:
                members = [self._place(name, each) for each in value]
            else:
                places[place[0]] = self._place(name, value)
        bundle = None if self._key is None else self.bundle
        if not members:
            return [ProvStatement(kind, identifier, tuple(places), tuple(attributes), bundle)]
        return [
            ProvStatement(kind, identifier, (places[0], each), tuple(attributes), bundle)
            for each in members
        ]

    def _attribute(self, name: str) -> str:
        """The URI of an attribute."""
        uri = self._names[name] = self.prefixes.uri(name) or ""
        if not uri:
            raise LoadError(f"the prefix of its attribute {name[:200]!r} is not declared")
        return uri

    def _add(self, attributes: list[Pair], uri: str, value: Any) -> None:
        if type(value) is str:
            named = self.prefixes.uri(value)
            attributes.append(
                (uri, Literal(value) if named is None else Literal(named, QUALIFIED_NAME))
            )
        elif type(value) is list:
            attributes.extend((uri, self._literal(each)) for each in value if each is not None)
        elif value is not None:
            attributes.append((uri, self._literal(value)))

    def _place(self, name: str, value: Any) -> str | None:
        """The URI at a place; None of one that says nothing, or whose prefix is not declared."""
        if type(value) is list:
            if len(value) != 1:
                raise LoadError(f"its {name} has {len(value)} values")
            (value,) = value
        if type(value) is not str:
            return None
        return value if value.startswith("_:") else self.prefixes.uri(value)

    def _time(self, name: str, value: Any) -> str | None:
        if type(value) is list and len(value) == 1:
            (value,) = value
        if type(value) is dict:
            value = value.get("$")
        if value is not None and type(value) is not str:
            raise LoadError(f"its {name} is no time: {str(value)[:60]!r}")
        return value

    def _literal(self, value: Any) -> Literal:
        """A value (PROV-JSON, section 3.1.2).

        Raises:
            LoadError: it is an object without "$".
        """
        if type(value) is not dict:
            return native_literal(value)
        if "$" not in value:
            raise LoadError(f'a value has no "$": {str(value)[:60]}')
        text, named, language = value["$"], value.get("type"), value.get("lang")
        if type(text) is not str:
            text = native_literal(text).text
        kind = self.prefixes.uri(named) if isinstance(named, str) else None
        if language is not None:
            return Literal(text, INTERNATIONALIZED_STRING if language else kind, str(language))
        if kind in (QUALIFIED_NAME, QNAME):
            uri = self.prefixes.uri(text)
            unresolved = QNAME if kind == QNAME else UNRESOLVED_NAME
            return Literal(text, unresolved) if uri is None else Literal(uri, QUALIFIED_NAME)
        return Literal(text, kind)


#: Section → attribute that names a place → which, and whether it is a time.
_FORMAL: dict[str, dict[str, tuple[int, bool]]] = {
    **{
        kind.value: {
            f"prov:{name}": (at, SLOTS[kind][at] is Slot.TIME) for at, name in enumerate(places)
        }
        for kind, places in SLOT_NAMES.items()
    },
    **{name: {} for name in _VO_CLASSES if name not in VO_ENDS},
    **{
        name: {f"voprov:{end}": (at, False) for at, end in enumerate(ends)}
        for name, ends in VO_ENDS.items()
    },
}
_OF_CLASS = {
    section: ((PROV + "type", Literal(VOPROV + name, QUALIFIED_NAME)),)
    for section, name in _VO_CLASSES.items()
}
