"""What a PROV document calls provgraph's records and attributes, and what provgraph calls a
document's.

A document's URIs are kept as they are. Ids and names of provgraph's own that are no URI live in
namespaces of its own and are recognised on the way back, so each of these functions is undone by
its partner (CONTRACT section 2 rule 6).
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from provgraph.model.attributes import HIDDEN
from provgraph.model.records import End
from provgraph.model.vocabulary import DESCRIPTIONS, Kind
from provgraph.prov.statements import PROV

OURS = "urn:provgraph:"
ATTRIBUTE, ENTITY, ACTIVITY, AGENT = (
    f"{OURS}{each}:" for each in ("attribute", "entity", "activity", "agent")
)
SETTINGS, DESCRIPTION = (f"{OURS}{each}:" for each in ("settings", "description"))
#: The prefixes that documents of ours declare for them.
PREFIXES = {
    "pg": ATTRIBUTE,
    "pge": ENTITY,
    "pga": ACTIVITY,
    "pgg": AGENT,
    "pgs": SETTINGS,
    "pgd": DESCRIPTION,
    "pgt": f"{OURS}type:",
}

# How what a document says is kept beside what people see of a record.
#: The records of one id, each as it was said, where their attributes together don't tell.
RECORDS = "prov.records"
IS_BUNDLE = "prov.isBundle"
BUNDLE, ID, TIME, START, END = (
    HIDDEN + each for each in ("inBundle", "id", "time", "startTime", "endTime")
)
SLOT = HIDDEN
#: Attributes in which IVOA's relations name their ends.
VO_ENDS = {
    "isDescribedBy": ("described", "descriptor"),
    "wasConfiguredBy": ("configured", "configurator"),
    "isRelatedTo": ("related", "relator"),
    "hadReference": ("referenced", "referrer"),
}
#: What holds the relations that name nothing.
NOTHING = f"prov:{OURS}nothing"

#: The namespace of IVOA's terms, as the voprov package has it.
VOPROV = "http://www.ivoa.net/documents/ProvenanceDM/index.html#"

_OURS_OF_KIND = {Kind.ACTIVITY: ACTIVITY, Kind.AGENT: AGENT, Kind.COLLECTION: SETTINGS}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
_WITH_HOST = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`\x00-\x20]+|urn:[^\s<>\"{}|\\^`\x00-\x20]+"
)
_SHORT, _WHOLE = "prov:", "uri:"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]|_(?=x[0-9A-F]+_)|^[0-9.-]")
_ESCAPED = re.compile(r"_x([0-9A-F]+)_")


def end_from_uri(uri: str, kind: Kind) -> End:
    """The record that a document names at a place where this kind stands."""
    if uri.startswith(DESCRIPTION):
        described, _, identifier = uri.removeprefix(DESCRIPTION).partition("/")
        if described in _DESCRIBED:
            return End(Kind(described), unquote(identifier))
    return End(kind, entity_id(uri) if kind is Kind.ENTITY else record_id(uri, kind))


def uri_of_end(end: End) -> str:
    """What documents call the record."""
    if end.kind is Kind.ENTITY:
        return entity_uri(end.id)
    if end.kind in DESCRIPTIONS:
        return f"{DESCRIPTION}{end.kind.value}/{quoted(end.id)}"
    return record_uri(end.id, end.kind)


def entity_id(uri: str) -> str:
    """The identifier of the entity that a document calls so (CONTRACT section 2 rule 1)."""
    return unquote(uri[len(ENTITY) :]) if uri.startswith(ENTITY) else f"prov:{uri}"


def entity_uri(identifier: str) -> str:
    """What documents call an entity with this identifier."""
    return (
        identifier[len("prov:") :]
        if identifier.startswith("prov:")
        else ENTITY + quoted(identifier)
    )


def record_id(uri: str, kind: Kind) -> str:
    """The id of the activity or agent that a document calls so: its full URI."""
    ours = _OURS_OF_KIND[kind]
    if uri.startswith(ours):
        return unquote(uri[len(ours) :])
    return uri if is_uri(uri) else _WHOLE + uri


def record_uri(identifier: str, kind: Kind) -> str:
    """What documents call an activity or agent with this id."""
    if identifier.startswith(_WHOLE):
        return identifier[len(_WHOLE) :]
    return identifier if is_uri(identifier) else _OURS_OF_KIND[kind] + quoted(identifier)


def is_uri(text: str) -> bool:
    """Whether an id is a URI, which documents can name as it is."""
    return _URI.fullmatch(text) is not None and not text.startswith(_WHOLE)


def kind_in(uri: str) -> Kind | None:
    """The kind of record that one of our own URIs tells; None of any other."""
    for namespace, kind in ((ENTITY, Kind.ENTITY), (ACTIVITY, Kind.ACTIVITY), (AGENT, Kind.AGENT)):
        if uri.startswith(namespace):
            return kind
    return None


@lru_cache(maxsize=4096)
def attribute_name(uri: str) -> str:
    """What provgraph calls a document's attribute.

    A name of its own, ``prov:name``, else the URI.
    """
    native = _native_in(uri)
    return _plain_name(uri) if native is None else native


@lru_cache(maxsize=4096)
def attribute_uri(name: str) -> str:
    """What documents call an attribute."""
    return own_attribute_uri(name) if is_native(name) else _plain_uri(name)


@lru_cache(maxsize=4096)
def is_native(name: str) -> bool:
    """Whether an attribute's name is one of provgraph's own, and no URI that reads back as the same
    name.
    """
    uri = _plain_uri(name)
    return not uri or _plain_name(uri) != name or _native_in(uri) is not None


@lru_cache(maxsize=4096)
def own_attribute_uri(name: str) -> str:
    """The URI of an attribute of provgraph's own, whatever it is called."""
    return ATTRIBUTE + _escaped(name)


def _native_in(uri: str) -> str | None:
    if not uri.startswith(ATTRIBUTE):
        return None
    name = _unescaped(uri[len(ATTRIBUTE) :])
    return name if own_attribute_uri(name) == uri and is_native(name) else None


def _plain_uri(name: str) -> str:
    if name.startswith(_SHORT):
        return PROV + name[len(_SHORT) :]
    return name[len(_WHOLE) :] if name.startswith(_WHOLE) else name


def _plain_name(uri: str) -> str:
    if uri.startswith(PROV):
        return _SHORT + uri[len(PROV) :]
    return uri if _WITH_HOST.fullmatch(uri) else _WHOLE + uri


def quoted(text: str) -> str:
    """The text as the end of a URI."""
    return quote(text, safe="/:@-._~")


def _escaped(text: str) -> str:
    """The text as an XML name (as SQL/XML does it, ISO 9075-14)."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(
        lambda found: chr(int(found[1], 16)) if len(found[1]) < 7 else found[0], text
    )


_DESCRIBED = frozenset(kind.value for kind in DESCRIPTIONS)
