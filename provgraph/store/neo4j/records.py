"""Records as Neo4j properties and back: natural to read in Neo4j Browser, and exact.

Each kind of record has core properties, and beside them what sources say under its own names
(`neo4j_values`). A core property that is shown but that no source says is named by ``derived``.
"""

import json
from collections.abc import Iterable, Sequence

from provgraph.identity.entities import Standing
from provgraph.identity.files import times_of
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Fact,
    Mention,
    Run,
    StatedEntity,
    StatedRelation,
    end_of,
    first_text,
    key_of,
    start_of,
    status_of,
)
from provgraph.model.times import with_zone
from provgraph.model.values import Value, Values, canonical_json, fingerprint
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    NODE_LABEL,
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
    RelationType,
)
from provgraph.store.neo4j.values import (
    MARKS,
    Properties,
    Stored,
    canonical_time,
    decoded,
    encoded,
    full,
    indexed,
    is_native,
    moment,
    named,
    with_full,
)
from provgraph.store.nodes import entity_node
from provgraph.store.records import UNKNOWN_SIZE, EntityRecord, LoadRecord, StoredMention

#: The times of nodes, which are written and read as ISO 8601 text and kept as Neo4j's own type.
NODE_TIMES = {
    Kind.ACTIVITY: ("startTime", "endTime"),
    Kind.ENTITY: ("generatedAtTime", "invalidatedAtTime"),
}
_NODE = (
    MARKS
    | with_full("id", "name")
    | {"key"}
    | {time for times in NODE_TIMES.values() for time in times}
)
_RUN = _NODE | {"version", "status", "host", "process", "derived"}
_ENTITY = (
    _NODE
    | with_full("location")
    | {
        "locations",
        "identifiers",
        "places",
        "ranks",
        "since",
        "until",
        "aliases",
        "otherNames",
        "dataLevel",
        "stated",
        "statedApart",
    }
)
_AGENT = _DESCRIPTION = _NODE | {"derived"}
_MENTION = (
    MARKS | with_full("place", "identifier") | {"key", "role", "twin", "source", "rule", "time"}
)
_RELATION = MARKS | frozenset({"key", "role", "time", "statedSource", "statedTarget"})
_LOAD = MARKS | {
    "id",
    "name",
    "source",
    "format",
    "namespace",
    "sha256",
    "time",
    "version",
    "status",
    "problems",
    "problemPlaces",
    "size",
    "readTo",
    "continues",
}
_ENTITY_TYPES = {each.value: each for each in EntityType}
_DESCRIPTION_TYPES = {each.value: each for each in DescriptionType}
_AGENT_TYPES = {each.value: each for each in AgentType}


# Runs.


def run_properties(run: Run) -> Properties:
    """A run with its facts.

    Each core property shows one value, and a fact that is more than that stands apart.
    """
    facts = run.facts
    core: dict[str, str | None] = {
        Fact.NAME: first_text(facts, Fact.NAME) or run.id,
        Fact.VERSION: first_text(facts, Fact.VERSION),
        Fact.STATUS: status_of(facts).value,
        Fact.START: start_of(facts),
        Fact.END: end_of(facts),
        Fact.HOST: first_text(facts, Fact.HOST),
    }
    apart = {
        name: values
        for name, values in facts.items()
        if name not in core or values != (core[name],)
    }
    derived = [name for name, value in core.items() if value is not None and name not in facts]
    properties = encoded(apart, _RUN) | _common(Kind.ACTIVITY, run.id) | core
    properties |= named("name", core[Fact.NAME])
    properties |= {"startTime": with_zone(core[Fact.START]), "endTime": with_zone(core[Fact.END])}
    properties |= {"process": times_of(run).process, "derived": derived or None}
    return _without_none(properties)


def run_of(stored: Stored) -> Run:
    """A run from its properties, its times as Cypher's text."""
    derived = stored.get("derived", ())
    facts: dict[str, Values] = {
        name: (value,)
        for name in (Fact.VERSION, Fact.STATUS, Fact.HOST)
        if name not in derived and (value := stored.get(name)) is not None
    }
    if Fact.NAME not in derived and "name" in stored:
        facts[Fact.NAME] = (full(stored, "name"),)
    for name in (Fact.START, Fact.END):
        if stored.get(name) is not None and name not in derived:
            facts[name] = (canonical_time(stored[name]),)
    return Run(full(stored, "id"), facts | decoded(stored, _RUN))


def _without_none(properties: Properties) -> Properties:
    """What is to be sent: Neo4j knows no properties without a value."""
    return {name: value for name, value in properties.items() if value is not None}


# Entities and agents.


def entity_properties(record: EntityRecord, stated: Sequence[StatedEntity]) -> Properties:
    """An entity.

    What is stated of its identifiers stands apart only when it is more than the entity's
    attributes.
    """
    properties = encoded(record.attributes, _ENTITY) | _common(Kind.ENTITY, record.id)
    properties |= named("name", entity_node(record).name or record.id)
    properties["identifiers"] = list(record.identifiers)
    properties |= _without_none(
        {
            "generatedAtTime": with_zone(record.generated_at),
            "invalidatedAtTime": with_zone(record.invalidated_at),
            "dataLevel": record.data_level,
        }
    )
    return properties | _place_properties(record) | _stated_properties(record, stated)


def _place_properties(record: EntityRecord) -> Properties:
    """Where it stands, and the names that no other index has: a full-text index sees into lists."""
    places = [standing.place for standing in record.standings]
    base_names = list(dict.fromkeys(map(base_name, places)))
    other_names = map(indexed, base_names[1:])
    names = dict.fromkeys((*record.identifiers, *record.former))
    aliases = (indexed(name) for name in names if name not in (record.id, *places[:1]))
    lists = {
        "locations": map(location_of, places),
        "places": places,
        "ranks": (standing.rank for standing in record.standings),
        "since": (standing.since for standing in record.standings),
        "until": (standing.until or "" for standing in record.standings),
        "aliases": aliases,
        "otherNames": other_names,
    }
    newest = named("location", location_of(places[0])) if places else {}
    return newest | {name: found for name, items in lists.items() if (found := list(items))}


def _stated_properties(record: EntityRecord, stated: Sequence[StatedEntity]) -> Properties:
    if not stated:
        return {}
    properties: Properties = {"stated": [each.identifier for each in stated]}
    if (
        len(stated) > 1
        or stated[0].attributes != record.attributes
        or stated[0].type is not record.type
    ):
        properties["statedApart"] = canonical_json(
            {each.identifier: [each.type, each.attributes] for each in stated}
        )
    return properties


def record_of(stored: Stored, labels: Iterable[str]) -> EntityRecord:
    """An entity from its properties and labels, its times as Cypher's text."""
    standings = zip(
        *(stored.get(name, ()) for name in ("places", "ranks", "since", "until")), strict=True
    )
    return EntityRecord(
        id=full(stored, "id"),
        type=_entity_type(labels),
        identifiers=tuple(stored.get("identifiers", ())),
        standings=tuple(
            Standing(place, rank, since, until or None) for place, rank, since, until in standings
        ),
        generated_at=canonical_time(stored.get("generatedAtTime")),
        invalidated_at=canonical_time(stored.get("invalidatedAtTime")),
        data_level=stored.get("dataLevel"),
        attributes=decoded(stored, _ENTITY),
        former=tuple(name for name in stored.get("stated", ()) if not is_strong(name)),
    )


def stated_of(stored: Stored, labels: Iterable[str]) -> dict[str, StatedEntity]:
    """What is stated of the identifiers of an entity."""
    if "statedApart" in stored:
        apart = json.loads(stored["statedApart"]).items()
        return {
            name: StatedEntity(
                name, {key: tuple(values) for key, values in attributes.items()}, EntityType(kind)
            )
            for name, (kind, attributes) in apart
        }
    kind = _entity_type(labels)
    return {
        name: StatedEntity(name, decoded(stored, _ENTITY), kind)
        for name in stored.get("stated", ())
    }


def _entity_type(labels: Iterable[str]) -> EntityType:
    return next(
        (_ENTITY_TYPES[label] for label in labels if label in _ENTITY_TYPES), EntityType.DATASET
    )


def agent_properties(agent: Agent) -> Properties:
    """An agent; one without a name is called by its id."""
    properties = (
        encoded(agent.attributes, _AGENT)
        | _common(Kind.AGENT, agent.id)
        | named("name", agent.name or agent.id)
    )
    return properties | ({} if agent.name else {"derived": ["name"]})


def agent_of(stored: Stored, labels: Iterable[str]) -> Agent:
    """An agent from its properties and labels."""
    kind = next((_AGENT_TYPES[label] for label in labels if label in _AGENT_TYPES), None)
    name = None if "name" in stored.get("derived", ()) else full(stored, "name")
    return Agent(full(stored, "id"), name, kind, decoded(stored, _AGENT))


def description_properties(description: Description) -> Properties:
    """A description; one that gives no name is called by its id."""
    said = dict(description.attributes)
    name = first_text(said, "name") or description.id
    derived = {"derived": ["name"]}
    if said.get("name") == (name,):
        del said["name"]
        derived = {}
    return (
        encoded(said, _DESCRIPTION)
        | _common(description.type.kind, description.id)
        | named("name", name)
        | derived
    )


def description_of(stored: Stored, labels: Iterable[str]) -> Description:
    """A description from its properties and labels."""
    found = [_DESCRIPTION_TYPES[label] for label in labels if label in _DESCRIPTION_TYPES]
    name = {} if "name" in stored.get("derived", ()) else {"name": (full(stored, "name"),)}
    said = name | decoded(stored, _DESCRIPTION)
    return Description(full(stored, "id"), max(found, key=list(DescriptionType).index), said)


def end_properties(end: End) -> Properties:
    """A run, agent or description that so far is only named, by a relation."""
    if end.kind in DESCRIPTIONS:
        return description_properties(Description(end.id, DescriptionType.of(end.kind)))
    if end.kind is Kind.ACTIVITY:
        return run_properties(Run(end.id, {}))
    return agent_properties(Agent(end.id))


def _common(kind: Kind, identifier: str) -> Properties:
    return {"key": key_of(kind, identifier).hex(), **named("id", identifier)}


# Relations.


def mention_properties(stored: StoredMention) -> Properties:
    """A mention; its run and its entity are the relationship's ends."""
    mention = stored.mention
    properties: Properties = {
        "key": mention.key.hex(),
        "role": mention.role,
        "source": mention.source,
        "rule": stored.rule,
        "time": moment(mention.time),
        "twin": stored.twin.hex() if stored.twin is not None else None,
    }
    properties |= named("place", mention.place) | named("identifier", mention.identifier)
    return encoded(mention.attributes, _MENTION) | _without_none(properties)


def mention_of(run: str, entity: str, relation: str, stored: Stored) -> StoredMention:
    """A mention from its relationship, the time as Cypher's text."""
    twin = stored.get("twin")
    mention = Mention(
        run=run,
        relation=RelationType[relation],
        role=stored.get("role"),
        place=full(stored, "place"),
        identifier=full(stored, "identifier"),
        source=stored["source"],
        time=canonical_time(stored.get("time")),
        attributes=decoded(stored, _MENTION),
    )
    return StoredMention(mention, bytes.fromhex(twin) if twin else None, entity, stored["rule"])


def relation_properties(relation: StatedRelation) -> Properties:
    """A stated relation; its stated ends are kept, for an entity's id may become another one."""
    return encoded(relation.attributes, _RELATION) | {
        "key": relation.key.hex(),
        "role": relation.role,
        "time": moment(relation.time),
        "statedSource": relation.source.id,
        "statedTarget": relation.target.id,
    }


def relation_of(
    relation: str, stored: Stored, source: Iterable[str], target: Iterable[str]
) -> StatedRelation:
    """A stated relation from its relationship, the time as Cypher's text, and the labels of its
    ends.
    """
    return StatedRelation(
        RelationType[relation],
        End(kind_of(source), stored["statedSource"]),
        End(kind_of(target), stored["statedTarget"]),
        stored.get("role"),
        canonical_time(stored.get("time")),
        decoded(stored, _RELATION),
    )


def kind_of(labels: Iterable[str]) -> Kind:
    """What a node is; an entity may also be labelled as a collection."""
    found = set(labels)
    return next(kind for kind, label in NODE_LABEL.items() if label in found)


# Configuration and bookkeeping.

_VALUE_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    dict: "object",
}
#: The type of a parameter that names a package.
PACKAGE_VERSION = "package version"


def parameter_properties(name: str, value: Value, is_package: bool) -> Properties:
    """A parameter with its value natively, or as JSON where Neo4j can't."""
    kind = PACKAGE_VERSION if is_package else _VALUE_TYPES.get(type(value), "array")
    native = is_native(value)
    return {
        "id": fingerprint(Kind.PARAMETER, name, value, kind).hex(),
        "name": name,
        "value": value if native else canonical_json(value),
        "valueType": kind,
        **({} if native else {"jsonAttributes": ["value"]}),
    }


def parameter_of(stored: Stored) -> tuple[str, Value]:
    """A parameter's name and value."""
    value = stored["value"]
    return stored["name"], json.loads(value) if stored.get("jsonAttributes") else value


def load_properties(load: LoadRecord) -> Properties:
    """A load, called by its source; its counts under their own names."""
    return encoded({name: (count,) for name, count in load.counts.items()}, _LOAD) | {
        "id": load.id,
        "name": load.source,
        "source": load.source,
        "format": load.format,
        "namespace": load.namespace,
        "sha256": load.sha256,
        "time": moment(load.time),
        "version": load.version,
        "status": load.status,
        "problemPlaces": [where for where, _ in load.problems],
        "problems": [what for _, what in load.problems],
        "size": load.size,
        "readTo": load.read_to,
        "continues": load.continues,
    }


def load_of(stored: Stored) -> LoadRecord:
    """A load from its properties, the time as Cypher's text."""
    texts = {
        name: stored[name]
        for name in ("id", "source", "format", "namespace", "sha256", "version", "status")
    }
    return LoadRecord(
        **texts,
        time=canonical_time(stored["time"]) or "",
        counts={name: int(str(values[0])) for name, values in decoded(stored, _LOAD).items()},
        problems=tuple(zip(stored["problemPlaces"], stored["problems"], strict=True)),
        size=stored.get("size", UNKNOWN_SIZE),
        read_to=stored.get("readTo"),
        continues=stored.get("continues"),
    )
