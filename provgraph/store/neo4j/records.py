"""Records as Neo4j properties and back: natural to read in Neo4j Browser, and exact.

Each kind of record has core properties, and beside them what sources say under its own names
(`provgraph.store.neo4j.values`). ``derived`` names the core properties that are shown although no
source gives them: a run without a name is called by its id, for instance.
"""

import json
from collections.abc import Iterable, Sequence

from provgraph.identity.entities import Standing
from provgraph.identity.files import times_of
from provgraph.model.derived import end_of, invalid_since, start_of, status_of
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.model.lineage import Node
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Fact,
    Run,
    StatedEntity,
    first_text,
    key_of,
)
from provgraph.model.values import Values, canonical_json, with_zone
from provgraph.model.vocabulary import (
    DESCRIPTIONS,
    AgentType,
    DescriptionType,
    EntityType,
    Kind,
)
from provgraph.store.neo4j.values import (
    MARKS,
    Properties,
    Stored,
    attribute_properties,
    attributes_of,
    canonical_time,
    full_text,
    indexed,
    text_property,
    with_full_texts,
    without_none,
)
from provgraph.store.nodes import (
    activity_node,
    agent_name,
    agent_node,
    asked_names,
    entity_name,
    entity_node,
    run_name,
)
from provgraph.store.records import EntityRecord
from provgraph.store.terms import entry_of, is_early

#: The times of nodes, which are written and read as ISO 8601 text and kept as Neo4j's own type.
NODE_TIMES = {
    Kind.ACTIVITY: ("startTime", "endTime"),
    Kind.ENTITY: ("generatedAtTime", "invalidatedAtTime"),
}
#: The properties of nodes that only indexes need.
FOR_INDEXES = ("key", "calledAs", "localName", "searchTerms", "searchTime", "searchName")
_NODE = (
    MARKS
    | with_full_texts("id", "name")
    | set(FOR_INDEXES)
    | {time for times in NODE_TIMES.values() for time in times}
)
_RUN = _NODE | {"version", "status", "host", "process", "derived", "invalidSince"}
_ENTITY = (
    _NODE
    | with_full_texts("location")
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
        "invalidSince",
        "searchExternal",
        "searchEarly",
        "stated",
        "statedApart",
    }
)
_AGENT = _DESCRIPTION = _NODE | {"derived"}
_ENTITY_TYPES = {each.value: each for each in EntityType}
_DESCRIPTION_TYPES = {each.value: each for each in DescriptionType}
_AGENT_TYPES = {each.value: each for each in AgentType}


# Runs.


def run_properties(run: Run) -> Properties:
    """A run as properties.

    Each core property shows one value. A fact that has other values, or several, stands apart in
    full: of the states ``completed`` and ``error``, ``status`` shows ``error``, and
    ``attribute:status`` holds both.

    Args:
        run: with all its facts.
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
    properties = attribute_properties(apart, _RUN) | _common(Kind.ACTIVITY, run.id) | core
    properties |= text_property("name", core[Fact.NAME])
    properties |= _asked(Kind.ACTIVITY, run.id, run_name(run))
    properties |= {"startTime": with_zone(core[Fact.START]), "endTime": with_zone(core[Fact.END])}
    properties |= {"process": times_of(run).process, "derived": derived or None}
    properties["invalidSince"] = with_zone(invalid_since(facts))
    return without_none(properties) | entry_properties(activity_node(run))


def run_of(stored: Stored) -> Run:
    """A run from its properties.

    Args:
        stored: the properties, with the times as text.
    """
    derived = stored.get("derived", ())
    facts: dict[str, Values] = {
        name: (value,)
        for name in (Fact.VERSION, Fact.STATUS, Fact.HOST)
        if name not in derived and (value := stored.get(name)) is not None
    }
    if Fact.NAME not in derived and "name" in stored:
        facts[Fact.NAME] = (full_text(stored, "name"),)
    for name in (Fact.START, Fact.END):
        if stored.get(name) is not None and name not in derived:
            facts[name] = (canonical_time(stored[name]),)
    return Run(full_text(stored, "id"), facts | attributes_of(stored, _RUN))


# Entities and agents.


def entity_properties(record: EntityRecord, stated: Sequence[StatedEntity]) -> Properties:
    """An entity as properties.

    What is stated of its identifiers stands apart, but only when that is more than the entity's own
    attributes.

    Args:
        record: the entity.
        stated: what is stated of each of its identifiers of which anything is.
    """
    properties = attribute_properties(record.attributes, _ENTITY) | _common(Kind.ENTITY, record.id)
    properties |= text_property("name", entity_name(record) or record.id)
    properties |= _asked(Kind.ENTITY, record.id, entity_name(record))
    properties["identifiers"] = list(record.identifiers)
    properties |= without_none(
        {
            "generatedAtTime": with_zone(record.generated_at),
            "invalidatedAtTime": with_zone(record.invalidated_at),
            "dataLevel": record.data_level,
            "invalidSince": with_zone(invalid_since(record.attributes)),
            # Only these are in the indexes of it.
            "searchExternal": record.external or None,
            "searchEarly": is_early(record) or None,
        }
    )
    properties |= entry_properties(entity_node(record))
    return properties | _place_properties(record) | _stated_properties(record, stated)


def _place_properties(record: EntityRecord) -> Properties:
    """The places, and the names that no other index has: a full-text index sees into lists."""
    places = [standing.place for standing in record.standings]
    base_names = list(dict.fromkeys(map(base_name, places)))
    other_names = map(indexed, base_names[1:])
    # The newest place has an index of its own, but an entity whose former name it is must be told
    # from the others that stand there.
    shown = {record.id, *(place for place in places[:1] if place not in record.former)}
    names = dict.fromkeys((*record.identifiers, *record.former))
    aliases = (indexed(name) for name in names if name not in shown)
    lists = {
        "locations": map(location_of, places),
        "places": places,
        "ranks": (standing.rank for standing in record.standings),
        "since": (standing.since for standing in record.standings),
        "until": (standing.until or "" for standing in record.standings),
        "aliases": aliases,
        "otherNames": other_names,
    }
    newest = text_property("location", location_of(places[0])) if places else {}
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


def entity_of(stored: Stored, labels: Iterable[str]) -> EntityRecord:
    """An entity from its node.

    Args:
        stored: the node's properties, with the times as text.
        labels: of the node; one of them is the type.
    """
    places = stored.get("places", ())
    # Files for `neo4j-admin` can't hold a list of one empty text (`import_rows`).
    times = (stored.get(name) or [""] * len(places) for name in ("since", "until"))
    standings = zip(places, stored.get("ranks", ()), *times, strict=True)
    return EntityRecord(
        id=full_text(stored, "id"),
        type=_entity_type(labels),
        identifiers=tuple(stored.get("identifiers", ())),
        standings=tuple(
            Standing(place, rank, since, until or None) for place, rank, since, until in standings
        ),
        generated_at=canonical_time(stored.get("generatedAtTime")),
        invalidated_at=canonical_time(stored.get("invalidatedAtTime")),
        data_level=stored.get("dataLevel"),
        attributes=attributes_of(stored, _ENTITY),
        former=tuple(sorted(name for name in stored.get("stated", ()) if not is_strong(name))),
        external=bool(stored.get("searchExternal")),
    )


def stated_of(stored: Stored, labels: Iterable[str]) -> dict[str, StatedEntity]:
    """What is stated of the identifiers of an entity, from its node.

    Args:
        stored: the node's properties.
        labels: of the node.

    Returns:
        Identifier → what is stated, of those of which anything is.
    """
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
        name: StatedEntity(name, attributes_of(stored, _ENTITY), kind)
        for name in stored.get("stated", ())
    }


def _entity_type(labels: Iterable[str]) -> EntityType:
    return next(
        (_ENTITY_TYPES[label] for label in labels if label in _ENTITY_TYPES), EntityType.DATASET
    )


def agent_properties(agent: Agent) -> Properties:
    """An agent as properties; an agent without a name is called by its id.

    Args:
        agent: the agent.
    """
    properties = (
        attribute_properties(agent.attributes, _AGENT)
        | _common(Kind.AGENT, agent.id)
        | text_property("name", agent.name or agent.id)
        | _asked(Kind.AGENT, agent.id, agent_name(agent))
        | entry_properties(agent_node(agent))
    )
    return properties | ({} if agent.name else {"derived": ["name"]})


def agent_of(stored: Stored, labels: Iterable[str]) -> Agent:
    """An agent from its node.

    Args:
        stored: the node's properties.
        labels: of the node; one of them may be the type.
    """
    kind = next((_AGENT_TYPES[label] for label in labels if label in _AGENT_TYPES), None)
    name = None if "name" in stored.get("derived", ()) else full_text(stored, "name")
    return Agent(full_text(stored, "id"), name, kind, attributes_of(stored, _AGENT))


def description_properties(description: Description) -> Properties:
    """A description as properties; a description without a name is called by its id.

    Args:
        description: the description.
    """
    attributes = dict(description.attributes)
    name = first_text(attributes, "name") or description.id
    derived = {"derived": ["name"]}
    if attributes.get("name") == (name,):
        del attributes["name"]
        derived = {}
    return (
        attribute_properties(attributes, _DESCRIPTION)
        | _common(description.type.kind, description.id)
        | text_property("name", name)
        | derived
    )


def description_of(stored: Stored, labels: Iterable[str]) -> Description:
    """A description from its node.

    Args:
        stored: the node's properties.
        labels: of the node. Of several types the finer one counts.
    """
    found = [_DESCRIPTION_TYPES[label] for label in labels if label in _DESCRIPTION_TYPES]
    name = {} if "name" in stored.get("derived", ()) else {"name": (full_text(stored, "name"),)}
    attributes = name | attributes_of(stored, _DESCRIPTION)
    return Description(
        full_text(stored, "id"), max(found, key=list(DescriptionType).index), attributes
    )


def end_properties(end: End) -> Properties:
    """A run, agent or description of which only the id is known, from a relation's end.

    Args:
        end: kind and id. The kind is not entity.
    """
    if end.kind in DESCRIPTIONS:
        return description_properties(Description(end.id, DescriptionType.of(end.kind)))
    if end.kind is Kind.ACTIVITY:
        return run_properties(Run(end.id, {}))
    return agent_properties(Agent(end.id))


def entry_properties(node: Node) -> Properties:
    """By what people search for a record.

    Args:
        node: an entity, an activity or an agent.
    """
    entry = entry_of(node)
    return {"searchTerms": entry.terms, "searchTime": entry.time, "searchName": entry.name}


def _asked(kind: Kind, identifier: str, name: str | None) -> Properties:
    """By which names people may ask for a record, besides its identifiers."""
    asked = asked_names(kind, identifier, name)
    return without_none({"calledAs": asked["called"], "localName": asked["local"]})


def _common(kind: Kind, identifier: str) -> Properties:
    return {"key": key_of(kind, identifier).hex(), **text_property("id", identifier)}
