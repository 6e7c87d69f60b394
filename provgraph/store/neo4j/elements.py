"""Records as what they are in Neo4j: nodes, and the relationships between them.

Only copies are made of these, since nothing of them is in the database yet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from provgraph.model.records import Agent, Description, Settings, StatedEntity
from provgraph.model.vocabulary import NODE_LABEL, RELATIONS, Kind
from provgraph.store.copying import StorePart
from provgraph.store.neo4j import bookkeeping, configuration, records, relations
from provgraph.store.neo4j.records import NODE_TIMES
from provgraph.store.neo4j.schema import BOOKKEEPING
from provgraph.store.neo4j.values import Properties, indexed
from provgraph.store.records import EntityRecord, StoredMention, StoredRelation

_ACTIVITY, _ENTITY, _AGENT, _COLLECTION, _PARAMETER, _CONFIG_FILE, _LOAD = (
    NODE_LABEL[kind]
    for kind in (
        Kind.ACTIVITY,
        Kind.ENTITY,
        Kind.AGENT,
        Kind.COLLECTION,
        Kind.PARAMETER,
        Kind.CONFIG_FILE,
        Kind.LOAD,
    )
)
#: The labels of nodes that several records share: one of the same id may be there already.
SHARED = frozenset({_PARAMETER, _CONFIG_FILE})
#: Label → the properties of its nodes that are times, and are written as text.
TIMES = {NODE_LABEL[kind]: times for kind, times in NODE_TIMES.items()}
#: The parts that a Neo4j database takes, which has what is stated of entities at their nodes.
NEO4J_PARTS = (
    StorePart.RUNS,
    StorePart.AGENTS,
    StorePart.DESCRIPTIONS,
    StorePart.NAMED_ENTITIES,
    StorePart.SETTINGS,
    StorePart.MENTIONS,
    StorePart.SETTINGS_OF,
    StorePart.CONFIG_FILES_OF,
    StorePart.RELATIONS,
    StorePart.LOADS,
    StorePart.ASSERTIONS,
)


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node.

    Attributes:
        labels: the first one is that in which its id is unique.
        properties: the id among them, as an index holds it; assertions have none.
    """

    labels: tuple[str, ...]
    properties: Properties


@dataclass(frozen=True, slots=True)
class GraphRelationship:
    """A relationship.

    Attributes:
        type: in Neo4j's words: ``WAS_GENERATED_BY``.
        source: label and id of the node where it begins.
        target: label and id of the node where it ends.
        properties: None are None.
    """

    type: str
    source: tuple[str, str]
    target: tuple[str, str]
    properties: Properties = field(default_factory=dict)


Element = GraphNode | GraphRelationship


def elements(part: StorePart, found: Sequence[Any]) -> Iterator[Element]:
    """What some records are in Neo4j.

    Args:
        part: which they are of, one of `NEO4J_PARTS`.
        found: the records.

    Yields:
        Nodes and relationships; the ends of a relationship are nodes of this part or of an earlier
        one.
    """
    make = _MAKERS[part]
    for record in found:
        yield from make(record)


def _node(labels: Sequence[str], make: Callable[[Any], Properties]) -> Any:
    return lambda record: (GraphNode(tuple(labels), make(record)),)


def _agent(agent: Agent) -> Iterable[Element]:
    finer = [agent.type.value] if agent.type else []
    yield GraphNode((_AGENT, *finer), records.agent_properties(agent))


def _description(description: Description) -> Iterable[Element]:
    # The description of a dataset is one of an entity, too.
    labels = dict.fromkeys((NODE_LABEL[description.type.kind], description.type.value))
    yield GraphNode(tuple(labels), records.description_properties(description))


def _entity(record: tuple[EntityRecord, tuple[StatedEntity, ...]]) -> Iterable[Element]:
    entity, stated = record
    yield GraphNode((_ENTITY, entity.type.value), records.entity_properties(entity, stated))


def _settings(settings: Settings) -> Iterable[Element]:
    properties = configuration.settings_properties(settings)
    yield GraphNode((_COLLECTION,), properties)
    members = {each["id"]: each for each in configuration.parameters_of(settings)}
    for key, parameter in members.items():
        yield GraphNode((_PARAMETER,), parameter)
        yield GraphRelationship("HAD_MEMBER", (_COLLECTION, properties["id"]), (_PARAMETER, key))


def _mention(stored: StoredMention) -> Iterable[Element]:
    mention = stored.mention
    run, entity = (_ACTIVITY, indexed(mention.run)), (_ENTITY, indexed(stored.entity))
    source, target = (entity, run) if mention.is_output else (run, entity)
    properties = relations.mention_properties(stored)
    yield GraphRelationship(mention.relation.name, source, target, properties)


def _settings_link(link: tuple[str, bytes]) -> Iterable[Element]:
    run, key = link
    yield GraphRelationship(
        "WAS_CONFIGURED_BY", (_ACTIVITY, indexed(run)), (_COLLECTION, key.hex())
    )


def _config_file_link(link: tuple[str, str]) -> Iterable[Element]:
    run, place = link
    file = configuration.config_file_properties(place)
    yield GraphNode((_CONFIG_FILE,), file)
    yield GraphRelationship(
        "WAS_CONFIGURED_BY", (_ACTIVITY, indexed(run)), (_CONFIG_FILE, file["id"])
    )


def _relation(stored: StoredRelation) -> Iterable[Element]:
    said = stored.relation
    yield GraphRelationship(
        RELATIONS[said.relation].neo4j_type,
        (NODE_LABEL[said.source.kind], indexed(stored.source)),
        (NODE_LABEL[said.target.kind], indexed(stored.target)),
        relations.relation_properties(said),
    )


_MAKERS: dict[StorePart, Callable[[Any], Iterable[Element]]] = {
    StorePart.RUNS: _node([_ACTIVITY], records.run_properties),
    StorePart.AGENTS: _agent,
    StorePart.DESCRIPTIONS: _description,
    StorePart.NAMED_ENTITIES: _entity,
    StorePart.SETTINGS: _settings,
    StorePart.MENTIONS: _mention,
    StorePart.SETTINGS_OF: _settings_link,
    StorePart.CONFIG_FILES_OF: _config_file_link,
    StorePart.RELATIONS: _relation,
    StorePart.LOADS: _node([_LOAD], bookkeeping.load_properties),
    StorePart.ASSERTIONS: _node([BOOKKEEPING], bookkeeping.assertion_properties),
}
