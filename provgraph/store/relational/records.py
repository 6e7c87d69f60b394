"""Rows of the relational store's tables to records and back."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, CursorResult, Delete, Row, Select, bindparam
from sqlalchemy.dialects import sqlite

from provgraph.identity.entities import Standing
from provgraph.model.attributes import kept_json
from provgraph.model.derived import end_of, invalid_since, start_of
from provgraph.model.identifiers import base_name, is_strong
from provgraph.model.records import (
    Agent,
    Description,
    Mention,
    Run,
    StatedEntity,
    batches,
    key_of,
)
from provgraph.model.values import Attributes, canonical_json, fingerprint, flat_json
from provgraph.model.vocabulary import AgentType, DescriptionType, EntityType, Kind, RelationType
from provgraph.store.nodes import (
    agent_name,
    asked_names,
    entity_name,
    run_name,
)
from provgraph.store.packing import packed, unpacked
from provgraph.store.records import EntityRecord, StoredMention
from provgraph.store.relational import tables

Record = dict[str, Any]
T = TypeVar("T")
#: Names of so many characters are keyed anew each time; there are few of them.
_LONG = 256
#: Decodes JSON that a store wrote, in half of the time of `json.loads`; the value and its end.
_decoded = json.JSONDecoder().raw_decode
_ENTITY_TYPES = {each.value: each for each in EntityType}
#: So many keys and more are put into the text of a query here, and not by SQLAlchemy.
_MANY = 200
_POSITIONAL = sqlite.dialect(paramstyle="qmark")
#: Where SQLAlchemy's text of a query has the values of an expanding parameter.
_EXPANDING = re.compile(r"\(__\[POSTCOMPILE_(\w+)\]\)")


def in_chunks(
    connection: Connection,
    query: Select[Any],
    condition: Callable[[Sequence[Any]], ColumnElement[bool]],
    keys: Iterable[Any],
) -> Iterator[Row[Any]]:
    """The rows of a query for many keys.

    Args:
        connection: to read on.
        query: what to select, without the keys.
        condition: makes of some keys what is asked of them.
        keys: any number; one statement asks for `tables.CHUNK` of them.

    Yields:
        All rows; those of earlier keys first.
    """
    # Compiled once: with the keys in it, that would take longer than the look-up.
    asked: Any = bindparam("keys", expanding=True)
    statement = query.where(condition(asked))
    for chunk in batches(keys, tables.CHUNK):
        # Fetched at once, which takes half as long as row by row.
        yield from asked_for(connection, statement, chunk).all()


def asked_for(
    connection: Connection, statement: Select[Any] | Delete, keys: Sequence[Any]
) -> CursorResult[Any]:
    """Execute a statement for some keys.

    Args:
        connection: of a reader or writer.
        statement: with an expanding parameter ``keys``.
        keys: at most `tables.CHUNK`.

    Returns:
        The rows of a query.
    """
    if len(keys) < _MANY or connection.dialect.name != "sqlite":
        # SQLAlchemy has the text of a small query at hand.
        return connection.execute(statement, {"keys": keys})
    # To have SQLAlchemy put so many keys into the text takes longer than the look-up. The same
    # text for all chunks is prepared once; a key that is asked for twice does no harm.
    compiled = statement.compile(dialect=_POSITIONAL)
    filled = [*keys, *repeat(keys[-1], tables.CHUNK - len(keys))]
    given = {**compiled.params, "keys": filled}
    values: list[Any] = []
    for name in compiled.positiontup or ():
        value = given[name]
        values += value if isinstance(value, list | tuple) else [value]
    text = _EXPANDING.sub(lambda each: _places(len(given[each[1]])), str(compiled))
    return connection.exec_driver_sql(text, tuple(values))


@lru_cache(64)
def _places(count: int) -> str:
    """The places of so many values in the text of a query; of none, what no value is in."""
    return f"({', '.join('?' * count) or 'SELECT 1 WHERE 1 = 0'})"


@lru_cache(1 << 14)
def _name_key(text: str) -> bytes:
    return fingerprint("name", text)


def name_key(text: str) -> bytes:
    """The key of a place, an identifier or a base name.

    Args:
        text: the name.
    """
    return _name_key(text) if len(text) < _LONG else fingerprint("name", text)


def attributes_of(kept: str | bytes | None) -> Attributes:
    """Attributes from their JSON.

    Args:
        kept: as `canonical_json` or `provgraph.store.packing.packed` made it; None or nothing for
            no attributes.
    """
    text = unpacked(kept) if kept else "{}"
    if text == "{}":
        return {}
    return {key: tuple(values) for key, values in _decoded(text)[0].items()}


def run_row(run: Run, process: str | None) -> Record:
    """A run as a row.

    Args:
        run: with all its facts.
        process: the key of its process, see `provgraph.identity.files.RunTimes.process`.
    """
    return {
        "key": key_of(Kind.ACTIVITY, run.id),
        "id": run.id,
        "start_time": start_of(run.facts),
        "end_time": end_of(run.facts),
        "process": process,
        "facts": packed(kept_json(run.facts)),
        **asked_names(Kind.ACTIVITY, run.id, run_name(run)),
        "invalid_since": invalid_since(run.facts),
    }


def run_of(row: Row[Any]) -> Run:
    """A run from its row.

    Args:
        row: of `tables.activity`.
    """
    return Run(row.id, attributes_of(row.facts))


def entity_row(record: EntityRecord) -> Record:
    """An entity as a row.

    Args:
        record: the entity.
    """
    return {
        "key": key_of(Kind.ENTITY, record.id),
        "id": record.id,
        "type": record.type,
        "identifiers": flat_json(record.identifiers),
        "standings": flat_json(
            tuple([(s.place, s.rank, s.since, s.until) for s in record.standings])
        ),
        "generated_at": record.generated_at,
        "invalidated_at": record.invalidated_at,
        "data_level": record.data_level,
        "attributes": packed(kept_json(record.attributes)),
        **asked_names(Kind.ENTITY, record.id, entity_name(record)),
        "invalid_since": invalid_since(record.attributes),
        "former": canonical_json(record.former) if record.former else None,
        "external": record.external,
    }


def entity_of(row: Row[Any]) -> EntityRecord:
    """An entity from its row.

    Args:
        row: of `tables.entity`.
    """
    said = (row.type, row.data_level, row.attributes, row.identifiers, row.standings)
    times = (row.generated_at, row.invalidated_at)
    former = tuple(_decoded(row.former)[0]) if row.former else ()
    return entity_from(row.id, *said, *times, former=former, external=bool(row.external))


def entity_from(
    identifier: str, *columns: Any, former: tuple[str, ...] = (), external: bool = True
) -> EntityRecord:
    """An entity from its columns.

    Args:
        identifier: its id.
        columns: type, data level, attributes, identifiers, standings, and both times.
        former: its former names, where they matter.
        external: whether no known run made it, where that matters.
    """
    type_name, data_level, attributes, names, standings, generated_at, invalidated_at = columns
    return EntityRecord(
        id=identifier,
        type=_ENTITY_TYPES[type_name],
        identifiers=tuple(_decoded(names)[0]),
        standings=tuple(Standing(*standing) for standing in _decoded(standings)[0]),
        generated_at=generated_at,
        invalidated_at=invalidated_at,
        data_level=data_level,
        attributes=attributes_of(attributes),
        former=former,
        external=external,
    )


def naming_rows(record: EntityRecord) -> Iterable[Record]:
    """Which names an entity bears, and how new it is at its places.

    Args:
        record: the entity.

    Returns:
        One row of `tables.naming` a name.
    """
    ranks = {standing.place: standing.rank for standing in record.standings}
    key = key_of(Kind.ENTITY, record.id)
    return [
        {"name": name_key(name), "entity": key, "rank": ranks.get(name, 0)}
        for name in dict.fromkeys((*record.identifiers, *record.former))
    ]


def name_row(text: str) -> Record:
    """A place or identifier as a row; places also by their base name.

    Args:
        text: the name.
    """
    base = None if is_strong(text) else name_key(base_name(text))
    return {"key": name_key(text), "text": text, "base_key": base}


def mention_row(stored: StoredMention) -> Record:
    """A mention as a relation's row.

    Args:
        stored: with the entity that it is of.
    """
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
        "structural": mention.is_structural(stored.twin),
        "said_by": mention.source,
        "rule": stored.rule,
        "stated": None,
    }


def mention_of(row: Row[Any]) -> StoredMention:
    """A mention from its row.

    Args:
        row: of `provgraph.store.relational.facts.mention_query`.
    """
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


def stated_row(entity: StatedEntity) -> Record:
    """What is stated of an identifier as a row.

    Args:
        entity: what is stated.
    """
    return {
        "key": name_key(entity.identifier),
        "identifier": entity.identifier,
        "type": entity.type,
        "attributes": packed(kept_json(entity.attributes)),
    }


def stated_of(row: Row[Any]) -> StatedEntity:
    """What is stated of an identifier from its row.

    Args:
        row: of `tables.stated_entity`.
    """
    return StatedEntity(row.identifier, attributes_of(row.attributes), EntityType(row.type))


def agent_row(agent: Agent) -> Record:
    """An agent as a row.

    Args:
        agent: the agent.
    """
    return {
        "key": key_of(Kind.AGENT, agent.id),
        "id": agent.id,
        "name": agent.name,
        "type": agent.type,
        "attributes": packed(canonical_json(agent.attributes)),
        **asked_names(Kind.AGENT, agent.id, agent_name(agent)),
    }


def agent_of(row: Row[Any]) -> Agent:
    """An agent from its row.

    Args:
        row: of `tables.agent`.
    """
    return agent_from(row.id, row.name, row.type, row.attributes)


def agent_from(
    identifier: str, name: str | None, type_name: str | None, attributes: str | bytes
) -> Agent:
    """An agent from its columns.

    Args:
        identifier: its id.
        name: for people.
        type_name: its type.
        attributes: as they are kept.
    """
    return Agent(
        identifier, name, AgentType(type_name) if type_name else None, attributes_of(attributes)
    )


def description_row(description: Description) -> Record:
    """A description as a row.

    Args:
        description: the description.
    """
    return {
        "key": description.as_end.key,
        "id": description.id,
        "type": description.type,
        "attributes": canonical_json(description.attributes),
    }


def description_of(row: Row[Any]) -> Description:
    """A description from its row.

    Args:
        row: of `tables.description`.
    """
    return Description(row.id, DescriptionType(row.type), attributes_of(row.attributes))
