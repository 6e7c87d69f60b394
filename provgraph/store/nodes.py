"""Stored records as answers show them and as the digest reads them: the same in every store."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from provgraph.model.attributes import text_of
from provgraph.model.identifiers import base_name, location_of
from provgraph.model.lineage import Node
from provgraph.model.records import (
    Agent,
    Description,
    Fact,
    Run,
    StatedRelation,
    end_of,
    first_text,
    key_of,
    start_of,
    status_of,
)
from provgraph.model.times import with_zone
from provgraph.model.values import Attributes, Value, canonical_json
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.prov.names import VOPROV
from provgraph.store.protocol import EntityRecord, Explained, StoredMention

_LABELS = ("prov:label", "prov:name", "http://www.w3.org/2000/01/rdf-schema#label", VOPROV + "name")
#: Facts of a run that have a field of their own in a Node.
SHOWN_FACTS = frozenset({Fact.NAME, Fact.VERSION, Fact.STATUS, Fact.START, Fact.END, Fact.HOST})


def activity_node(run: Run) -> Node:
    """A run.

    A fact with a field of its own stays among the attributes only when its values differ or say
    more.
    """
    status = status_of(run.facts)
    attributes = {
        name: values
        for name, values in run.facts.items()
        if name not in SHOWN_FACTS or len(values) > 1
    }
    if run.facts.get(Fact.STATUS, (status.value,)) != (status.value,):
        attributes[Fact.STATUS] = run.facts[Fact.STATUS]
    return Node(
        key=key_of(Kind.ACTIVITY, run.id),
        id=run.id,
        kind=Kind.ACTIVITY,
        name=first_text(run.facts, Fact.NAME) or label_of(run.facts),
        version=first_text(run.facts, Fact.VERSION),
        status=status,
        start_time=with_zone(start_of(run.facts)),
        end_time=with_zone(end_of(run.facts)),
        host=first_text(run.facts, Fact.HOST),
        attributes=attributes,
    )


def entity_node(record: EntityRecord) -> Node:
    """An entity; its name is the base name of its place, or its ``name`` attribute, or nothing."""
    places = [standing.place for standing in record.standings]
    return Node(
        key=key_of(Kind.ENTITY, record.id),
        id=record.id,
        kind=Kind.ENTITY,
        name=base_name(places[0])
        if places
        else first_text(record.attributes, "name") or label_of(record.attributes),
        type=record.type,
        location=location_of(places[0]) if places else None,
        locations=tuple(map(location_of, places)),
        identifiers=record.identifiers,
        generated_at=with_zone(record.generated_at),
        invalidated_at=with_zone(record.invalidated_at),
        data_level=record.data_level,
        attributes=record.attributes,
    )


def agent_node(agent: Agent) -> Node:
    """An agent."""
    return Node(
        key=key_of(Kind.AGENT, agent.id),
        id=agent.id,
        kind=Kind.AGENT,
        name=agent.name or label_of(agent.attributes),
        type=agent.type,
        attributes=agent.attributes,
    )


def description_node(description: Description) -> Node:
    """A description, called by the name that it gives."""
    return Node(
        key=description.as_end.key,
        id=description.id,
        kind=description.type.kind,
        name=first_text(description.attributes, "name"),
        type=description.type,
        version=first_text(description.attributes, "version"),
        attributes=description.attributes,
    )


def label_of(attributes: Attributes) -> str | None:
    """What a PROV document calls a record for people.

    The first of its labels, or its name in the IVOA flavour.
    """
    found = (attributes[name] for name in _LABELS if name in attributes)
    return next((text_of(values[0]) for values in found), None)


def explained(stored: StoredMention) -> Explained:
    """A mention as ``show`` explains it."""
    mention = stored.mention
    return Explained(
        mention.run,
        mention.relation,
        mention.role,
        mention.place,
        mention.identifier,
        mention.source,
        stored.rule,
    )


def explained_order(each: Explained) -> tuple[str, ...]:
    """Sorts explanations: outputs before inputs, then by run and names."""
    outputs_first = "" if each.relation is RelationType.WAS_GENERATED_BY else each.relation
    return outputs_first, each.run, each.place or "", each.identifier or "", each.role or ""


def stats_in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts of records, then of relations in the order of the vocabulary.

    Relations that do not occur are left out.
    """
    records = {label: counts.get(label, 0) for label in RECORD_KINDS}
    return records | {
        relation: counts[relation] for relation in RelationType if counts.get(relation)
    }


#: What ``stats`` counts, besides relations.
RECORD_KINDS = ("activities", "entities", "agents", "descriptions", "settings", "loads")

#: One record for the digest: what it is, and all that it says.
Content = tuple[str, Value]


def run_content(run: Run) -> Content:
    """A run with all its facts."""
    return "activity", [run.id, _plain(run.facts)]


def entity_content(record: EntityRecord) -> Content:
    """An entity with its names and places."""
    standings = [[s.place, s.rank, s.since, s.until] for s in record.standings]
    dates = [record.generated_at, record.invalidated_at, record.data_level]
    return "entity", [
        record.id,
        record.type,
        list(record.identifiers),
        standings,
        dates,
        _plain(record.attributes),
    ]


def agent_content(agent: Agent) -> Content:
    """An agent."""
    return "agent", [agent.id, agent.name, agent.type, _plain(agent.attributes)]


def description_content(description: Description) -> Content:
    """A description."""
    return description.type, [description.id, _plain(description.attributes)]


def mention_content(stored: StoredMention) -> Content:
    """An input or output with the entity that it is of."""
    mention = stored.mention
    names: list[Value] = [mention.place, mention.identifier]
    said: list[Value] = [mention.role, mention.time, mention.source, _plain(mention.attributes)]
    return mention.relation, [mention.run, stored.entity, stored.rule, names, said]


def relation_content(relation: StatedRelation) -> Content:
    """A relation as stated."""
    ends = [[end.kind, end.id] for end in (relation.source, relation.target)]
    return relation.relation, [ends, relation.role, relation.time, _plain(relation.attributes)]


def settings_content(name: str, key: bytes) -> Content:
    """Settings; the key stands for their values."""
    return "settings", [name, key.hex()]


def configuration_content(run: str, configuration: str) -> Content:
    """That a run was set up by settings (their key) or a configuration file (its place)."""
    return "wasConfiguredBy", [run, configuration]


def digest(contents: Iterable[Content]) -> str:
    """One SHA-256 over all provenance content, whatever order it comes in (CONTRACT section 4).

    The SHA-256 of each record are added up as numbers, so the sum needs no sorting and little
    memory.
    """
    total = 0
    count = 0
    for each in _sha256s(contents):
        total = (total + each) % (1 << 256)
        count += 1
    return hashlib.sha256(f"{count} {total:064x}".encode()).hexdigest()


def _sha256s(contents: Iterable[Content]) -> Iterator[int]:
    for kind, content in contents:
        yield int.from_bytes(hashlib.sha256(canonical_json([kind, content]).encode()).digest())


def _plain(attributes: Attributes) -> dict[str, Value]:
    return {name: list(values) for name, values in attributes.items()}
