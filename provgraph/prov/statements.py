"""Statements of W3C PROV as documents make them, in whatever format (PROV-DM, sections 5 and 6).

Readers of documents make these statements; writers and the constraints take them. Names are full
URIs: prefixes belong to a document and are no part of what is said. The *slots* of a statement are
its formal arguments: ``used(id; activity, entity, time)`` has three.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

PROV = "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"
#: The type of a literal that is a qualified name; its text is the full URI.
QUALIFIED_NAME = PROV + "QUALIFIED_NAME"
#: The type of a text in a language.
INTERNATIONALIZED_STRING = PROV + "InternationalizedString"


class Slot(StrEnum):
    """What stands in a slot of a statement (PROV-DM, table 5)."""

    ENTITY = "entity"
    ACTIVITY = "activity"
    AGENT = "agent"
    ANY = "any"
    USAGE = "usage"
    GENERATION = "generation"
    BUNDLE = "bundle"
    TIME = "time"


class ProvType(StrEnum):
    """The types of statements, by their PROV-N names."""

    ENTITY = "entity"
    ACTIVITY = "activity"
    AGENT = "agent"
    USAGE = "used"
    GENERATION = "wasGeneratedBy"
    INVALIDATION = "wasInvalidatedBy"
    START = "wasStartedBy"
    END = "wasEndedBy"
    COMMUNICATION = "wasInformedBy"
    DERIVATION = "wasDerivedFrom"
    ASSOCIATION = "wasAssociatedWith"
    ATTRIBUTION = "wasAttributedTo"
    DELEGATION = "actedOnBehalfOf"
    INFLUENCE = "wasInfluencedBy"
    MEMBERSHIP = "hadMember"
    SPECIALIZATION = "specializationOf"
    ALTERNATE = "alternateOf"
    MENTION = "mentionOf"


#: PROV-N name → type. Relations of a store have the same names.
TYPE_NAMED: dict[str, ProvType] = {kind.value: kind for kind in ProvType}


_S = Slot
#: Statement type → what stands in each slot, in the order of PROV-N, without the identifier.
SLOTS: dict[ProvType, tuple[Slot, ...]] = {
    ProvType.ENTITY: (),
    ProvType.ACTIVITY: (_S.TIME, _S.TIME),
    ProvType.AGENT: (),
    ProvType.USAGE: (_S.ACTIVITY, _S.ENTITY, _S.TIME),
    ProvType.GENERATION: (_S.ENTITY, _S.ACTIVITY, _S.TIME),
    ProvType.INVALIDATION: (_S.ENTITY, _S.ACTIVITY, _S.TIME),
    ProvType.START: (_S.ACTIVITY, _S.ENTITY, _S.ACTIVITY, _S.TIME),
    ProvType.END: (_S.ACTIVITY, _S.ENTITY, _S.ACTIVITY, _S.TIME),
    ProvType.COMMUNICATION: (_S.ACTIVITY, _S.ACTIVITY),
    ProvType.DERIVATION: (_S.ENTITY, _S.ENTITY, _S.ACTIVITY, _S.GENERATION, _S.USAGE),
    ProvType.ASSOCIATION: (_S.ACTIVITY, _S.AGENT, _S.ENTITY),
    ProvType.ATTRIBUTION: (_S.ENTITY, _S.AGENT),
    ProvType.DELEGATION: (_S.AGENT, _S.AGENT, _S.ACTIVITY),
    ProvType.INFLUENCE: (_S.ANY, _S.ANY),
    ProvType.MEMBERSHIP: (_S.ENTITY, _S.ENTITY),
    ProvType.SPECIALIZATION: (_S.ENTITY, _S.ENTITY),
    ProvType.ALTERNATE: (_S.ENTITY, _S.ENTITY),
    ProvType.MENTION: (_S.ENTITY, _S.ENTITY, _S.BUNDLE),
}

#: Statement type → what PROV-JSON and PROV-XML call each slot, in the PROV namespace.
SLOT_NAMES: dict[ProvType, tuple[str, ...]] = {
    ProvType.ENTITY: (),
    ProvType.ACTIVITY: ("startTime", "endTime"),
    ProvType.AGENT: (),
    ProvType.USAGE: ("activity", "entity", "time"),
    ProvType.GENERATION: ("entity", "activity", "time"),
    ProvType.INVALIDATION: ("entity", "activity", "time"),
    ProvType.START: ("activity", "trigger", "starter", "time"),
    ProvType.END: ("activity", "trigger", "ender", "time"),
    ProvType.COMMUNICATION: ("informed", "informant"),
    ProvType.DERIVATION: ("generatedEntity", "usedEntity", "activity", "generation", "usage"),
    ProvType.ASSOCIATION: ("activity", "agent", "plan"),
    ProvType.ATTRIBUTION: ("entity", "agent"),
    ProvType.DELEGATION: ("delegate", "responsible", "activity"),
    ProvType.INFLUENCE: ("influencee", "influencer"),
    ProvType.MEMBERSHIP: ("collection", "entity"),
    ProvType.SPECIALIZATION: ("specificEntity", "generalEntity"),
    ProvType.ALTERNATE: ("alternate1", "alternate2"),
    ProvType.MENTION: ("specificEntity", "generalEntity", "bundle"),
}
#: The URIs of the attributes that name a record wherever they stand.
REFERENCES = frozenset(
    PROV + name
    for kind, names in SLOT_NAMES.items()
    for name, slot in zip(names, SLOTS[kind], strict=True)
    if slot is not Slot.TIME
)
#: The types that say that a record is there; all others relate records.
ELEMENTS = (ProvType.ENTITY, ProvType.ACTIVITY, ProvType.AGENT)


# Frozen dataclasses take twice the time to make, and a reader makes millions of these two.
@dataclass(slots=True, unsafe_hash=True)
class Literal:
    """A value as a document writes it. Never change one: it is hashed.

    Attributes:
        text: the lexical form; the full URI of a qualified name.
        type: the URI of the datatype, `QUALIFIED_NAME` for a qualified name; None for a plain text.
        language: the language tag; None without one.
    """

    text: str
    type: str | None = None
    language: str | None = None


#: An attribute's URI and its value. A statement may have several pairs of one attribute.
Pair: TypeAlias = tuple[str, Literal]


@dataclass(slots=True, unsafe_hash=True)
class ProvStatement:
    """One statement. Never change one: it is hashed.

    Attributes:
        type: the type.
        id: the identifier, a full URI, or ``_:name`` of a blank one; None without one.
        slots: what fills each of the type's `SLOTS`: a URI, ``_:name``, or a time as the document
            writes it; None in an open slot.
        attributes: all other attributes.
        bundle: the URI of the bundle that says so; None for the document itself.
    """

    type: ProvType
    id: str | None
    slots: tuple[str | None, ...]
    attributes: tuple[Pair, ...] = ()
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class BundleNamed:
    """The fact that a document has a bundle of this name, which may be empty.

    Attributes:
        id: the bundle's URI.
    """

    id: str


#: What writers of documents take: statements, and that there are bundles.
DocumentPart: TypeAlias = ProvStatement | BundleNamed
