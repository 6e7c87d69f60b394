"""Assertions: what one load says of each subject, kept so that the load can be forgotten.

A run's assertion holds all that a document says of the run and of the files it names; what
documents say of other records stands under these.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provgraph.model.attributes import join_attributes, kept_json
from provgraph.model.records import (
    Agent,
    Description,
    Document,
    End,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
    key_of,
)
from provgraph.model.values import Attributes, canonical_json, flat_json
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.packing import MARK, packed, unpacked
from provgraph.store.protocol import Transaction
from provgraph.store.records import Assertion
from provgraph.store.typical import TYPICAL_ASSERTION


@dataclass(frozen=True, slots=True)
class AssertedFacts:
    """What one assertion says.

    The fields are those of a `Document`, but settings are known by their keys alone.

    Attributes:
        run: the run that it is about, with its facts; None when it is about something else.
        settings: keys of the run's settings.
    """

    run: Run | None = None
    mentions: tuple[Mention, ...] = ()
    settings: tuple[bytes, ...] = ()
    config_files: tuple[str, ...] = ()
    entities: tuple[StatedEntity, ...] = ()
    agents: tuple[Agent, ...] = ()
    descriptions: tuple[Description, ...] = ()
    relations: tuple[StatedRelation, ...] = ()


def make_assertions(load: str, first_part: int, documents: Iterable[Document]) -> list[Assertion]:
    """Make the assertions of a load from its documents.

    Args:
        load: the load's id.
        first_part: the number of the first assertion; the next ones count on from there.
        documents: in the order of the source.

    Returns:
        the assertions. What a load says twice in the same words is one assertion.
    """
    load_key = key_of(Kind.LOAD, load)
    ends: set[End] = set()
    asserted = (facts for document in documents for facts in _contents_by_subject(document, ends))
    return [
        Assertion(subject, load_key, part, packed(said))
        for part, (subject, said) in enumerate(dict.fromkeys(asserted), first_part)
    ]


def _said_by(assertion: Assertion) -> str:
    """What an assertion says; until assertions were packed, they were streams of zlib."""
    content = assertion.content
    if content[:1] in (MARK, b"{"):
        return unpacked(content)
    decompressor = zlib.decompressobj(zdict=TYPICAL_ASSERTION)
    return (decompressor.decompress(content) + decompressor.flush()).decode()


def unasserted_documents(
    transaction: Transaction, documents: Iterable[Document], loads: Collection[bytes]
) -> list[Document]:
    """Find the documents that say something which earlier loads have not asserted.

    Agents and descriptions are not looked at: every second load says the same of them.

    Args:
        transaction: where the assertions are looked up.
        documents: what is to be loaded.
        loads: the keys of the earlier loads.

    Returns:
        the documents that are new to these loads, in their order.
    """
    said = [(document, _distinctive_assertions(document)) for document in documents]
    subjects = {assertion.subject for _, assertions in said for assertion in assertions}
    known = _words_of(
        each for each in transaction.assertions_about(subjects, b"") if each.load in loads
    )
    return [
        document
        for document, assertions in said
        if not assertions or not _words_of(assertions) <= known
    ]


def _words_of(assertions: Iterable[Assertion]) -> set[tuple[bytes, str]]:
    """Give what assertions say of their subjects, however it was compressed."""
    return {(each.subject, _said_by(each)) for each in assertions}


def _distinctive_assertions(document: Document) -> list[Assertion]:
    """Make the assertions that tell a document from others: none of agents and descriptions."""
    ends = (end for relation in document.relations for end in (relation.source, relation.target))
    shared = {end.key for end in ends if end.kind is Kind.AGENT or end.kind in DESCRIPTIONS}
    shared |= {each.as_end.key for each in document.descriptions}
    shared |= {key_of(Kind.AGENT, agent.id) for agent in document.agents}
    return [
        assertion
        for assertion in make_assertions("", 0, [document])
        if assertion.subject not in shared
    ]


def read_assertion(assertion: Assertion) -> AssertedFacts:
    """Read what an assertion says.

    Args:
        assertion: as `make_assertions` made it.

    Returns:
        the records in it.
    """
    said: dict[str, Any] = json.loads(_said_by(assertion))
    run = said.get("run")
    return AssertedFacts(
        run=Run(run[0], _attributes(run[1])) if run else None,
        mentions=tuple(_mention(run[0], each) for each in said.get("mentions", ())) if run else (),
        settings=tuple(map(bytes.fromhex, said.get("settings", ()))),
        config_files=tuple(said.get("config_files", ())),
        entities=tuple(map(_entity, said.get("entities", ()))),
        agents=tuple(map(_agent, said.get("agents", ()))),
        descriptions=tuple(map(_description, said.get("descriptions", ()))),
        relations=tuple(map(_relation, said.get("relations", ()))),
    )


def subject_of_entity(identifier: str) -> bytes:
    """Give the subject of assertions about an entity, those within a run's assertion left out.

    Args:
        identifier: by which the entity is stated.

    Returns:
        the key that such assertions bear as their subject.
    """
    return key_of(Kind.ENTITY, identifier)


def _contents_by_subject(document: Document, ends: set[End]) -> Iterator[tuple[bytes, str]]:
    """Sort what a document says by the subjects that it speaks of.

    Args:
        document: of the load.
        ends: the ends of earlier relations, of which it is said already that they exist.

    Yields:
        a subject, and what is said of it, as canonical JSON.
    """
    mentioned: set[str | None] = set()
    if document.run is not None:
        mentioned = {mention.identifier for mention in document.mentions}
        named = [entity for entity in document.entities if entity.identifier in mentioned]
        yield key_of(Kind.ACTIVITY, document.run.id), _of_run(document, named)
    for entity in document.entities:
        if entity.identifier not in mentioned:
            yield subject_of_entity(entity.identifier), f'{{"entities":[{_entity_json(entity)}]}}'
    for agent in document.agents:
        yield key_of(Kind.AGENT, agent.id), canonical_json({"agents": [_agent_fields(agent)]})
    for description in document.descriptions:
        said = {"descriptions": [_description_fields(description)]}
        yield description.as_end.key, canonical_json(said)
    for relation in document.relations:
        yield relation.key, f'{{"relations":[{_relation_json(relation)}]}}'
        for end in (relation.source, relation.target):
            if end not in ends:
                ends.add(end)
                yield _of_end(end)


def _of_run(document: Document, entities: Iterable[StatedEntity]) -> str:
    """What a document says of its run, put together of texts of which most are there already."""
    if document.run is None:
        raise ValueError("a document without a run")
    keys = [*(each.key for each in document.settings), *document.settings_keys]
    fields = {
        "config_files": flat_json(document.config_files),
        "entities": f"[{','.join(map(_entity_json, entities))}]",
        "mentions": f"[{','.join([mention.said for mention in document.mentions])}]",
        "run": f"{flat_json((document.run.id,))[:-1]},{kept_json(document.run.facts)}]",
        "settings": flat_json(tuple([key.hex() for key in keys])),
    }
    return "{" + ",".join([f'"{name}":{text}' for name, text in fields.items()]) + "}"


def _of_end(end: End) -> tuple[bytes, str]:
    """Say that a record exists, because a relation names the record."""
    said: dict[str, Any]
    if end.kind is Kind.ACTIVITY:
        said = {"run": [end.id, {}]}
    elif end.kind is Kind.AGENT:
        said = {"agents": [_agent_fields(Agent(end.id))]}
    elif end.kind in DESCRIPTIONS:
        only_named = Description(end.id, DescriptionType.of(end.kind))
        said = {"descriptions": [_description_fields(only_named)]}
    else:
        return end.key, f'{{"entities":[{_entity_json(StatedEntity(end.id))}]}}'
    return end.key, canonical_json(said)


def _mention(run: str, fields: list[Any]) -> Mention:
    relation, role, place, identifier, source, time, attributes = fields
    return Mention(
        run, RelationType(relation), role, place, identifier, source, time, _attributes(attributes)
    )


def _entity_json(each: StatedEntity) -> str:
    name, kind = flat_json((each.identifier,))[:-1], flat_json((each.type,))[1:]
    return f"{name},{kept_json(each.attributes)},{kind}"


def _entity(fields: list[Any]) -> StatedEntity:
    identifier, attributes, kind = fields
    return StatedEntity(identifier, _attributes(attributes), EntityType(kind))


def _agent_fields(each: Agent) -> list[object]:
    return [each.id, each.name, each.type, each.attributes]


def _agent(fields: list[Any]) -> Agent:
    identifier, name, kind, attributes = fields
    return Agent(identifier, name, AgentType(kind) if kind else None, _attributes(attributes))


def _description_fields(each: Description) -> list[object]:
    return [each.id, each.type, each.attributes]


def _description(fields: list[Any]) -> Description:
    identifier, kind, attributes = fields
    return Description(identifier, DescriptionType(kind), _attributes(attributes))


def _relation_json(each: StatedRelation) -> str:
    ends = [(end.kind, end.id) for end in (each.source, each.target)]
    return flat_json((each.relation, *ends, each.role, each.time, each.attributes))


def _relation(fields: list[Any]) -> StatedRelation:
    relation, source, target, role, time, attributes = fields
    return StatedRelation(
        RelationType(relation), _end(source), _end(target), role, time, _attributes(attributes)
    )


def _end(fields: list[str]) -> End:
    kind, identifier = fields
    return End(Kind(kind), identifier)


def _attributes(said: Mapping[str, list[Any]]) -> Attributes:
    return {name: tuple(values) for name, values in said.items()}


# Records as several loads state them.


def join_agents(before: Agent | None, agent: Agent) -> Agent:
    """Join what is said of an agent; of different names the smaller is shown and all are kept.

    Args:
        before: what is known; None when nothing is.
        agent: what is said now, of the same id.

    Returns:
        both together; the order makes no difference.
    """
    if before is None:
        return agent
    names = sorted({name for name in (before.name, agent.name) if name is not None})
    attributes = join_attributes(before.attributes, agent.attributes)
    if len(names) > 1:
        attributes = join_attributes(attributes, {"name": tuple(names)})
    kinds = sorted(kind for kind in (before.type, agent.type) if kind is not None)
    return Agent(agent.id, min(names, default=None), min(kinds, default=None), attributes)


def join_descriptions(before: Description | None, description: Description) -> Description:
    """Join what is said of a description; of two types the finer counts.

    Args:
        before: what is known; None when nothing is.
        description: what is said now, of the same id.

    Returns:
        both together; the order makes no difference.
    """
    if before is None:
        return description
    kind = max(before.type, description.type, key=list(DescriptionType).index)
    return Description(
        description.id, kind, join_attributes(before.attributes, description.attributes)
    )


def join_entities(before: StatedEntity | None, entity: StatedEntity) -> StatedEntity:
    """Join what is stated of an entity; of two types the finer counts.

    Args:
        before: what is known; None when nothing is.
        entity: what is stated now, of the same identifier.

    Returns:
        both together; the order makes no difference.
    """
    if before is None:
        return entity
    kind = max(before.type, entity.type, key=list(EntityType).index)
    return StatedEntity(
        entity.identifier, join_attributes(before.attributes, entity.attributes), kind
    )
