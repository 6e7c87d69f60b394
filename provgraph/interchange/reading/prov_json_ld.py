"""Reads PROV-JSONLD, statement by statement (W3C member submission, 25 August 2024)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provgraph.errors import LoadError
from provgraph.interchange.reading.context import PartOrProblem
from provgraph.interchange.reading.json_ld_contexts import BASE, CONTEXT, VOCAB, is_prov_json_ld
from provgraph.loaders.protocol import Problem
from provgraph.model.values import storable_text
from provgraph.prov.addresses import resolved
from provgraph.prov.statements import (
    ELEMENTS,
    INTERNATIONALIZED_STRING,
    PROV,
    QUALIFIED_NAME,
    SLOT_NAMES,
    SLOTS,
    XSD,
    BundleNamed,
    Literal,
    Pair,
    ProvStatement,
    ProvType,
    Slot,
)
from provgraph.prov.values import QNAME, UNRESOLVED_NAME, native_literal

_BUNDLE = "Bundle"
_TYPES = {kind.name.capitalize(): kind for kind in ProvType if kind is not ProvType.MENTION}
#: Terms of the context → attributes.
_SPECIAL = {name: PROV + name for name in ("type", "label", "role", "location", "value")}
#: The terms whose texts are names of resources.
_NAMING = ("type", "role", "location")
#: How ProvToolbox calls the namespace of names without a prefix.
_NAMESPACE = "@namespace"
#: Names that are full URIs though their scheme may look like a prefix.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:urn|file|tag|info|doi|mailto|arcp|data):")
_KNOWN = {
    "prov": PROV,
    "xsd": XSD,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}


class _Scope:
    """What names mean in a document or bundle."""

    def __init__(self, entries: list[Any], address: str, outer: "_Scope | None" = None) -> None:
        self._prefixes: dict[str, str] = dict(outer._prefixes if outer else _KNOWN)
        self._base: str | None = outer._base if outer else None
        self.namespace: str | None = outer.namespace if outer else None
        self._address = address
        self.were_relative = False
        for entry in entries:
            if not isinstance(entry, (str, dict)):
                raise LoadError(f"a context is {type(entry).__name__}, not an object")
            if not is_prov_json_ld(entry):
                self._take(entry)

    def _take(self, entry: str | dict[str, Any]) -> None:
        if isinstance(entry, str):
            raise LoadError(
                f"its context {entry[:500]!r} does not come with provgraph, which fetches nothing: "
                "put the content of that context into the document, in place of the address"
            )
        for prefix, meaning in entry.items():
            uri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if not isinstance(uri, str):
                continue
            if prefix == BASE:
                self._base = resolved(uri, self._address)
            elif prefix in (VOCAB, _NAMESPACE):
                self.namespace = uri
            elif not prefix.startswith("@"):
                self._prefixes[prefix] = uri

    def uri(self, name: str) -> str | None:
        """Find the URI of a name; None when its prefix is not declared."""
        if name.startswith("_:"):
            return name
        prefix, colon, local = name.partition(":")
        if colon and prefix in self._prefixes:
            return storable_text(self._prefixes[prefix] + local)
        if colon and "/" not in prefix and "#" not in prefix:
            return storable_text(name) if _URI.match(name) else None
        return storable_text(self._without_prefix(name))

    def _without_prefix(self, name: str) -> str:
        if self._base is not None:
            return resolved(name, self._base)
        if self.namespace is not None:
            return self.namespace + name
        self.were_relative = True
        return resolved(name, self._address)

    def attribute(self, key: str) -> str:
        """Find the URI of an attribute.

        Raises:
            LoadError: no context defines it.
        """
        found = None
        if ":" in key:
            found = self.uri(key)
        elif self.namespace is not None:
            found = storable_text(self.namespace + key)
        if found is None:
            raise LoadError(f"no context defines its attribute {key[:200]!r}")
        return found


class StatementReader:
    """Reads the statements of a document."""

    def __init__(self, context: list[Any], address: str) -> None:
        """Take a document.

        Args:
            context: the entries of its context.
            address: of the document, against which names resolve where no base is given.

        Raises:
            LoadError: a context is not known.
        """
        self._address = address
        self._document = _Scope(context, address)
        self._scopes = [self._document]

    @property
    def has_relative_names(self) -> bool:
        """Whether a name depends on the document's address."""
        return any(scope.were_relative for scope in self._scopes)

    def statements(self, graph: list[Any]) -> Iterator[PartOrProblem]:
        """Read the nodes of the graph.

        Args:
            graph: the nodes.

        Yields:
            statements and names of bundles; a problem for each node that is no statement.
        """
        yield from self._nodes(graph, self._document, None, "@graph")

    def _nodes(
        self, graph: list[Any], scope: _Scope, bundle: str | None, where: str
    ) -> Iterator[PartOrProblem]:
        for number, node in enumerate(graph):
            place = f"{where}[{number}]"
            try:
                if isinstance(node, dict) and _term(node.get("@type")) == _BUNDLE:
                    yield from self._bundle(node, place)
                else:
                    yield from _statements(node, scope, bundle)
            except LoadError as error:
                yield Problem(place, f"this is not loaded: {error}")

    def _bundle(self, node: dict[str, Any], place: str) -> Iterator[PartOrProblem]:
        context = node.get(CONTEXT, [])
        entries = context if isinstance(context, list) else [context]
        scope = _Scope(entries, self._address, self._document)
        self._scopes.append(scope)
        name = node.get("@id")
        uri = scope.uri(name) if isinstance(name, str) else None
        if uri is None:
            raise LoadError(f"a bundle has no name that can be understood: {str(name)[:60]!r}")
        yield BundleNamed(uri)
        graph = node.get("@graph", [])
        yield from self._nodes(graph if isinstance(graph, list) else [graph], scope, uri, place)


def _term(value: Any) -> str | None:
    return value.removeprefix("prov:") if isinstance(value, str) else None


def _statements(node: Any, scope: _Scope, bundle: str | None) -> Iterator[ProvStatement]:
    """Read a node: one statement, of a membership one a member."""
    if not isinstance(node, Mapping):
        raise LoadError(f"it is {type(node).__name__}, not an object")
    kind = _TYPES.get(_term(node.get("@type")) or "")
    if kind is None:
        raise LoadError(f"{str(node.get('@type'))[:60]!r} is no type of statement in PROV-JSONLD")
    identifier = None
    if "@id" in node:
        identifier = _name(scope, "@id", node["@id"])
    elif kind in ELEMENTS:
        raise LoadError(f"this {kind.value} has no @id")
    formal = dict(zip(SLOT_NAMES[kind], range(len(SLOTS[kind])), strict=True))
    slots: list[str | None] = [None] * len(formal)
    members: list[str] = []
    pairs: list[Pair] = []
    for key, value in node.items():
        number = formal.get(_term(key) or "")
        if key in ("@type", "@id"):
            continue
        if number is None:
            pairs += _pairs(scope, key, value)
        elif kind is ProvType.MEMBERSHIP and isinstance(value, list) and number == 1:
            members = [_name(scope, key, each) for each in value]
        elif SLOTS[kind][number] is Slot.TIME:
            slots[number] = _time(key, value)
        else:
            slots[number] = _name(scope, key, value)
    for ends in [[slots[0], member] for member in members] or [slots]:
        yield ProvStatement(kind, identifier, tuple(ends), tuple(pairs), bundle)


def _name(scope: _Scope, key: str, value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"@id"}:
        value = value["@id"]
    if not isinstance(value, str) or not value:
        raise LoadError(f"its {key} is no name: {str(value)[:60]!r}")
    found = scope.uri(value)
    if found is None:
        raise LoadError(f"the prefix of its {key} {value[:200]!r} is not declared")
    return found


def _time(key: str, value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@value")
    if not isinstance(value, str):
        raise LoadError(f"its {key} is no time: {str(value)[:60]!r}")
    return value


def _pairs(scope: _Scope, key: str, value: Any) -> Iterator[Pair]:
    term = _term(key)
    uri = _SPECIAL[term] if term in _SPECIAL else scope.attribute(key)
    for each in value if isinstance(value, list) else [value]:
        yield uri, _literal(scope, term if term in _SPECIAL else key, each)


def _literal(scope: _Scope, term: str | None, value: Any) -> Literal:
    if isinstance(value, str):
        return _named(scope, value, QNAME) if term in _NAMING else Literal(storable_text(value))
    if not isinstance(value, dict):
        return native_literal(value)
    if "@id" in value:
        return Literal(_name(scope, str(term), value), QUALIFIED_NAME)
    if "@value" not in value:
        raise LoadError(f'a value of {term} has no "@value": {str(value)[:60]}')
    plain = native_literal(value["@value"])
    text = storable_text(plain.text)
    if isinstance(language := value.get("@language"), str):
        return Literal(text, INTERNATIONALIZED_STRING, language)
    return plain if (named := value.get("@type")) is None else _typed(scope, text, str(named))


def _typed(scope: _Scope, text: str, named: str) -> Literal:
    kind = scope.uri(named)
    if kind is None:
        raise LoadError(f"the prefix of the type {named[:200]!r} is not declared")
    if kind in (QNAME, QUALIFIED_NAME):
        return _named(scope, text, QNAME if kind == QNAME else UNRESOLVED_NAME)
    return Literal(text, kind)


def _named(scope: _Scope, text: str, unresolved: str) -> Literal:
    """Read a name in a value; one whose prefix is not declared stays a text."""
    found = scope.uri(text)
    return Literal(text, unresolved) if found is None else Literal(found, QUALIFIED_NAME)
