"""Names in PROV documents for provgraph's records and attributes, and back.

A document's URIs are kept as they are. Ids and names of provgraph's own that are no URIs are put
into namespaces of its own, and are recognised on the way back. So each function here is undone by
its partner (docs/contract.md, rule 6). Example: the entity ``file:/data/x`` is
``urn:provgraph:entity:file:/data/x`` in documents.

Documents shorten URIs by prefixes: ``http://example.org/run1`` is ``ns1:run1`` where the document
declares ``ns1`` as ``http://example.org/``.
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from provgraph.model.attributes import HIDDEN
from provgraph.model.records import End
from provgraph.model.vocabulary import DESCRIPTIONS, Kind
from provgraph.prov.statements import PROV, XSD

#: How all URIs of provgraph's own begin.
OURS = "urn:provgraph:"
ATTRIBUTE, ENTITY, ACTIVITY, AGENT = (
    f"{OURS}{each}:" for each in ("attribute", "entity", "activity", "agent")
)
SETTINGS, DESCRIPTION = (f"{OURS}{each}:" for each in ("settings", "description"))
#: The prefixes that documents of provgraph declare: prefix → namespace.
PREFIXES = {
    "pg": ATTRIBUTE,
    "pge": ENTITY,
    "pga": ACTIVITY,
    "pgg": AGENT,
    "pgs": SETTINGS,
    "pgd": DESCRIPTION,
    "pgt": f"{OURS}type:",
}

#: Hidden attribute: what each statement of a document says of one element. It is kept where several
#: statements say different things, since a store joins them to one record.
RECORDS = "prov.records"
#: Hidden attribute: the document has a bundle of this name.
IS_BUNDLE = "prov.isBundle"
#: Hidden attributes: the bundle, the identifier and the times of a statement as it was written.
BUNDLE, ID, TIME, START, END = (
    HIDDEN + each for each in ("inBundle", "id", "time", "startTime", "endTime")
)
#: A slot of a relation for which a store has no field is kept as the hidden attribute `SLOT` and
#: its name, such as ``prov.activity``, the activity of a derivation.
SLOT = HIDDEN
#: The entity that keeps the relations of documents in which both ends are open.
NOTHING = f"prov:{OURS}nothing"
#: The namespace of IVOA's terms, as the voprov package has it.
VOPROV = "http://www.ivoa.net/documents/ProvenanceDM/index.html#"
_DESCRIBED = frozenset(kind.value for kind in DESCRIPTIONS)
#: Kind of record → the namespace of provgraph's own URIs for it.
_OURS_OF_KIND = {Kind.ACTIVITY: ACTIVITY, Kind.AGENT: AGENT, Kind.COLLECTION: SETTINGS}
#: A URI (RFC 3986), roughly: a scheme, and no character that a URI can't have.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
#: A URI that nobody takes for a name with a prefix: with a host, or a URN.
_WITH_HOST = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`\x00-\x20]+|urn:[^\s<>\"{}|\\^`\x00-\x20]+"
)
#: How names of documents' attributes begin in a store: one of PROV's own (``prov:label``), and any
#: other that might be taken for a name of provgraph's own (``uri:NAME``).
_SHORT, _WHOLE = "prov:", "uri:"
#: What can't stand in an XML name as it is, and the beginning of what looks escaped already.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]|_(?=x[0-9A-F]+_)|^[0-9.-]")
_ESCAPED = re.compile(r"_x([0-9A-F]+)_")
#: Prefixes that every document has: prefix → namespace.
KNOWN_PREFIXES = {"prov": PROV, "xsd": XSD}
#: Prefixes that readers know: namespace → prefix.
WELL_KNOWN = {
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/terms/": "dcterms",
    "http://xmlns.com/foaf/0.1/": "foaf",
    VOPROV: "voprov",
    **{namespace: prefix for prefix, namespace in PREFIXES.items()},
}
_OURS = frozenset(PREFIXES.values())
#: The part at the end of a URI that every format takes as a local name.
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z|[A-Za-z0-9_][A-Za-z0-9_-]*\Z", re.ASCII)
#: How many short names an object remembers; a large document may have millions of names.
_REMEMBERED = 10_000


def end_from_uri(uri: str, kind: Kind) -> End:
    """Find the record that a document names.

    Args:
        uri: the URI in the document.
        kind: the kind of record that the slot wants.

    Returns:
        The record; a description where the URI is one of provgraph's own for a description.
    """
    if uri.startswith(DESCRIPTION):
        described, _, identifier = uri.removeprefix(DESCRIPTION).partition("/")
        if described in _DESCRIBED:
            return End(Kind(described), unquote(identifier))
    if kind in DESCRIPTIONS:
        return End(kind, uri)
    return End(kind, entity_id(uri) if kind is Kind.ENTITY else record_id(uri, kind))


def uri_of_end(end: End) -> str:
    """Name a record in documents; `end_from_uri` undoes this.

    Args:
        end: the record.

    Returns:
        Its URI.
    """
    if end.kind is Kind.ENTITY:
        return entity_uri(end.id)
    if end.kind in DESCRIPTIONS:
        return f"{DESCRIPTION}{end.kind.value}/{quoted(end.id)}"
    return record_uri(end.id, end.kind)


def entity_id(uri: str) -> str:
    """Find the identifier of an entity that a document names (docs/contract.md, rule 1).

    Args:
        uri: the URI in the document.

    Returns:
        ``prov:URI``, or the identifier in one of provgraph's own URIs.
    """
    return unquote(uri[len(ENTITY) :]) if uri.startswith(ENTITY) else f"prov:{uri}"


def entity_uri(identifier: str) -> str:
    """Name an entity in documents; `entity_id` undoes this.

    Args:
        identifier: one of the entity's identifiers.

    Returns:
        Its URI.
    """
    return (
        identifier[len("prov:") :]
        if identifier.startswith("prov:")
        else ENTITY + quoted(identifier)
    )


def is_of_document(identifier: str) -> bool:
    """Tell whether an entity is known by the URI that a document gives it.

    Args:
        identifier: of an entity, as ``prov:http://example.org/e1``.

    Returns:
        whether it is the identifier that `entity_id` makes of a URI.
    """
    return identifier.startswith("prov:")


def record_id(uri: str, kind: Kind) -> str:
    """Find the id of an activity or agent that a document names.

    Args:
        uri: the name in the document, most often a URI.
        kind: activity, agent or collection (of settings).

    Returns:
        The id in one of provgraph's own URIs, else the URI; a name that is no URI as ``uri:NAME``.
    """
    ours = _OURS_OF_KIND[kind]
    if uri.startswith(ours):
        return unquote(uri[len(ours) :])
    return uri if is_uri(uri) else _WHOLE + uri


def record_uri(identifier: str, kind: Kind) -> str:
    """Name an activity or agent in documents; `record_id` undoes this.

    Args:
        identifier: the record's id.
        kind: activity, agent or collection (of settings).

    Returns:
        Its URI.
    """
    if identifier.startswith(_WHOLE):
        return identifier[len(_WHOLE) :]
    return identifier if is_uri(identifier) else _OURS_OF_KIND[kind] + quoted(identifier)


def is_uri(text: str) -> bool:
    """Tell whether an id is a URI, which documents can name as it is.

    Args:
        text: the id.

    Returns:
        True for a URI.
    """
    return _URI.fullmatch(text) is not None and not text.startswith(_WHOLE)


def kind_in(uri: str) -> Kind | None:
    """Find the kind of record in one of provgraph's own URIs.

    Args:
        uri: any URI.

    Returns:
        Entity, activity or agent; None for any other URI.
    """
    for namespace, kind in ((ENTITY, Kind.ENTITY), (ACTIVITY, Kind.ACTIVITY), (AGENT, Kind.AGENT)):
        if uri.startswith(namespace):
            return kind
    return None


@lru_cache(maxsize=4096)
def attribute_name(uri: str) -> str:
    """Name a document's attribute as provgraph does.

    Args:
        uri: the attribute's URI.

    Returns:
        A name of provgraph's own, ``prov:name`` for PROV's attributes, else the URI.
    """
    native = _native_in(uri)
    return _plain_name(uri) if native is None else native


@lru_cache(maxsize=4096)
def attribute_uri(name: str) -> str:
    """Name an attribute in documents; `attribute_name` undoes this.

    Args:
        name: the attribute's name in provgraph.

    Returns:
        Its URI.
    """
    return own_attribute_uri(name) if is_native(name) else _plain_uri(name)


@lru_cache(maxsize=4096)
def is_native(name: str) -> bool:
    """Tell whether an attribute's name is provgraph's own.

    Args:
        name: the attribute's name in provgraph.

    Returns:
        False for a name that is a URI and reads back as the same name; True for all others.
    """
    uri = _plain_uri(name)
    return not uri or _plain_name(uri) != name or _native_in(uri) is not None


@lru_cache(maxsize=4096)
def own_attribute_uri(name: str) -> str:
    """Put an attribute's name into provgraph's own namespace.

    Args:
        name: any name.

    Returns:
        The URI, which ends in an XML name.
    """
    return ATTRIBUTE + _escaped(name)


def _native_in(uri: str) -> str | None:
    """The native name in a URI that `own_attribute_uri` made; None in any other."""
    if not uri.startswith(ATTRIBUTE):
        return None
    name = _unescaped(uri[len(ATTRIBUTE) :])
    return name if own_attribute_uri(name) == uri and is_native(name) else None


def _plain_uri(name: str) -> str:
    """The URI that a name stands for, taken as a name of a document's attribute."""
    if name.startswith(_SHORT):
        return PROV + name[len(_SHORT) :]
    return name[len(_WHOLE) :] if name.startswith(_WHOLE) else name


def _plain_name(uri: str) -> str:
    """The name of a document's attribute; `_plain_uri` undoes this."""
    if uri.startswith(PROV):
        return _SHORT + uri[len(PROV) :]
    return uri if _WITH_HOST.fullmatch(uri) else _WHOLE + uri


def quoted(text: str) -> str:
    """Write a text as the end of a URI.

    Args:
        text: any text.

    Returns:
        The text in percent-encoding (RFC 3986, section 2.1).
    """
    return quote(text, safe="/:@-._~")


def _escaped(text: str) -> str:
    """The text as an XML name (as SQL/XML does it, ISO 9075-14)."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    """The text that `_escaped` made an XML name of."""
    return _ESCAPED.sub(
        lambda found: chr(int(found[1], 16)) if len(found[1]) < 7 else found[0], text
    )


class Prefixes:
    """Gives out prefixes as names need them; one object serves one document.

    Attributes:
        used: prefix → namespace, of the prefixes given out so far, which the document must declare.
            Those of `KNOWN_PREFIXES` are not among them.
    """

    def __init__(self) -> None:
        """Begin without any prefix given out."""
        self.used: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._prefix_of: dict[str, str] = {
            namespace: prefix for prefix, namespace in KNOWN_PREFIXES.items()
        }

    def short_name(self, uri: str) -> str:
        """Shorten a URI that many records use, an attribute's or a type's; it is remembered.

        Args:
            uri: the URI.

        Returns:
            The qualified name, ``prefix:local``.
        """
        known = self._names.get(uri)
        if known is None:
            known = self.short(uri)
            if len(self._names) < _REMEMBERED:
                self._names[uri] = known
        return known

    def short(self, uri: str) -> str:
        """Shorten a URI.

        Args:
            uri: the URI.

        Returns:
            The qualified name, ``prefix:local``.
        """
        return self.joined(*split(uri))

    def joined(self, namespace: str, local: str) -> str:
        """Make a qualified name of its parts.

        Args:
            namespace: which gets a prefix, if it has none.
            local: what stands behind it.

        Returns:
            The qualified name, ``prefix:local``.
        """
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            prefix = WELL_KNOWN.get(namespace) or f"ns{len(self.used) + 1}"
            self._prefix_of[namespace] = prefix
            self.used[prefix] = namespace
        return f"{prefix}:{local}"


def split(uri: str) -> tuple[str, str]:
    """Split a URI into a namespace and a local name.

    Args:
        uri: the URI.

    Returns:
        The namespace, which is never empty, and the local name, which may be.
    """
    if uri.startswith(OURS):
        at = uri.find(":", len(OURS)) + 1
        if uri[:at] in _OURS:
            return uri[:at], uri[at:]
    at = max(uri.rfind("/"), uri.rfind("#")) + 1
    local = uri[at:]
    if at and local.isascii() and local.replace("_", "").isalnum():
        return uri[:at], local
    found = _LOCAL.search(uri)
    at = found.start() if found else len(uri)
    return (uri[:at], uri[at:]) if at else (uri, "")
