"""Rows of the embedded store's tables to records and back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, Select
from sqlalchemy.sql.elements import ColumnElement

from provgraph.identity.standings import Standing
from provgraph.model.batches import batches
from provgraph.model.identifiers import base_name, is_strong
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
    end_of,
    key_of,
    start_of,
)
from provgraph.model.values import Attributes, canonical_json, fingerprint
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.store.records import Assertion, EntityRecord, LoadRecord, StoredMention

Record = dict[str, Any]
T = TypeVar("T")
#: How many keys one statement asks for.
CHUNK = 1000


def in_chunks(
    connection: Connection,
    query: Select[Any],
    condition: Callable[[Sequence[Any]], ColumnElement[bool]],
    keys: Iterable[Any],
) -> Iterator[Row[Any]]:
    """The rows of a query for many keys: ``condition`` makes of some keys what is asked of them."""
    for chunk in batches(keys, CHUNK):
        # Fetched at once, which takes half as long as row by row.
        yield from connection.execute(query.where(condition(chunk))).all()


def name_key(text: str) -> bytes:
    """The key of a place, an identifier or a base name."""
    return fingerprint("name", text)


def attributes_of(text: str | None) -> Attributes:
    """Attributes from their JSON."""
    if not text:
        return {}
    return {key: tuple(values) for key, values in json.loads(text).items()}


def run_row(run: Run, process: str | None) -> Record:
    """A run as a row."""
    return {
        "key": key_of(Kind.ACTIVITY, run.id),
        "id": run.id,
        "start_time": start_of(run.facts),
        "end_time": end_of(run.facts),
        "process": process,
        "facts": canonical_json(run.facts),
    }


def run_of(row: Row[Any]) -> Run:
    """A run from its row."""
    return Run(row.id, attributes_of(row.facts))


def entity_row(record: EntityRecord) -> Record:
    """An entity as a row."""
    return {
        "key": key_of(Kind.ENTITY, record.id),
        "id": record.id,
        "type": record.type,
        "identifiers": canonical_json(record.identifiers),
        "standings": canonical_json(
            [[s.place, s.rank, s.since, s.until] for s in record.standings]
        ),
        "generated_at": record.generated_at,
        "invalidated_at": record.invalidated_at,
        "data_level": record.data_level,
        "attributes": canonical_json(record.attributes),
    }


def entity_of(row: Row[Any]) -> EntityRecord:
    """An entity from its row."""
    return entity_from(row, row.type, row.attributes)


def entity_from(row: Row[Any], type_name: str, attributes: str) -> EntityRecord:
    """An entity from a row that has its type and attributes under other names."""
    return EntityRecord(
        id=row.id,
        type=EntityType(type_name),
        identifiers=tuple(json.loads(row.identifiers)),
        standings=tuple(Standing(*standing) for standing in json.loads(row.standings)),
        generated_at=row.generated_at,
        invalidated_at=row.invalidated_at,
        data_level=row.data_level,
        attributes=attributes_of(attributes),
    )


def naming_rows(record: EntityRecord) -> Iterable[Record]:
    """Which names the entity bears, and how new it is at its places."""
    ranks = {standing.place: standing.rank for standing in record.standings}
    key = key_of(Kind.ENTITY, record.id)
    return [
        {"name": name_key(name), "entity": key, "rank": ranks.get(name, 0)}
        for name in record.identifiers
    ]


def name_row(text: str) -> Record:
    """A place or identifier as a row; places also by their base name."""
    base = None if is_strong(text) else name_key(base_name(text))
    return {"key": name_key(text), "text": text, "base_key": base}


def mention_row(stored: StoredMention) -> Record:
    """A mention as a relation's row."""
    mention = stored.mention
    run, entity = key_of(Kind.ACTIVITY, mention.run), key_of(Kind.ENTITY, stored.entity)
    source, target = (entity, run) if mention.is_output else (run, entity)
    return {
        "key": mention.key,
        "type": mention.relation,
        "source": source,
        "target": target,
        "role": mention.role,
        "time": mention.time,
        "attributes": canonical_json(mention.attributes) if mention.attributes else None,
        "place": name_key(mention.place) if mention.place is not None else None,
        "identifier": name_key(mention.identifier) if mention.identifier is not None else None,
        "twin": stored.twin,
        "structural": stored.is_structural,
        "said_by": mention.source,
        "rule": stored.rule,
        "stated": None,
    }


def mention_of(row: Row[Any]) -> StoredMention:
    """A mention from a relation's row with the run's id and the file's names as text."""
    mention = Mention(
        run=row.run_id,
        relation=RelationType(row.type),
        role=row.role,
        place=row.place_text,
        identifier=row.identifier_text,
        source=row.said_by,
        time=row.time,
        attributes=attributes_of(row.attributes),
    )
    return StoredMention(mention.with_key(bytes(row.key)), row.twin, row.entity_id, row.rule)


def relation_row(relation: StatedRelation, ends: Mapping[End, bytes]) -> Record:
    """A stated relation as a row; ``ends`` are the keys of the records that its ends now mean."""
    return {
        "key": relation.key,
        "type": relation.relation,
        "source": ends[relation.source],
        "target": ends[relation.target],
        "role": relation.role,
        "time": relation.time,
        "attributes": canonical_json(relation.attributes) if relation.attributes else None,
        "place": None,
        "identifier": None,
        "twin": None,
        "structural": None,
        "said_by": None,
        "rule": None,
        "stated": canonical_json(
            [relation.source.kind, relation.source.id, relation.target.kind, relation.target.id]
        ),
    }


def relation_of(row: Row[Any]) -> StatedRelation:
    """A stated relation from its row."""
    source_kind, source, target_kind, target = json.loads(row.stated)
    return StatedRelation(
        RelationType(row.type),
        End(Kind(source_kind), source),
        End(Kind(target_kind), target),
        row.role,
        row.time,
        attributes_of(row.attributes),
    )


def stated_row(entity: StatedEntity) -> Record:
    """What is stated of an identifier as a row."""
    return {
        "key": name_key(entity.identifier),
        "identifier": entity.identifier,
        "type": entity.type,
        "attributes": canonical_json(entity.attributes),
    }


def stated_of(row: Row[Any]) -> StatedEntity:
    """What is stated of an identifier from its row."""
    return StatedEntity(row.identifier, attributes_of(row.attributes), EntityType(row.type))


def agent_row(agent: Agent) -> Record:
    """An agent as a row."""
    return {
        "key": key_of(Kind.AGENT, agent.id),
        "id": agent.id,
        "name": agent.name,
        "type": agent.type,
        "attributes": canonical_json(agent.attributes),
    }


def agent_of(row: Row[Any]) -> Agent:
    """An agent from its row."""
    return agent_from(row.id, row.name, row.type, row.attributes)


def agent_from(identifier: str, name: str | None, type_name: str | None, attributes: str) -> Agent:
    """An agent from its columns."""
    return Agent(
        identifier, name, AgentType(type_name) if type_name else None, attributes_of(attributes)
    )


def description_row(description: Description) -> Record:
    """A description as a row."""
    return {
        "key": description.as_end.key,
        "id": description.id,
        "type": description.type,
        "attributes": canonical_json(description.attributes),
    }


def description_of(row: Row[Any]) -> Description:
    """A description from its row."""
    return Description(row.id, DescriptionType(row.type), attributes_of(row.attributes))


def settings_row(settings: Settings) -> Record:
    """Settings as a row."""
    return {
        "key": settings.key,
        "name": settings.name,
        "parameters": canonical_json(settings.values),
    }


def settings_of(row: Row[Any]) -> Settings:
    """Settings from their row."""
    return Settings(row.name, json.loads(row.parameters))


def load_row(load: LoadRecord) -> Record:
    """A load as a row."""
    fields = (
        "id",
        "source",
        "format",
        "namespace",
        "sha256",
        "time",
        "version",
        "status",
        "size",
        "read_to",
        "continues",
    )
    row = {field: getattr(load, field) for field in fields}
    return {**row, "counts": canonical_json(load.counts), "problems": canonical_json(load.problems)}


def assertion_row(assertion: Assertion) -> Record:
    """An assertion as a row."""
    return {
        "load": assertion.load,
        "subject": assertion.subject,
        "part": assertion.part,
        "content": assertion.content,
    }


def assertion_of(row: Row[Any]) -> Assertion:
    """An assertion from its row."""
    return Assertion(row.subject, row.load, row.part, row.content)


def load_of(row: Row[Any]) -> LoadRecord:
    """A load from its row."""
    values = dict(cast("Mapping[str, Any]", row._mapping))
    problems = tuple((where, what) for where, what in json.loads(values.pop("problems")))
    return LoadRecord(**{**values, "counts": json.loads(values.pop("counts"))}, problems=problems)
