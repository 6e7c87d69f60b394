"""The terms of PROV-O, and what each says in statements of PROV.

The recommendation "PROV-O" (30 April 2013): sections 3.1 to 3.3, and appendix B for the names of
inverse properties. All keys are full URIs.
"""

from dataclasses import dataclass

from provgraph.prov.statements import PROV, SLOTS, ProvType, Slot

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

#: Element class → what a record of that class is.
ELEMENT_CLASSES: dict[str, ProvType] = {
    PROV + name: kind
    for kind, names in {
        ProvType.ENTITY: (
            *("Entity", "Collection", "EmptyCollection", "Bundle", "Plan"),
            *("Dictionary", "EmptyDictionary"),  # of the note "PROV-Dictionary"
        ),
        ProvType.ACTIVITY: ("Activity",),
        ProvType.AGENT: ("Agent", "Person", "Organization", "SoftwareAgent"),
    }.items()
    for name in names
}
#: The classes that say no more than what kind of record it is.
BASE_CLASSES = {
    ProvType.ENTITY: PROV + "Entity",
    ProvType.ACTIVITY: PROV + "Activity",
    ProvType.AGENT: PROV + "Agent",
}


@dataclass(frozen=True, slots=True)
class RelationTerm:
    """What a property or a class of PROV-O says of a relation.

    Attributes:
        type: of the statement.
        subtype: the URI of a ``prov:type`` that the term gives it, as prov:Revision; None for none.
    """

    type: ProvType
    subtype: str | None = None


_DERIVATIONS = {"Revision": "Revision", "Quotation": "Quotation", "PrimarySource": "PrimarySource"}
_RELATION_CLASSES = {
    "Usage": ProvType.USAGE,
    "Generation": ProvType.GENERATION,
    "Invalidation": ProvType.INVALIDATION,
    "Start": ProvType.START,
    "End": ProvType.END,
    "Communication": ProvType.COMMUNICATION,
    "Derivation": ProvType.DERIVATION,
    "Association": ProvType.ASSOCIATION,
    "Attribution": ProvType.ATTRIBUTION,
    "Delegation": ProvType.DELEGATION,
    "Influence": ProvType.INFLUENCE,
}
_RELATION_TERMS = {
    **{name: RelationTerm(kind) for name, kind in _RELATION_CLASSES.items()},
    **{name: RelationTerm(ProvType.DERIVATION, PROV + name) for name in _DERIVATIONS},
}
#: Class of a qualified relation → what it says.
RELATION_CLASSES: dict[str, RelationTerm] = {
    **{PROV + name: term for name, term in _RELATION_TERMS.items()},
    **{
        f"{PROV}{name}Influence": RelationTerm(ProvType.INFLUENCE)
        for name in ("Entity", "Activity", "Agent")
    },
}
#: Classes of which a qualified relation is anyway, by what PROV-O says of its own class.
IMPLIED_CLASSES = {
    PROV + name
    for name in (
        *_RELATION_CLASSES,
        "EntityInfluence",
        "ActivityInfluence",
        "AgentInfluence",
        "InstantaneousEvent",
    )
}
#: Property that leads to a qualified relation, ``prov:qualifiedUsage`` → what it says.
QUALIFYING: dict[str, RelationTerm] = {
    f"{PROV}qualified{name}": term for name, term in _RELATION_TERMS.items()
}
#: Property that states a relation by itself, ``prov:used`` → what it says.
PROPERTIES: dict[str, RelationTerm] = {
    **{PROV + kind.value: RelationTerm(kind) for kind in ProvType if len(SLOTS[kind]) > 1},
    PROV + "wasRevisionOf": RelationTerm(ProvType.DERIVATION, PROV + "Revision"),
    PROV + "wasQuotedFrom": RelationTerm(ProvType.DERIVATION, PROV + "Quotation"),
    PROV + "hadPrimarySource": RelationTerm(ProvType.DERIVATION, PROV + "PrimarySource"),
}
del PROPERTIES[PROV + ProvType.ACTIVITY.value]  # its slots are times
#: Property with the inverse name → the property that the statements use (appendix B).
INVERSES: dict[str, str] = {
    PROV + inverse: PROV + name
    for name, inverse in {
        "actedOnBehalfOf": "hadDelegate",
        "activity": "activityOfInfluence",
        "agent": "agentOfInfluence",
        "atLocation": "locationOf",
        "entity": "entityOfInfluence",
        "hadActivity": "wasActivityOfInfluence",
        "hadGeneration": "generatedAsDerivation",
        "hadMember": "wasMemberOf",
        "hadPlan": "wasPlanOf",
        "hadPrimarySource": "wasPrimarySourceOf",
        "hadRole": "wasRoleIn",
        "hadUsage": "wasUsedInDerivation",
        "influencer": "hadInfluence",
        "qualifiedAssociation": "qualifiedAssociationOf",
        "qualifiedAttribution": "qualifiedAttributionOf",
        "qualifiedCommunication": "qualifiedCommunicationOf",
        "qualifiedDelegation": "qualifiedDelegationOf",
        "qualifiedDerivation": "qualifiedDerivationOf",
        "qualifiedEnd": "qualifiedEndOf",
        "qualifiedGeneration": "qualifiedGenerationOf",
        "qualifiedInfluence": "qualifiedInfluenceOf",
        "qualifiedInvalidation": "qualifiedInvalidationOf",
        "qualifiedPrimarySource": "qualifiedSourceOf",
        "qualifiedQuotation": "qualifiedQuotationOf",
        "qualifiedRevision": "revisedEntity",
        "qualifiedStart": "qualifiedStartOf",
        "qualifiedUsage": "qualifiedUsingActivity",
        "specializationOf": "generalizationOf",
        "used": "wasUsedBy",
        "wasAssociatedWith": "wasAssociateFor",
        "wasAttributedTo": "contributed",
        "wasDerivedFrom": "hadDerivation",
        "wasEndedBy": "ended",
        "wasGeneratedBy": "generated",
        "wasInfluencedBy": "influenced",
        "wasInformedBy": "informed",
        "wasInvalidatedBy": "invalidated",
        "wasQuotedFrom": "quotedAs",
        "wasRevisionOf": "hadRevision",
        "wasStartedBy": "started",
    }.items()
}
IN_BUNDLE = PROV + "asInBundle"
STARTED, ENDED = PROV + "startedAtTime", PROV + "endedAtTime"
#: Property that states the time of an event → the event.
EVENT_TIMES = {
    PROV + "generatedAtTime": ProvType.GENERATION,
    PROV + "invalidatedAtTime": ProvType.INVALIDATION,
}
#: Properties of a derivation that name a generation or a usage.
EVENTS = (PROV + "hadGeneration", PROV + "hadUsage")
#: What PROV-O calls an attribute → what the statements call it.
ATTRIBUTES = {
    LABEL: PROV + "label",
    PROV + "atLocation": PROV + "location",
    PROV + "hadRole": PROV + "role",
}
#: What of a qualified relation, in PROV-O → the number of the slot that it fills, by type.
_SLOT_PROPERTIES: dict[ProvType, dict[str, int]] = {
    ProvType.USAGE: {"entity": 1, "atTime": 2},
    ProvType.GENERATION: {"activity": 1, "atTime": 2},
    ProvType.INVALIDATION: {"activity": 1, "atTime": 2},
    # Some tools write the starter as prov:activity, and the time as that of the activity.
    ProvType.START: {"entity": 1, "hadActivity": 2, "activity": 2, "atTime": 3, "startedAtTime": 3},
    ProvType.END: {"entity": 1, "hadActivity": 2, "activity": 2, "atTime": 3, "endedAtTime": 3},
    ProvType.COMMUNICATION: {"activity": 1},
    ProvType.DERIVATION: {"entity": 1, "hadActivity": 2, "hadGeneration": 3, "hadUsage": 4},
    ProvType.ASSOCIATION: {"agent": 1, "hadPlan": 2},
    ProvType.ATTRIBUTION: {"agent": 1},
    ProvType.DELEGATION: {"agent": 1, "hadActivity": 2},
    ProvType.INFLUENCE: {"entity": 1, "activity": 1, "agent": 1},
}
SLOT_PROPERTIES: dict[ProvType, dict[str, int]] = {
    kind: {PROV + name: number for name, number in {**slots, "influencer": 1}.items()}
    for kind, slots in _SLOT_PROPERTIES.items()
}
#: The properties that only say something of a qualified relation.
OF_RELATIONS = frozenset(name for slots in SLOT_PROPERTIES.values() for name in slots) - {
    STARTED,
    ENDED,
}

_RECORDS = {
    Slot.ENTITY: ProvType.ENTITY,
    Slot.ACTIVITY: ProvType.ACTIVITY,
    Slot.AGENT: ProvType.AGENT,
}


def _kind(kind: ProvType, number: int) -> ProvType | None:
    return _RECORDS.get(SLOTS[kind][number])


#: Property → what its subject is (rdfs:domain, as far as it is an element).
DOMAINS: dict[str, ProvType | None] = {
    **{name: _kind(term.type, 0) for name, term in {**PROPERTIES, **QUALIFYING}.items()},
    **dict.fromkeys((STARTED, ENDED), ProvType.ACTIVITY),
    **dict.fromkeys((*EVENT_TIMES, PROV + "value", IN_BUNDLE), ProvType.ENTITY),
}
#: Property → what its object is (rdfs:range, as far as it is an element).
RANGES: dict[str, ProvType | None] = {
    **{name: _kind(term.type, 1) for name, term in PROPERTIES.items()},
    **dict.fromkeys((PROV + "activity", PROV + "hadActivity"), ProvType.ACTIVITY),
    **dict.fromkeys((PROV + "entity", PROV + "hadPlan", IN_BUNDLE), ProvType.ENTITY),
    PROV + "agent": ProvType.AGENT,
}


def readable(uri: str) -> str:
    """Shorten a term of PROV for a message.

    Args:
        uri: of any property or class.

    Returns:
        ``prov:used``, or the URI as it is.
    """
    return f"prov:{uri.removeprefix(PROV)}" if uri.startswith(PROV) else uri
