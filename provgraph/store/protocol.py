"""The store interface: facts in, questions out.

One implementation a file; `registry` chooses by URL.

Facts are written in transactions that the identity rules drive
(`provgraph.ingest.deciding.integration`); a store decides nothing about which file is which. Every
method raises `StoreError`, or `UnreachableError` when trying again may help.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from provgraph.identity.files import RunTimes
from provgraph.identity.standings import Standing
from provgraph.model.lineage import Direction, Edge, Lineage, Node
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
from provgraph.model.values import Attributes, Value
from provgraph.model.vocabulary import EntityType, Kind, RelationType


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention with what the identity rules made of it.

    Attributes:
        mention: what the source says.
        twin: what it shares with the mentions of other sources that name the same file (rule 9);
            None without any.
        entity: the id of the entity that it is of; "" before the first decision.
        rule: why, a `provgraph.identity.resolution.Rule`.
    """

    mention: Mention
    twin: bytes | None = None
    entity: str = ""
    rule: str = ""

    @property
    def is_structural(self) -> bool:
        """Whether it can change which file others are.

        All but inputs that are known by their path alone.
        """
        return (
            self.mention.is_output or self.mention.identifier is not None or self.twin is not None
        )


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """An entity as stored, all of it a consequence of facts.

    Attributes:
        former: weak names by which something is stated of it.
    """

    id: str
    type: EntityType
    identifiers: tuple[str, ...]
    standings: tuple[Standing, ...]
    generated_at: str | None
    invalidated_at: str | None
    data_level: str | None
    attributes: Attributes
    former: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One reading of one source: provgraph's own bookkeeping.

    Attributes:
        id: random, unique.
        source: the file or URL.
        format: the loader's name.
        namespace: in which its paths were read.
        sha256: of the source's bytes.
        time: when, canonical UTC.
        version: provgraph's.
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


@dataclass(frozen=True, slots=True)
class Assertion:
    """What one load says of one subject, kept so that the load can be forgotten.

    Attributes:
        subject: the key of the run, agent, description, relation or stated entity.
        load: the key of the load.
        part: tells assertions of one load on one subject apart.
        content: what is said, as `provgraph.ingest.deciding.assertions` writes it.
    """

    subject: bytes
    load: bytes
    part: int
    content: bytes


@dataclass
class Removals:
    """What nobody says any more.

    Settings, configuration files and names go with the last that refers to them.

    ``settings_of`` and ``config_files_of`` hold (run id, settings key) and (run id, place);
    ``assertions`` the subjects of which the load ``assertions_of`` says nothing any more; ``load``
    goes when it says nothing at all.
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
    """What one transaction writes; a record that is there already is replaced.

    ``settings_of`` and ``config_files_of`` hold (run id, settings key) and (run id, place).
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


class Facts(Protocol):
    """Facts as they stand, by key."""

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among these, with all their facts."""

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All mentions of these runs."""

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions that bear one of the names (places, identifiers) or twin keys, without plain
        reads.
        """

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs at these places that are known by their path alone."""

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When the runs ran."""

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What is stated of these identifiers."""

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among these."""

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among these."""

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among these."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What one transaction may have changed.

    Attributes:
        turn: its number; consecutive.
        mark: random, so that the same turn of another store, or of one that was put back, is known
            as another.
        content: the subjects, as `provgraph.store.journal` packs them.
    """

    turn: int
    mark: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Some of many ids.

    Those that follow are asked for with ``after``, which is None at the end.
    """

    ids: list[str]
    after: str | None


@dataclass(frozen=True, slots=True)
class StoredRelation:
    """A stated relation, and the ids of the records that its ends mean now."""

    relation: StatedRelation
    source: str
    target: str


class View(Facts, Protocol):
    """Facts read while others may write.

    What is decided from them is to be checked before it is written.
    """

    #: How many transactions were committed before; see `Store.writing`.
    turn: int
    #: The last of them of which all is surely visible.
    settled: int

    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        """The entries of this turn and all later ones, oldest first."""

    def subjects(self, kind: str, after: str, limit: int) -> Page:
        """Some of all subjects of a kind (`provgraph.store.journal.Subject`), behind ``after``.

        "" is the beginning.
        """

    def bearers(self, names: Collection[str]) -> set[str]:
        """The ids of the entities that bear one of the names."""

    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        """The stated relations at either end of these records."""

    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the keys of its settings, in hexadecimal."""

    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        """Key in hexadecimal → the known settings among these."""

    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the places of its configuration files."""


def pages(view: View, kind: str, size: int) -> Iterator[list[str]]:
    """The ids of all subjects of a kind, so many at a time.

    Args:
        view: of the store.
        kind: a `provgraph.store.journal.Subject`.
        size: how many at most.
    """
    after: str | None = ""
    while after is not None:
        page = view.subjects(kind, after, size)
        yield page.ids
        after = page.after


class Transaction(View, Protocol):
    """Facts as they stand, and changes to them; the only writer of its store while it lasts."""

    def touched_since(self, turn: int) -> frozenset[bytes] | None:
        """The marks of all transactions committed after that turn.

        None when nobody knows any more.
        """

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """As `Store.loads_of`, seen from within."""

    def assertions_of(self, load: bytes, limit: int) -> list[Assertion]:
        """Some of what the load says, all or nothing of each subject.

        Empty when nothing is left.
        """

    def assertions_about(self, subjects: Collection[bytes], without: bytes) -> list[Assertion]:
        """What all loads but one say of the subjects."""

    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        """Write the changes.

        ``touched`` marks them for those who decide meanwhile what they will write.
        """


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate for a name: a node and how new it is at the place that was named."""

    node: Node
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """One mention as ``show`` explains it: names, role, and the rule that joined it."""

    run: str
    relation: RelationType
    role: str | None
    place: str | None
    identifier: str | None
    source: str
    rule: str


class Store(Protocol):
    """Where provenance is kept, and who answers questions about it.

    Attributes:
        most_documents: about how many documents one transaction can take; None for any number.
        views_are_snapshots: whether a view shows one moment, whatever is committed meanwhile.
    """

    most_documents: int | None
    views_are_snapshots: bool

    def viewing(self) -> AbstractContextManager[View]:
        """Facts as they stand, read while others may write."""

    def settle(self) -> None:
        """Wait until all that was committed is wholly visible to views."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction: committed at the end of the block, undone when it raises.

        Waits for its turn.
        """

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """Checksum → the newest load of the very same bytes in the same namespace, among
        `CURRENT_STATUSES`.
        """

    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        """The loads of these sources in the namespace, among `CURRENT_STATUSES`, oldest first."""

    def by_id(self, identifiers: Sequence[str]) -> list[Found]:
        """Entities, activities and agents that bear one of the identifiers."""

    def by_version(self, place: str, activity: str) -> list[Found]:
        """Entities that the activity wrote at the place."""

    def by_base_name(self, name: str) -> list[tuple[str, Found]]:
        """Places whose last part is the name, with the entities that stood there."""

    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        """Everything that the relations lead to from the root, breadth first, at most ``limit``
        nodes.
        """

    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        """The nodes with these keys, descriptions among them."""

    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        """All relations of these types at either end of the nodes, in a fixed order."""

    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        """Activity key → its settings, the software among them."""

    def config_files_of(self, keys: Collection[bytes]) -> dict[bytes, list[str]]:
        """Activity key → the places of its configuration files."""

    def explain(self, key: bytes) -> list[Explained]:
        """The mentions that are of this entity or run."""

    def stats(self) -> dict[str, int]:
        """How many there are of each kind of record and relation."""

    def scan(self) -> Iterator[tuple[str, Value]]:
        """All provenance content as (kind, JSON-like content), each record once, in no order.

        No bookkeeping.
        """

    def loads(self) -> Iterable[LoadRecord]:
        """All loads, oldest first."""

    def close(self) -> None:
        """Let go of connections and files."""


#: The size of a load that was made before assertions were kept.
UNKNOWN_SIZE = -1
#: The loads that tell what is in the store of their source.
CURRENT_STATUSES = ("loaded", "partial", "unfinished")
#: Where an unlimited walk stops all the same.
WALK_LIMIT = 100_000
#: Kinds that a name can lead to.
NAMED_KINDS = (Kind.ENTITY, Kind.ACTIVITY, Kind.AGENT)
