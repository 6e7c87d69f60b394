"""What every store can do: small protocols, and `Store`, which is all of them together.

Nothing here runs. One folder holds each implementation; `provgraph.store.registry` chooses by URL.
Facts are written in transactions that the identity rules drive
(`provgraph.ingest.deciding.integration`); a store decides nothing about which file is which.

Facts, journal and bulk reading name records by their ids, as sources and the journal do. Questions
name them by the keys of nodes (`provgraph.model.records.key_of`), as answers do.

Every method of every protocol raises `StoreError` when the store refuses or fails, and
`UnreachableError`, which is a `StoreError`, when the same call may succeed later. What an unknown
id or key names is left out of an answer; it is no error. Methods that read make nothing: they raise
`NoStoreError` where nobody has written yet.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from provgraph.model.filters import Filter, PageRequest, SortOrder
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.records import (
    Settings,
)
from provgraph.model.values import Value
from provgraph.model.vocabulary import RelationType
from provgraph.store.copying import Copies
from provgraph.store.records import (
    Assertion,
    Changes,
    Explained,
    FoundPage,
    LoadPage,
    LoadRecord,
    StoreLimits,
)
from provgraph.store.tainting import Taints
from provgraph.store.views import View


class KnownLoads(Protocol):
    """Which sources were loaded already."""

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """The newest loads of some bytes.

        Args:
            sha256s: checksums in hexadecimal.
            namespace: the loads are of the same one.

        Returns:
            Checksum → the newest load of these very bytes, among `CURRENT_STATUSES`.
        """


class Loads(KnownLoads, Protocol):
    """The bookkeeping of what was loaded."""

    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        """The loads of some sources.

        Args:
            sources: files or URLs, as loads name them.
            namespace: the loads are of the same one.

        Returns:
            Those among `CURRENT_STATUSES`, oldest first.
        """

    def loads(self, since: str | None = None) -> list[LoadRecord]:
        """The loads, oldest first.

        Args:
            since: made then or later; canonical UTC, None for all.
        """

    def newest_loads(self, size: int, after: str | None = None) -> LoadPage:
        """Some of the loads, the newest first; nothing else is read.

        Args:
            size: how many at most.
            after: the id of the load behind which the page begins; None for the first page.

        Raises:
            ValueError: there is no load of this id.
        """


class Transaction(View, KnownLoads, Protocol):
    """Facts as they stand, and changes to them; the only writer of its store while it lasts."""

    def touched_since(self, turn: int) -> frozenset[bytes] | None:
        """What was touched by all transactions that were committed after one turn.

        Args:
            turn: the last that the asker has seen.

        Returns:
            The marks that those transactions gave to `apply`; None when the store does not know
            them any more, and the asker has to decide again.
        """

    def assertions_of(self, load: bytes, limit: int) -> list[Assertion]:
        """Some of what a load says.

        Args:
            load: its key.
            limit: of how many subjects at most.

        Returns:
            All or nothing of each subject, in no order; empty when nothing is left.
        """

    def assertions_about(self, subjects: Collection[bytes], without: bytes) -> list[Assertion]:
        """What all loads but one say of some subjects.

        Args:
            subjects: their keys.
            without: the key of the load that is left out.

        Returns:
            The assertions, in no order.
        """

    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        """Write changes; they are committed with the transaction.

        Args:
            changes: what is new, what is other than before, and what is gone.
            touched: marks of eight bytes for those who decide meanwhile what they will write
                (`provgraph.ingest.deciding.neighbourhood`).
        """


class Questions(Protocol):
    """Answers for people and programs: nodes and edges."""

    def find(
        self,
        wanted: Filter,
        order: SortOrder = SortOrder.ID,
        page: PageRequest = PageRequest(),  # noqa: B008 - frozen
    ) -> FoundPage:
        """The records that meet a filter.

        Args:
            wanted: which records.
            order: in which order.
            page: how many of them, and behind which.

        Returns:
            One page. A record that is written while somebody reads page after page may be missed;
            none comes twice.

        Raises:
            ValueError: the filter has no condition, or the page's cursor is none that this order
                gave.
        """

    def files_at(
        self, places: Collection[str], state: bytes | None = None
    ) -> dict[str, tuple[Node, ...]]:
        """All files that ever stood at some places.

        Args:
            places: as identifiers.
            state: of the store, as the lineage that the places come from tells it. What was looked
                up in this state is not looked up again; None has all of it looked up.

        Returns:
            Place → the files, by id; places where none ever stood are left out.
        """

    def called(self, names: Collection[str], beginnings: Collection[str], limit: int) -> list[Node]:
        """Records that people may mean by what is no identifier of theirs.

        Args:
            names: what answers call the record, or the last part of the URI that a document gives
                it; in any case, and compared in their first 64 characters only.
            beginnings: the record's id begins with one of these.
            limit: of how many records of each kind at most.

        Returns:
            The entities, activities and agents, by id. Which of them are left out beyond the limit
            is open.
        """

    def names_near(self, name: str, limit: int) -> list[str]:
        """The names that stand next to a text in the order of the alphabet.

        Args:
            name: perhaps misspelt.
            limit: how many names of each kind of record at most, before and behind the text.

        Returns:
            What answers call records, or the last parts of the URIs of those without a name: each
            once, in lower case, the first 64 characters, sorted.
        """

    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        """Everything that some relations lead to from one record, breadth first.

        Args:
            root: where the walk begins.
            direction: to causes, to effects, or both ways from the root.
            relations: the types to follow. Relations to agents are added as leaves.
            depth: how many relations far; None for no end.
            limit: how many nodes at most; the nearest are kept. Agents do not count.

        Returns:
            Nodes by distance, then id; edges in a fixed order. Nodes bear ``more`` where the
            relations lead on to records that depth or limit cut off. No node bears ``tainted``;
            `Taints.taints` tells it. Of a walk to the causes it holds the setups of the runs, the
            state of the store, and the recalls that are marked; not where some of what they mean
            may be hidden.
        """

    def walks(
        self,
        roots: Sequence[Node],
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> list[Lineage]:
        """Several walks, each as by `walk`; overridden where a server answers them at once."""
        return [self.walk(root, direction, relations, depth, limit) for root in roots]

    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        """The known records among some.

        Args:
            keys: of records of any kind, descriptions among them.

        Returns:
            Key → node.
        """

    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        """The relations at either end of some records.

        Args:
            keys: of the records.
            relations: the types that are wanted.

        Returns:
            Each edge once, sorted by type, source, target, role and time.
        """

    def edges_among(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        """The relations between some records. Nothing is read of what else leads there.

        Args:
            keys: of the records.
            relations: the types that are wanted.

        Returns:
            Each edge of which both ends are among the records once, sorted as by `edges_of`.
        """

    def links(
        self, keys: Collection[bytes], way: Direction, relations: Sequence[RelationType]
    ) -> list[tuple[bytes, bytes]]:
        """What relations lead to from some records, one step far; nothing is read of the records.

        Args:
            keys: of the records.
            way: to the causes or to the effects.
            relations: the types to follow.

        Returns:
            The key of a record and that of one that it leads to, in no order; a pair comes once for
            each relation between the two.
        """

    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        """The settings of runs, the software among them.

        Args:
            keys: of the runs.

        Returns:
            Key → settings sorted by name; runs without are left out.
        """

    def setups_of(self, keys: Collection[bytes]) -> dict[bytes, Setup]:
        """What runs were set up by: nothing is read of what it says.

        Args:
            keys: of the runs.

        Returns:
            Key → what set it up; runs without are left out.
        """

    def paths_in(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        """The texts in settings that may be paths of files that a run reads.

        A run has hundreds of parameters, of which few are paths. Software is left out. Settings
        are read once: what a key stands for never changes.

        Args:
            settings: their keys.

        Returns:
            Key → the texts (`provgraph.model.identifiers.paths_in`).
        """

    def explain(self, key: bytes) -> list[Explained]:
        """The mentions that are of one entity or run.

        Args:
            key: of the entity or run.

        Returns:
            Outputs before inputs, then by run and names.
        """


class Contents(Protocol):
    """All that a store holds."""

    def stats(self) -> dict[str, int]:
        """How many records and relations there are of each kind.

        Returns:
            First the kinds of records, in a fixed order; then the types of relations that occur, in
            the order of the vocabulary.
        """

    def scan(self) -> Iterator[tuple[str, Value]]:
        """All provenance content, without bookkeeping: what the digest is made of.

        Yields:
            Kind and JSON-like content of each record, once, in no order.
        """


class Store(Questions, Taints, Loads, Contents, Copies, Protocol):
    """Where provenance is kept, and who answers questions about it.

    Attributes:
        limits: how much the store can take at once.
    """

    limits: StoreLimits

    @property
    def address(self) -> str:
        """Where the store is, without password; people read it."""

    def make(self) -> None:
        """Make what is missing for writers: the file, tables, constraints, indexes.

        Who only asks never calls this; `writing` does. A store of an older provgraph is brought up
        to date.
        """

    def is_current(self) -> bool:
        """Whether the store is as this provgraph makes it.

        Returns:
            False for one that an older provgraph made; the next writer brings it up to date.

        Raises:
            NewerStoreError: a newer provgraph made it.
        """

    def viewing(self, *, settled: bool = False) -> AbstractContextManager[View]:
        """Facts as they stand, read while others may write.

        Args:
            settled: whether to wait first until all that was committed is wholly visible. Where a
                commit becomes visible as a whole there is nothing to wait for.

        Returns:
            A context manager; the view ends with the block.
        """

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction: committed at the end of the block, undone when the block raises.

        Waits until no other process writes. A commit that has changed provenance is a turn of its
        own: the next one sees a higher `Journal.turn`.

        Returns:
            A context manager; the transaction ends with the block.
        """

    def close(self) -> None:
        """Let go of connections and files."""
