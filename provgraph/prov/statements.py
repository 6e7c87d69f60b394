"""Statements of W3C PROV as documents make them, whatever the serialisation (PROV-DM, sections 5
and 6).

Readers of documents make these, writers and the constraints take them. Names are full URIs, so that
prefixes, which are a matter of the document, are no part of what is said.
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
    """What stands at a place of a statement (PROV-DM, table 5)."""

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


#: The types by their names, which relations of a store have too.
TYPE_NAMED: dict[str, ProvType] = {kind.value: kind for kind in ProvType}


_P = Slot
#: What stands where, behind the identifier, in the order of PROV-N.
SLOTS: dict[ProvType, tuple[Slot, ...]] = {
    ProvType.ENTITY: (),
    ProvType.ACTIVITY: (_P.TIME, _P.TIME),
    ProvType.AGENT: (),
    ProvType.USAGE: (_P.ACTIVITY, _P.ENTITY, _P.TIME),
    ProvType.GENERATION: (_P.ENTITY, _P.ACTIVITY, _P.TIME),
    ProvType.INVALIDATION: (_P.ENTITY, _P.ACTIVITY, _P.TIME),
    ProvType.START: (_P.ACTIVITY, _P.ENTITY, _P.ACTIVITY, _P.TIME),
    ProvType.END: (_P.ACTIVITY, _P.ENTITY, _P.ACTIVITY, _P.TIME),
    ProvType.COMMUNICATION: (_P.ACTIVITY, _P.ACTIVITY),
    ProvType.DERIVATION: (_P.ENTITY, _P.ENTITY, _P.ACTIVITY, _P.GENERATION, _P.USAGE),
    ProvType.ASSOCIATION: (_P.ACTIVITY, _P.AGENT, _P.ENTITY),
    ProvType.ATTRIBUTION: (_P.ENTITY, _P.AGENT),
    ProvType.DELEGATION: (_P.AGENT, _P.AGENT, _P.ACTIVITY),
    ProvType.INFLUENCE: (_P.ANY, _P.ANY),
    ProvType.MEMBERSHIP: (_P.ENTITY, _P.ENTITY),
    ProvType.SPECIALIZATION: (_P.ENTITY, _P.ENTITY),
    ProvType.ALTERNATE: (_P.ENTITY, _P.ENTITY),
    ProvType.MENTION: (_P.ENTITY, _P.ENTITY, _P.BUNDLE),
}

#: What the same places are called, as attributes in the PROV namespace (PROV-JSON, PROV-XML).
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
#: The attributes that name a record wherever they stand, by their URIs.
REFERENCES = frozenset(
    PROV + name
    for kind, names in SLOT_NAMES.items()
    for name, place in zip(names, SLOTS[kind], strict=True)
    if place is not Slot.TIME
)
#: The types that say that a record is there; all others relate records.
ELEMENTS = (ProvType.ENTITY, ProvType.ACTIVITY, ProvType.AGENT)


# Frozen dataclasses take twice the time to make, and a reader makes millions of these two.
@dataclass(slots=True, unsafe_hash=True)
class Literal:
    """A value as a document writes it; nobody changes one.

    Attributes:
        text: its lexical form; of a qualified name the full URI.
        type: the URI of its datatype, `QUALIFIED_NAME` of a qualified name; None of a plain text.
        language: its language tag.
    """

    text: str
    type: str | None = None
    language: str | None = None


#: Attribute and value; an attribute may stand several times.
Pair: TypeAlias = tuple[str, Literal]


@dataclass(slots=True, unsafe_hash=True)
class ProvStatement:
    """One statement; nobody changes one.

    Attributes:
        type: which.
        id: its identifier, a full URI, or ``_:name`` of a blank one; None when it has none.
        places: what stands at its `PLACES`: URIs, ``_:name``, times as the document writes them;
            None at an open one.
        attributes: all else.
        bundle: the URI of the bundle that says so; None for the document itself.
    """

    type: ProvType
    id: str | None
    slots: tuple[str | None, ...]
    attributes: tuple[Pair, ...] = ()
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class BundleNamed:
    """That a document has a bundle of this name, which may be empty.

    Attributes:
        id: its URI.
    """

    id: str
