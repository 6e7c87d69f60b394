"""The words of W3C PROV and of the IVOA Provenance Data Model 1.0 that provgraph speaks.

Here is one table of the kinds of records and one of the relations. Stores, walks, loaders, writers
and the query API read them from here. Relations are drawn as in PROV, from effect to cause
(docs/contract.md, Vocabulary).
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a record is."""

    ENTITY = "entity"
    ACTIVITY = "activity"
    AGENT = "agent"
    COLLECTION = "collection"
    PARAMETER = "parameter"
    CONFIG_FILE = "configFile"
    ACTIVITY_DESCRIPTION = "activityDescription"
    ENTITY_DESCRIPTION = "entityDescription"
    USAGE_DESCRIPTION = "usageDescription"
    GENERATION_DESCRIPTION = "generationDescription"
    PARAMETER_DESCRIPTION = "parameterDescription"
    CONFIG_FILE_DESCRIPTION = "configFileDescription"
    LOAD = "load"


class EntityType(StrEnum):
    """The finer kinds of entity, by their Neo4j labels.

    Source: IVOA Provenance DM 1.0, section 2.3; PROV-DM, section 5.6.
    """

    DATASET = "DatasetEntity"
    VALUE = "ValueEntity"
    COLLECTION = "Collection"
    BUNDLE = "Bundle"
    PLAN = "Plan"


class AgentType(StrEnum):
    """The finer kinds of agent, by their Neo4j labels (PROV-DM 5.3.1)."""

    PERSON = "Person"
    ORGANIZATION = "Organization"
    SOFTWARE = "SoftwareAgent"


class DescriptionType(StrEnum):
    """What a description describes, by its Neo4j label (IVOA Provenance DM 1.0, section 2.4)."""

    ACTIVITY = "ActivityDescription"
    ENTITY = "EntityDescription"
    DATASET = "DatasetDescription"
    VALUE = "ValueDescription"
    USAGE = "UsageDescription"
    GENERATION = "GenerationDescription"
    PARAMETER = "ParameterDescription"
    CONFIG_FILE = "ConfigFileDescription"

    @property
    def kind(self) -> Kind:
        """The kind of record: a description of a dataset or a value is one of an entity."""
        finer = self in (DescriptionType.DATASET, DescriptionType.VALUE)
        return _KIND_LABELLED[(DescriptionType.ENTITY if finer else self).value]

    @classmethod
    def of(cls, kind: Kind) -> "DescriptionType":
        """Find the type of a description of which no more than its kind is known.

        Args:
            kind: a kind of description.

        Returns:
            The type that is called like the kind.
        """
        return cls(NODE_LABEL[kind])


class Status(StrEnum):
    """How a run ended, the gravest status first (docs/contract.md, Vocabulary).

    Where sources state several, the gravest is shown.
    """

    ERROR = "error"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"
    RUNNING = "running"
    UNKNOWN = "unknown"


#: How failed runs ended.
FAILED = frozenset({Status.ERROR, Status.INTERRUPTED})

#: The data level of raw data.
RAW_LEVEL = "DL0"

#: Kind of record → the label of its nodes in Neo4j.
NODE_LABEL = {
    Kind.ENTITY: "Entity",
    Kind.ACTIVITY: "Activity",
    Kind.AGENT: "Agent",
    Kind.COLLECTION: "Collection",
    Kind.PARAMETER: "Parameter",
    Kind.CONFIG_FILE: "ConfigFile",
    Kind.LOAD: "Load",
    Kind.ACTIVITY_DESCRIPTION: "ActivityDescription",
    Kind.ENTITY_DESCRIPTION: "EntityDescription",
    Kind.USAGE_DESCRIPTION: "UsageDescription",
    Kind.GENERATION_DESCRIPTION: "GenerationDescription",
    Kind.PARAMETER_DESCRIPTION: "ParameterDescription",
    Kind.CONFIG_FILE_DESCRIPTION: "ConfigFileDescription",
}
_KIND_LABELLED = {label: kind for kind, label in NODE_LABEL.items()}
#: The kinds of descriptions. A description says what all runs of a kind of job have in common.
DESCRIPTIONS = frozenset(each.kind for each in DescriptionType)
#: Kind of description → the types of its descriptions.
DESCRIPTION_TYPES = {
    kind: tuple(each for each in DescriptionType if each.kind is kind) for kind in DESCRIPTIONS
}


class RelationType(StrEnum):
    """The relations, by their camelCase names."""

    USED = "used"
    WAS_GENERATED_BY = "wasGeneratedBy"
    WAS_INFORMED_BY = "wasInformedBy"
    WAS_DERIVED_FROM = "wasDerivedFrom"
    WAS_ASSOCIATED_WITH = "wasAssociatedWith"
    WAS_ATTRIBUTED_TO = "wasAttributedTo"
    ACTED_ON_BEHALF_OF = "actedOnBehalfOf"
    WAS_STARTED_BY = "wasStartedBy"
    WAS_ENDED_BY = "wasEndedBy"
    WAS_INVALIDATED_BY = "wasInvalidatedBy"
    WAS_INFLUENCED_BY = "wasInfluencedBy"
    HAD_MEMBER = "hadMember"
    SPECIALIZATION_OF = "specializationOf"
    ALTERNATE_OF = "alternateOf"
    MENTION_OF = "mentionOf"
    WAS_CONFIGURED_BY = "wasConfiguredBy"
    IS_DESCRIBED_BY = "isDescribedBy"


#: The kinds of records that PROV calls elements.
ANYTHING = frozenset({Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT})
#: The kinds of records that say how a run was set up.
CONFIGURATION = frozenset({Kind.COLLECTION, Kind.PARAMETER, Kind.CONFIG_FILE})
_ENTITY, _ACTIVITY, _AGENT = (
    frozenset({kind}) for kind in (Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT)
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One row of the table of relations.

    Attributes:
        type: its name.
        effects: the kinds that may stand at its source, the later end.
        causes: the kinds that may stand at its target, the earlier end.
        leads_to_origin: whether a lineage walk follows it (docs/contract.md, Commands).
        names_agent: whether its cause is the agent who answers for its effect. An answer lists
            such an agent, and the walk does not go on from there.
        has_role: whether the same pair may stand in several roles.
    """

    type: RelationType
    effects: frozenset[Kind]
    causes: frozenset[Kind]
    leads_to_origin: bool = False
    names_agent: bool = False
    has_role: bool = False

    @property
    def neo4j_type(self) -> str:
        """The relationship type in Neo4j, such as ``WAS_GENERATED_BY``."""
        return self.type.name


RELATIONS: dict[RelationType, Relation] = {
    row.type: row
    for row in (
        Relation(RelationType.USED, _ACTIVITY, _ENTITY, leads_to_origin=True, has_role=True),
        Relation(
            RelationType.WAS_GENERATED_BY, _ENTITY, _ACTIVITY, leads_to_origin=True, has_role=True
        ),
        Relation(RelationType.WAS_INFORMED_BY, _ACTIVITY, _ACTIVITY, leads_to_origin=True),
        Relation(RelationType.WAS_DERIVED_FROM, _ENTITY, _ENTITY, leads_to_origin=True),
        Relation(
            RelationType.WAS_ASSOCIATED_WITH, _ACTIVITY, _AGENT, names_agent=True, has_role=True
        ),
        Relation(RelationType.WAS_ATTRIBUTED_TO, _ENTITY, _AGENT, names_agent=True, has_role=True),
        Relation(RelationType.ACTED_ON_BEHALF_OF, _AGENT, _AGENT),
        Relation(RelationType.WAS_STARTED_BY, _ACTIVITY, _ENTITY | _ACTIVITY, leads_to_origin=True),
        Relation(RelationType.WAS_ENDED_BY, _ACTIVITY, _ENTITY | _ACTIVITY),
        Relation(RelationType.WAS_INVALIDATED_BY, _ENTITY, _ACTIVITY),
        Relation(RelationType.WAS_INFLUENCED_BY, ANYTHING, ANYTHING, leads_to_origin=True),
        Relation(RelationType.HAD_MEMBER, _ENTITY, _ENTITY, leads_to_origin=True),
        Relation(RelationType.SPECIALIZATION_OF, _ENTITY, _ENTITY, leads_to_origin=True),
        Relation(RelationType.ALTERNATE_OF, _ENTITY, _ENTITY),
        Relation(RelationType.MENTION_OF, _ENTITY, _ENTITY),
        Relation(RelationType.WAS_CONFIGURED_BY, _ACTIVITY, CONFIGURATION, has_role=True),
        Relation(RelationType.IS_DESCRIBED_BY, ANYTHING, DESCRIPTIONS),
    )
}

#: What a walk follows unless told otherwise (docs/contract.md, Commands).
ORIGIN_RELATIONS = tuple(row.type for row in RELATIONS.values() if row.leads_to_origin)
#: The relations by which a walk finds the agents of the records that it reached.
AGENT_RELATIONS = tuple(row.type for row in RELATIONS.values() if row.names_agent)
#: The relations that can lead from one record of a lineage to another. The causes of the others are
#: no elements of PROV: configuration and descriptions.
LEADING = frozenset(type for type, row in RELATIONS.items() if not row.causes.isdisjoint(ANYTHING))
