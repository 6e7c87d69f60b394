"""The GraphQL types: how the records of `provgraph.model` are shown.

A field without a resolver is an attribute of the record itself, so nothing is copied on the way to
an answer.
"""

from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLResolveInfo

from provgraph.graphql import describing, entry_points, finding, recalling, resolvers
from provgraph.graphql.comparison import LineageDiffObject
from provgraph.graphql.configuration import Package, Parameter
from provgraph.graphql.connections import ConnectionObject, LoadObject
from provgraph.graphql.declaring import JSON, DateTime, attribute, resolved
from provgraph.graphql.describing import ActivityDescriptionObject
from provgraph.graphql.enums import Direction, RelationType
from provgraph.graphql.moments import as_of_field, moment_field
from provgraph.graphql.remaking import RerunObject
from provgraph.graphql.trust import SummaryObject
from provgraph.model.fields import RECORD_FIELDS, RELATION_FIELDS
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind

Resolving: TypeAlias = GraphQLResolveInfo[Any]


#: Name → meaning of the fields that all faces share.
_OF_RECORDS = {field.name: field.meaning for field in RECORD_FIELDS}
_OF_RELATIONS = {field.name: field.meaning for field in RELATION_FIELDS}


def _of_record(name: str) -> Any:
    """A field of records that all faces share."""
    return attribute(_OF_RECORDS[name], name)


def _of_relation(name: str) -> Any:
    """A field of relations that all faces share."""
    return attribute(_OF_RELATIONS[name], name)


_TYPE_NAMES = {Kind.ENTITY: "Entity", Kind.ACTIVITY: "Activity", Kind.AGENT: "Agent"}


@strawberry.type(name="Invalidation", description="What somebody says of an invalid record.")
class InvalidationObject:
    """The GraphQL type ``Invalidation``."""

    time: DateTime = attribute("Since when it is invalid.")
    reason: str | None = attribute("Why; several reasons are separated by semicolons.")
    by: str | None = attribute("Who says so; several names are separated by semicolons.")


@strawberry.interface(name="Node", description="A record: an entity, an activity or an agent.")
class RecordInterface:
    """The GraphQL interface ``Node``: what every record has."""

    id: strawberry.ID = _of_record("id")
    name: str | None = _of_record("name")
    kind: str = _of_record("kind")
    distance: int = _of_record("distance")
    invalidation: InvalidationObject | None = _of_record("invalidation")
    tainted: list[strawberry.ID] = resolved(resolvers.tainted, _OF_RECORDS["tainted"])
    more: bool = _of_record("more")
    masked: bool = _of_record("masked")
    attributes: JSON = resolved(resolvers.attributes, _OF_RECORDS["attributes"])

    @classmethod
    def resolve_type(cls, value: Node, _info: Resolving, _type: Any) -> str:
        """Name the GraphQL type of a record.

        Args:
            value: the record.
            _info: the request; not needed.
            _type: the interface; not needed.

        Returns:
            ``Entity``, ``Activity`` or ``Agent``.
        """
        return _TYPE_NAMES[value.kind]


@strawberry.type(
    name="Agent",
    description="Who answers for a run or a file: a person, an organization or a piece of "
    "software.",
)
class AgentObject(RecordInterface):
    """The GraphQL type ``Agent``."""

    type: str | None = attribute("Person, Organization or SoftwareAgent.")

    @classmethod
    def is_type_of(cls, value: object, _info: Resolving) -> bool:
        """Tell whether a record is an agent.

        Args:
            value: the record.
            _info: the request; not needed.

        Returns:
            True for an agent.
        """
        return isinstance(value, Node) and value.kind is Kind.AGENT


@strawberry.type(description="That an activity made an entity.")
class Generation:
    """The relation wasGeneratedBy, with both ends."""

    effect: "EntityObject" = attribute("What was made.", "entity")
    cause: "ActivityObject" = attribute("The run that made it.", "activity")
    role: str | None = attribute("The part that the entity played.")
    time: DateTime | None = attribute("When it was made, where a source says so.")
    location: str | None = attribute("The path by which the run named it.")
    inferred: bool = attribute("Whether it follows from another relation, and no source states it.")


@strawberry.type(description="That an activity read an entity.")
class Usage:
    """The relation used, with both ends."""

    effect: "ActivityObject" = attribute("The run that read it.", "activity")
    cause: "EntityObject" = attribute("What was read.", "entity")
    role: str | None = attribute("The part that the entity played.")
    time: DateTime | None = attribute("When it was read, where a source says so.")
    location: str | None = attribute("The path by which the run named it.")
    inferred: bool = attribute("Whether it follows from another relation, and no source states it.")


@strawberry.type(description="That an agent answers for an activity.")
class Association:
    """The relation wasAssociatedWith, with both ends."""

    effect: "ActivityObject" = attribute("The run.", "activity")
    cause: AgentObject = attribute("Who answers for it.", "agent")
    role: str | None = attribute("In which role.")


@strawberry.type(description="That an agent answers for an entity.")
class Attribution:
    """The relation wasAttributedTo, with both ends."""

    effect: "EntityObject" = attribute("What the agent answers for.", "entity")
    cause: AgentObject = attribute("Who answers for it.", "agent")
    role: str | None = attribute("In which role.")


@strawberry.type(name="Entity", description="A file, data set, value, collection, bundle or plan.")
class EntityObject(RecordInterface):
    """The GraphQL type ``Entity``."""

    type: str | None = attribute("DatasetEntity, ValueEntity, Collection, Bundle or Plan.")
    location: str | None = _of_record("location")
    locations: list[str] = _of_record("locations")
    identifiers: list[str] = _of_record("identifiers")
    generated_at: DateTime | None = _of_record("generatedAtTime")
    invalidated_at: DateTime | None = _of_record("invalidatedAtTime")
    data_level: str | None = _of_record("dataLevel")
    generated_by: list[Generation] = resolved(resolvers.generated_by, "The runs that made it.")
    used_by: list[Usage] = resolved(resolvers.used_by, "The runs that read it.")
    attributed_to: list[Attribution] = resolved(resolvers.attributed_to, "Who answers for it.")
    ancestors: "LineageObject" = resolved(resolvers.ancestors, "Everything that led to it.")
    descendants: "LineageObject" = resolved(
        resolvers.descendants, "Everything that was made from it."
    )

    @classmethod
    def is_type_of(cls, value: object, _info: Resolving) -> bool:
        """Tell whether a record is an entity.

        Args:
            value: the record.
            _info: the request; not needed.

        Returns:
            True for an entity.
        """
        return isinstance(value, Node) and value.kind is Kind.ENTITY


@strawberry.type(name="Activity", description="One run of one tool or job.")
class ActivityObject(RecordInterface):
    """The GraphQL type ``Activity``."""

    version: str | None = _of_record("version")
    status: str | None = _of_record("status")
    start_time: DateTime | None = _of_record("startTime")
    end_time: DateTime | None = _of_record("endTime")
    duration: float | None = _of_record("duration")
    host: str | None = _of_record("host")
    used: list[Usage] = resolved(resolvers.used, "What it read.")
    generated: list[Generation] = resolved(resolvers.generated, "What it made.")
    agents: list[Association] = resolved(resolvers.associations, "Who answers for it.")
    parameters: list[Parameter] = resolved(resolvers.parameters, "How it was set up.")
    packages: list[Package] = resolved(resolvers.packages, "The software it could use.")
    description: ActivityDescriptionObject | None = resolved(
        describing.tool_of, "What its tool is; null of a tool that nobody described."
    )
    config_files: list[str] = resolved(
        resolvers.config_files, "Where its configuration files stood."
    )

    @classmethod
    def is_type_of(cls, value: object, _info: Resolving) -> bool:
        """Tell whether a record is an activity.

        Args:
            value: the record.
            _info: the request; not needed.

        Returns:
            True for an activity.
        """
        return isinstance(value, Node) and value.kind is Kind.ACTIVITY


@strawberry.type(description="A walked relation, from effect to cause.")
class LineageEdge:
    """One relation of a lineage."""

    relation: RelationType = _of_relation("relation")
    source: strawberry.ID = _of_relation("source")
    target: strawberry.ID = _of_relation("target")
    role: str | None = _of_relation("role")
    time: DateTime | None = _of_relation("time")
    location: str | None = _of_relation("location")
    inferred: bool = _of_relation("inferred")


@strawberry.type(name="ProofStep", description="One record on the way from a cause to a product.")
class ProofStepObject:
    """The GraphQL type ``ProofStep``."""

    node: RecordInterface = attribute("The record.")
    relation: RelationType | None = attribute(
        "In which it stands to the record before it; null of the first."
    )


@strawberry.type(name="ReachedProduct", description="A file that was made from the root.")
class ReachedProductObject:
    """The GraphQL type ``ReachedProduct``."""

    product: EntityObject = attribute("The file.")
    proof: list[ProofStepObject] = attribute(
        "A shortest chain from the root to the file, both among them."
    )


@strawberry.type(name="Lineage", description="The answer to a lineage question.")
class LineageObject:
    """The GraphQL type ``Lineage``."""

    root: RecordInterface = attribute("The record that was asked about.")
    direction: Direction = attribute("Which way the lineage goes.")
    depth: int | None = attribute("How many relations far it was asked for; null for no end.")
    truncated: bool = attribute("Whether a limit cut the answer.")
    nodes: list[RecordInterface] = attribute(
        "Each record reached once, by distance from the root, which is the first, then by id."
    )
    edges: list[LineageEdge] = resolved(
        resolvers.edges, "The relations walked, and those to agents."
    )
    activities: list[ActivityObject] = resolved(resolvers.activities, "The runs among the nodes.")
    entities: list[EntityObject] = resolved(resolvers.entities, "The entities among the nodes.")
    agents: list[AgentObject] = resolved(resolvers.agents, "The agents of the records reached.")
    summary: SummaryObject = resolved(
        resolvers.summary, "How far it reaches, and what speaks against trusting it."
    )
    products: list[ReachedProductObject] = resolved(
        resolvers.products,
        "The files that were made from the root, the highest data level first.",
    )


@strawberry.type(name="CommonAncestor", description="A record that led to each of several others.")
class CommonAncestorObject:
    """The GraphQL type ``CommonAncestor``."""

    node: RecordInterface = attribute("The record.")
    distances: list[int] = attribute("How many relations it is from each of them, in their order.")
    is_nearest: bool = attribute("Whether no other common ancestor was made from it.")


@strawberry.type(name="CommonAncestors", description="What several records have in common.")
class CommonAncestorsObject:
    """The GraphQL type ``CommonAncestors``."""

    records: list[RecordInterface] = attribute("The records.")
    found: list[CommonAncestorObject] = attribute("The nearest first, then by distance and id.")
    total: int = attribute("How many there are, with those beyond the limit.")


@strawberry.type(description="How many relations of a type there are.")
class RelationCount:
    """One line of the statistics."""

    relation: RelationType = attribute("The type.")
    count: int = attribute("How many.")


@strawberry.type(description="How many records and relations the store holds.")
class Stats:
    """The statistics."""

    activities: int = resolved(entry_points.record_count, "Runs.")
    entities: int = resolved(
        entry_points.record_count, "Files, data sets, values and other entities."
    )
    agents: int = resolved(entry_points.record_count, "Agents.")
    descriptions: int = resolved(entry_points.record_count, "Descriptions (IVOA).")
    settings: int = resolved(
        entry_points.record_count, "Configurations and software environments, each stored once."
    )
    loads: int = resolved(entry_points.record_count, "Sources read.")
    relations: list[RelationCount] = resolved(
        entry_points.relation_counts, "Relations by type; types that do not occur are left out."
    )


@strawberry.type(
    description="Questions about provenance. A name that leads nowhere gives null and an error "
    "that says so."
)
class Query:
    """The questions that can be asked."""

    what_produced: LineageObject | None = moment_field(
        entry_points.what_produced, "Everything that led to a file."
    )
    impact: LineageObject | None = moment_field(
        entry_points.impact, "Everything that was made from a file."
    )
    impact_of_tool: LineageObject | None = as_of_field(
        recalling.impact_of_tool, "Everything that was made by the runs of a tool version."
    )
    impact_of_uses: LineageObject | None = as_of_field(
        recalling.impact_of_uses, "Everything made by the runs that read a path in some time."
    )
    lineage: LineageObject | None = moment_field(
        entry_points.lineage, "Everything that led to a record, was made from it, or both."
    )
    path: LineageObject | None = moment_field(
        entry_points.path,
        "A shortest chain between two records, whichever is the effect; it begins at the source.",
    )
    common_ancestors: CommonAncestorsObject | None = moment_field(
        entry_points.common_ancestors, "What led to each of several records, the nearest first."
    )
    diff: LineageDiffObject | None = moment_field(
        entry_points.diff, "What differs between what led to two files or runs."
    )
    rerun: RerunObject | None = moment_field(
        entry_points.rerun, "The commands, configuration and inputs that make a file again."
    )
    versions: list[EntityObject] = moment_field(
        entry_points.versions, "All files that stood at a path, in the order in which they came."
    )
    search: ConnectionObject[RecordInterface] = as_of_field(
        finding.search, "Files, runs and agents by words, the newest first."
    )
    entities: ConnectionObject[EntityObject] = as_of_field(
        finding.entities, "Entities, the newest first."
    )
    activities: ConnectionObject[ActivityObject] = as_of_field(
        finding.activities, "Runs, the newest first."
    )
    agents: ConnectionObject[AgentObject] = as_of_field(finding.agents, "Agents.")
    tainted: ConnectionObject[EntityObject] = as_of_field(
        recalling.tainted,
        "Delivered products that were made from invalid records, the newest first.",
    )
    loads: ConnectionObject[LoadObject] = as_of_field(
        finding.loads, "What was loaded, the newest first."
    )
    node: RecordInterface | None = resolved(entry_points.node, "The record with an id.")
    entity: EntityObject | None = moment_field(entry_points.entity, "One entity.")
    activity: ActivityObject | None = moment_field(entry_points.activity, "One run.")
    agent: AgentObject | None = moment_field(entry_points.agent, "One agent.")
    stats: Stats = as_of_field(entry_points.stats, "What the store holds.")
