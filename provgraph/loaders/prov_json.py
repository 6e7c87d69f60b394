"""Reads PROV-JSON of any size as a stream: one record in memory at a time (W3C member submission, 24 April 2013)."""

import codecs
import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from io import BufferedReader
from tempfile import TemporaryFile
from typing import Any, TypeAlias, cast

from provgraph.errors import LoadError
from provgraph.loaders.json_stream import LARGEST_RECORD, MOST_VALUES, available
from provgraph.loaders.protocol import HEAD, Problem
from provgraph.loaders.prov_records import Context, Converter, Found, bundle
from provgraph.model.prov import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PLACE_NAMES,
    PLACES,
    PROV,
    QUALIFIED_NAME,
    REFERENCES,
    XSD,
    BundleNamed,
    Literal,
    Pair,
    Place,
    ProvStatement,
    ProvType,
)
from provgraph.model.prov_names import VO_ENDS, VOPROV
from provgraph.model.prov_values import QNAME, UNRESOLVED_NAME, native_said
from provgraph.model.records import Document
from provgraph.model.values import key_count, storable, storable_value
from provgraph.model.vocabulary import DescriptionType

CHUNK = 1 << 20
#: A token that the end of the buffer may have cut.
_TOKEN = 16
_PREFIX, _BUNDLE = "prefix", "bundle"
#: IVOA's classes by their sections, as the voprov package writes them: its own way into W3C's PROV is to entities
#: and influences too.
_VO_CLASSES = {
    "valueEntity": "ValueEntity", "datasetEntity": "DatasetEntity", "parameter": "Parameter",
    "configFile": "ConfigFile", **{each.kind.value: each.value for each in DescriptionType},
    "valueDescription": "ValueDescription", "datasetDescription": "DatasetDescription",
    "isDescribedBy": "DescriptionRelation", "isRelatedTo": "RelatedToRelation",
    "wasConfiguredBy": "ConfigurationRelation", "hadReference": "HadReference",
}  # fmt: skip
_TYPES = {
    **{name: ProvType.INFLUENCE if name in VO_ENDS else ProvType.ENTITY for name in _VO_CLASSES},
    **{kind.value: kind for kind in ProvType},
}
_SECTIONS = "|".join((_PREFIX, _BUNDLE, *_TYPES))
_HEAD = re.compile(rb'^(?:\xef\xbb\xbf)?\s*+\{\s*+(?:"(?:%s)"\s*+:|\}\s*+$)' % _SECTIONS.encode())
_WHITE = " \t\r\n"
_SPACE = re.compile(rf"[{_WHITE}]*")
#: How most values begin.
_BEGINNINGS = ("{", '"', "[")
#: A key without escapes, with all up to its value.
_USUAL_KEY = re.compile(rf'[{_WHITE}]*"([^"\\]*)"[{_WHITE}]*:[{_WHITE}]*')
#: The characters in which nothing dangerous fits.
_SMALL = 200
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

    def documents(self, stream: BufferedReader, namespace: str, start: int = 0) -> Iterator[Document | Problem]:
        """One document a record; a document with bundles, influences or late prefixes is read twice."""
        with _Again(stream) as again:
            words = again.mentioned((_BUNDLE_KEY, _INFLUENCE_KEY))
            late = _late_prefixes(again) if again.begins_late or _BUNDLE_KEY in words else {}
            context = Context.of(lambda: statements(again.beginning(), late)) if words else Context()
            converter = Converter(context)
            for group in _groups(again.beginning(), late):
                if not isinstance(group, list):
                    yield bundle(group) if isinstance(group, BundleNamed) else group
                elif len(group) == 1 or group[0].type in ELEMENTS:
                    yield converter.converted(group)
                else:
                    yield from (converter.converted([each]) for each in group)

    def statements(self, stream: BufferedReader) -> Iterator[Found]:
        """The statements of a document; one with late prefixes is read twice."""
        with _Again(stream) as again:
            late = _late_prefixes(again) if again.begins_late or again.mentioned((_BUNDLE_KEY,)) else {}
            yield from statements(again.beginning(), late)


def statements(stream: BufferedReader, late: "Mapping[str | None, Prefixes] | None" = None) -> Iterator[Found]:
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
        """Begin with what every document knows, or with what stands around, and with some of its own."""
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
            self._default = storable(uri)
        elif prefix not in _KNOWN:
            self._known[prefix] = storable(uri)

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
        for around, section, prefix, uri in _Members(again.beginning()):
            if section == _PREFIX:
                found.setdefault(around, Prefixes()).add(prefix, uri)
    except LoadError:
        pass  # said when it is read for good
    return found


#: Bundle, section, key and value of a record or a prefix; of the beginning of a bundle nothing but its key.
_Member: TypeAlias = tuple[str | None, str, str, Any]
_Group: TypeAlias = list[ProvStatement] | BundleNamed | Problem


def _groups(stream: BufferedReader, late: "Mapping[str | None, Prefixes]") -> "Iterator[_Group]":
    """What the document says: records of one id together."""
    document = inside = _Records(late.get(None) or Prefixes())
    members = _Members(stream)
    for around, section, key, value in members:
        if around is None and inside is not document:
            yield inside.named()
            inside = document
        if section == _BUNDLE:
            inside = _Records(Prefixes(document.prefixes, late.get(key)), key)
            continue
        try:
            if section == _PREFIX:
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

    def _statement(self, section: str, identifier: str | None, said: dict[str, Any]) -> list[ProvStatement]:
        kind, formal = _TYPES[section], _FORMAL[section]
        places: list[str | None] = [None] * len(PLACES[kind])
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
        return [ProvStatement(kind, identifier, (places[0], each), tuple(attributes), bundle) for each in members]

    def _attribute(self, name: str) -> str:
        """The URI of an attribute."""
        uri = self._names[name] = self.prefixes.uri(name) or ""
        if not uri:
            raise LoadError(f"the prefix of its attribute {name[:200]!r} is not declared")
        return uri

    def _add(self, attributes: list[Pair], uri: str, value: Any) -> None:
        if type(value) is str:
            named = self.prefixes.uri(value)
            attributes.append((uri, Literal(value) if named is None else Literal(named, QUALIFIED_NAME)))
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
            return native_said(value)
        if "$" not in value:
            raise LoadError(f'a value has no "$": {str(value)[:60]}')
        text, named, language = value["$"], value.get("type"), value.get("lang")
        if type(text) is not str:
            text = native_said(text).text
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
        kind.value: {f"prov:{name}": (at, PLACES[kind][at] is Place.TIME) for at, name in enumerate(places)}
        for kind, places in PLACE_NAMES.items()
    },
    **{name: {} for name in _VO_CLASSES if name not in VO_ENDS},
    **{name: {f"voprov:{end}": (at, False) for at, end in enumerate(ends)} for name, ends in VO_ENDS.items()},
}
_OF_CLASS = {
    section: ((PROV + "type", Literal(VOPROV + name, QUALIFIED_NAME)),) for section, name in _VO_CLASSES.items()
}


class _Members:
    """Walks over the members of a document's sections, and of its bundles' sections.

    Attributes:
        problems: why it could not be read to its end.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self.problems: list[Problem] = []
        self._stream = stream
        self._bytes = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._is_storable = True
        self._broken: str | None = None
        self._doubled = False
        decoder = json.JSONDecoder(strict=False, object_pairs_hook=self._object)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[_Member]:
        try:
            yield from self._container(None)
            if self._next():
                raise LoadError("something stands behind the document")
        except LoadError as error:
            broken = f"; {self._broken}" if self._broken else ""
            self.problems.append(Problem(f"byte {self.position()}", f"nothing from here on is loaded: {error}{broken}"))

    def position(self) -> int:
        """The byte at which it reads."""
        return self._before + len(self._text[: self._at].encode("utf-8", "surrogateescape"))

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self._doubled = True
        return found

    def _container(self, bundle: str | None) -> Iterator[_Member]:
        for section in self._keys():
            if section == _BUNDLE and bundle is None:
                for key in self._keys():
                    yield None, _BUNDLE, key, None
                    yield from self._container(key)
            elif section == _PREFIX or section in _TYPES:
                for key in self._keys():
                    yield bundle, section, key, self._value()
            else:
                what = f"{section[:200]!r} is no section of PROV-JSON"
                self.problems.append(Problem(f"byte {self.position()}", what))
                self._value()

    def _keys(self) -> Iterator[str]:
        """The keys of the object that begins here, each with the place at its value."""
        self._expect("{", "an object")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            yield self._key()
            after = self._next()
            if after not in (",", "}"):
                raise LoadError(f"expected ',' or '}}', found {after!r}")
            self._at += 1
            if after == "}":
                return

    def _key(self) -> str:
        """The key that stands here, and on to its value."""
        if (usual := _USUAL_KEY.match(self._text, self._at)) and usual.end() < len(self._text):
            self._at = usual.end()
            return usual[1] if self._is_storable else storable(usual[1])
        key = self._value()
        if type(key) is not str:
            raise LoadError(f"a key is {str(key)[:60]!r}")
        self._expect(":", "':'")
        return key

    def _expect(self, character: str, what: str) -> None:
        found = self._next()
        if found != character:
            raise LoadError(f"expected {what}, found {found!r}" if found else "the document is cut off")
        self._at += 1

    def _next(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            character = self._text[self._at : self._at + 1]
            if character and character not in _WHITE:
                return character
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr] # it always matches
            if self._at == len(self._text) and not self._read():
                return ""

    def _value(self) -> Any:
        """The value that begins here."""
        if self._text[self._at : self._at + 1] not in _BEGINNINGS and not self._next():
            raise LoadError("the document is cut off")
        while True:
            self._doubled = False
            try:
                found, end = self._scan(self._text, self._at)
            except (json.JSONDecodeError, StopIteration) as error:
                self._check_cut(error)
            except RecursionError:
                raise LoadError("nested too deeply") from None
            except ValueError as error:
                raise LoadError(str(error)) from None
            else:
                return self._checked(found, end)
            self._check_size(sys.getsizeof(self._text) - self._at)
            self._read(max(CHUNK, len(self._text) - self._at))

    def _check_cut(self, error: Exception) -> None:
        """Go on where the end of the buffer may have cut the value.

        Raises:
            LoadError: it is damaged.
        """
        what = error.msg if isinstance(error, json.JSONDecodeError) else "Expecting value"
        at = error.pos if isinstance(error, json.JSONDecodeError) else int(error.value)  # type: ignore[attr-defined]
        if self._ended or not (what.startswith("Unterminated") or at + _TOKEN > len(self._text)):
            raise LoadError(f"{what}: {self._text[self._at : self._at + 60]!r}")

    def _checked(self, found: Any, end: int) -> Any:
        if end - self._at > _SMALL:
            self._check_large(found, self._text[self._at : end])
        if self._doubled:
            what = "a key stands twice in one object; only its last value is loaded"
            self.problems.append(Problem(f"byte {self.position()}", what))
        self._at = end
        return found if self._is_storable else storable_value(found)

    def _check_large(self, found: Any, raw: str) -> None:
        self._check_size(sys.getsizeof(raw))
        if len(raw) > MOST_VALUES and sum(map(raw.count, "[{,:")) > MOST_VALUES:
            raise LoadError(f"a record of more than {MOST_VALUES:,} keys and values")
        if type(found) is dict and key_count(found) is None:
            raise LoadError("nested too deeply")

    def _check_size(self, size: int) -> None:
        if size > LARGEST_RECORD:
            raise LoadError(f"a record of more than {LARGEST_RECORD >> 20} MiB in memory")

    def _read(self, size: int = CHUNK) -> bool:
        if self._ended:
            return False
        data, self._broken = available(self._stream, size)
        self._ended = not data
        self._before = self.position()
        self._text = self._text[self._at :] + self._bytes.decode(data, final=self._ended)
        if self._before == 0:
            self._text = self._text.removeprefix("\ufeff")
        self._at = 0
        self._is_storable = self._text.isascii() and "\\u" not in self._text and "\x00" not in self._text
        return not self._ended or bool(self._text)
