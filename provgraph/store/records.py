"""What goes into a store and comes out of it, as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provgraph.identity.entities import Standing
from provgraph.model.lineage import Node
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    StatedRelation,
)
from provgraph.model.values import Attributes
from provgraph.model.vocabulary import EntityType, RelationType

#: The size of a load that was made before assertions were kept.
UNKNOWN_SIZE = -1
#: The loads that tell what is in the store of their source.
CURRENT_STATUSES = ("loaded", "partial", "unfinished")


# Records.


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention with what the identity rules made of it.

    Attributes:
        mention: what the source says.
        twin: a key that is shared by the mentions of several sources that name the same file
            (docs/contract.md, rule 9); None when no other source names it.
        entity: the id of the entity that the mention is of; "" before the first decision.
        rule: why it is of that entity, a `provgraph.identity.resolution.Rule`.
    """

    mention: Mention
    twin: bytes | None = None
    entity: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """An entity as stored: all of it follows from facts.

    Attributes:
        id: the strongest of its names (docs/contract.md, rule 6).
        type: which kind of entity.
        identifiers: all its names, strongest first: identifiers and paths.
        standings: at which paths it stood, and from when to when.
        generated_at: when it was written, as a source states it, else as its run tells; canonical
            UTC.
        invalidated_at: when it ceased to be, as a source states it, else when it lost the last
            place where it stood (docs/contract.md, rule 4);
            canonical UTC. What somebody declared invalid says so in its attributes
            (`provgraph.model.derived`).
        data_level: such as ``DL3``; None when nothing says it.
        attributes: what sources say of it as such.
        former: names without a strong identifier (a path, or PATH@RUN) under which a source has
            stated something of this entity, its attributes or a relation.
        external: whether no known run made it: it is no run's output. Stores find such entities by
            this; it follows from the outputs, so it is no part of the digest.
    """

    id: str
    type: EntityType
    identifiers: tuple[str, ...]
    standings: tuple[Standing, ...]
    generated_at: str | None
    invalidated_at: str | None
    data_level: str | None
    attributes: Attributes
    former: tuple[str, ...] = ()
    external: bool = True


@dataclass(frozen=True, slots=True)
class StoredRelation:
    """A stated relation with the records that its ends mean now.

    Attributes:
        relation: as it is stated.
        source: the id of the record at its source.
        target: the id of the record at its target.
    """

    relation: StatedRelation
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One reading of one source: provgraph's own bookkeeping.

    Attributes:
        id: random, unique.
        source: the file or URL that was read.
        format: the loader's name.
        namespace: in which its paths were read.
        sha256: of the source's bytes, in hexadecimal; where its names are relative, of its address
            and its bytes (`provgraph.ingest.reading.reading.Reading.content_sha256`).
        time: when it was loaded, canonical UTC.
        version: the version of provgraph that loaded it.
        status: ``loaded``; ``partial``; ``unfinished`` while a source that is too large for one
            transaction is being read, and when that was interrupted; ``remainder`` when the load
            that it went on from was forgotten.
        counts: activities, entities, agents and relations that the source names.
        problems: (where, what) of each unreadable part.
        size: of the source, in bytes; `UNKNOWN_SIZE` of a load that was made before assertions were
            kept.
        read_to: the byte behind the last whole record, where reading can go on; None where the
            format can't.
        continues: the id of the load at whose end this one began to read; None when it read from
            the start.
        agent: who sent the source to a server, such as ``token night`` or ``login ana``; None of
            a load by who has the store itself.
    """

    id: str
    source: str
    format: str
    namespace: str
    sha256: str
    time: str
    version: str
    status: str
    counts: Mapping[str, int]
    problems: tuple[tuple[str, str], ...] = ()
    size: int = 0
    read_to: int | None = None
    continues: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class LoadPage:
    """Some of the loads of a store.

    Attributes:
        loads: the newest first.
        total: how many the store has in all.
        follows: whether older ones follow.
    """

    loads: tuple[LoadRecord, ...]
    total: int
    follows: bool


@dataclass(frozen=True, slots=True)
class Assertion:
    """What one load says of one subject, kept so that the load can be forgotten.

    Attributes:
        subject: the key of the run, agent, description, relation or stated entity.
        load: the key of the load.
        part: a number that tells several assertions of one load on one subject apart.
        content: what is said, as `provgraph.ingest.deciding.assertions` writes it.
    """

    subject: bytes
    load: bytes
    part: int
    content: bytes


# What a transaction writes.


@dataclass
class Removals:
    """What no load says any more, and what is therefore deleted.

    Settings, configuration files and names are deleted with the last record that refers to them.

    Attributes:
        runs: ids.
        mentions: inputs and outputs of runs.
        entities: ids of entities that no mention is of any more.
        stated: identifiers of which nothing is stated any more.
        agents: ids.
        descriptions: kind and id of each.
        relations: stated relations.
        settings_of: pairs of run id and settings key.
        config_files_of: pairs of run id and place.
        assertions_of: the key of the load that is forgotten.
        assertions: the subjects of which that load says nothing any more.
        load: the id of the load, when it says nothing at all any more.
    """

    runs: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    descriptions: list[End] = field(default_factory=list)
    relations: list[StatedRelation] = field(default_factory=list)
    settings_of: list[tuple[str, bytes]] = field(default_factory=list)
    config_files_of: list[tuple[str, str]] = field(default_factory=list)
    assertions_of: bytes = b""
    assertions: list[bytes] = field(default_factory=list)
    load: str | None = None


@dataclass
class Changes:
    """What is written: a record that is there already is replaced.

    Attributes:
        runs: with all their facts.
        mentions: inputs and outputs of runs, each with the entity that it is of now.
        entities: as they are now.
        stated: what is stated of identifiers.
        agents: as they are now.
        descriptions: as they are now.
        relations: stated relations.
        settings: that may be new.
        settings_of: pairs of run id and settings key.
        config_files_of: pairs of run id and place.
        loads: bookkeeping.
        assertions: what the loads say, so that they can be forgotten.
        removals: what is deleted.
    """

    runs: list[Run] = field(default_factory=list)
    mentions: list[StoredMention] = field(default_factory=list)
    entities: list[EntityRecord] = field(default_factory=list)
    stated: list[StatedEntity] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    descriptions: list[Description] = field(default_factory=list)
    relations: list[StatedRelation] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    settings_of: list[tuple[str, bytes]] = field(default_factory=list)
    config_files_of: list[tuple[str, str]] = field(default_factory=list)
    loads: list[LoadRecord] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    removals: Removals = field(default_factory=Removals)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What one transaction may have changed.

    Attributes:
        turn: the number of the transaction; numbers are consecutive.
        mark: random bytes. By the mark a reader sees that a turn is of another store, or of one
            that was put back to an earlier state.
        content: the subjects, as `provgraph.store.journal` packs them.
    """

    turn: int
    mark: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """How much a store can take at once.

    Attributes:
        documents: about how many documents one transaction can take; None for any number.
    """

    documents: int | None = None


# Answers.


@dataclass(frozen=True, slots=True)
class Page:
    """Some of many ids.

    Attributes:
        ids: in the store's order.
        after: what to ask with for those that follow; None at the end.
    """

    ids: list[str]
    after: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A record that meets a `provgraph.model.filters.Filter`.

    Attributes:
        node: the record.
        rank: how new it is at the place that was asked for: of two entities at one place the one
            with the higher rank came later. 0 where no place was asked for.
        place: the place with the base name that was asked for; None when none was. An entity that
            stood at several such places is found once for each.
        cursor: what to ask with for the records behind this one; "" where nothing was searched.
    """

    node: Node
    rank: int = 0
    place: str | None = None
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of the records that meet a filter.

    Attributes:
        found: in the order that was asked for.
        after: the cursor for the next page; None when nothing follows.
        total: how many records meet the filter, on all pages together; None where the request
            left it open (`PageRequest.counted`).
    """

    found: tuple[Found, ...]
    after: str | None = None
    total: int | None = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """One mention as ``show`` explains it.

    Attributes:
        run: the id of the run that names the file.
        relation: whether the run used it or wrote it.
        role: the part that it played.
        place: its path, where the source gives one.
        identifier: its identifier, where the source gives one.
        source: who says so: a format and a namespace.
        rule: which rule joined the mention to its entity, a `provgraph.identity.resolution.Rule`.
    """

    run: str
    relation: RelationType
    role: str | None
    place: str | None
    identifier: str | None
    source: str
    rule: str
