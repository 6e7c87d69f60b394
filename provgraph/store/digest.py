"""The digest: one checksum over all that a store holds, the same in every store.

A record is first written as content: what it is, and all that it says.
"""

import hashlib
from collections.abc import Iterable, Iterator

from provgraph.model.records import Agent, Description, Run, StatedRelation
from provgraph.model.values import Attributes, Value, canonical_json
from provgraph.store.records import EntityRecord, StoredMention

#: One record for the digest: what it is, and all that it says.
Content = tuple[str, Value]


def run_content(run: Run) -> Content:
    """A run with all its facts.

    Args:
        run: the run.
    """
    return "activity", [run.id, _plain(run.facts)]


def entity_content(record: EntityRecord) -> Content:
    """An entity with its names and places.

    Args:
        record: the entity.
    """
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
    """An agent.

    Args:
        agent: the agent.
    """
    return "agent", [agent.id, agent.name, agent.type, _plain(agent.attributes)]


def description_content(description: Description) -> Content:
    """A description.

    Args:
        description: the description.
    """
    return description.type, [description.id, _plain(description.attributes)]


def mention_content(stored: StoredMention) -> Content:
    """An input or output with the entity that it is of.

    Args:
        stored: the mention.
    """
    mention = stored.mention
    names: list[Value] = [mention.place, mention.identifier]
    said: list[Value] = [mention.role, mention.time, mention.source, _plain(mention.attributes)]
    return mention.relation, [mention.run, stored.entity, stored.rule, names, said]


def relation_content(relation: StatedRelation) -> Content:
    """A relation as stated.

    Args:
        relation: the relation.
    """
    ends = [[end.kind, end.id] for end in (relation.source, relation.target)]
    return relation.relation, [ends, relation.role, relation.time, _plain(relation.attributes)]


def settings_content(name: str, key: bytes) -> Content:
    """Settings; the key stands for their values.

    Args:
        name: of the settings.
        key: of the settings.
    """
    return "settings", [name, key.hex()]


def configuration_content(run: str, configuration: str) -> Content:
    """That a run was set up by settings or by a configuration file.

    Args:
        run: its id.
        configuration: the key of the settings in hexadecimal, or the place of the file.
    """
    return "wasConfiguredBy", [run, configuration]


def digest(contents: Iterable[Content]) -> str:
    """One SHA-256 over all provenance content, whatever order it comes in.

    The SHA-256 of each record are added up as numbers, so the sum needs no sorting and little
    memory (docs/contract.md, Commands).

    Args:
        contents: each record once, as `provgraph.store.protocol.Contents.scan` yields them.

    Returns:
        The checksum in hexadecimal.
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
