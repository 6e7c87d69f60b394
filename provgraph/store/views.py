"""What can be read of a store while others may write: small protocols, and `View`, all of them.

Nothing here runs. See `provgraph.store.protocol`, which also says what every method raises.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from provgraph.identity.files import RunTimes
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
)
from provgraph.model.vocabulary import Kind
from provgraph.store.records import (
    EntityRecord,
    JournalEntry,
    Page,
    StoredMention,
    StoredRelation,
)


class Facts(Protocol):
    """Facts as they stand, looked up by id or name: what identity is decided from."""

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among some.

        Args:
            ids: of runs.

        Returns:
            Id → the run with all its facts.
        """

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All inputs and outputs of some runs.

        Args:
            runs: their ids.

        Returns:
            Each mention once, in no order.
        """

    def mentions_beside(self, said: Mapping[str, Collection[Mention]]) -> list[StoredMention]:
        """The known inputs and outputs of runs that matter for new ones.

        Sources may name one file differently (docs/contract.md, rule 9), so of a run that several
        sources speak of all inputs and outputs matter. Of any other run only those matter that are
        said again: a run may have very many.

        Args:
            said: id of a run → the new ones.

        Returns:
            Each mention once, in no order.
        """

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions by which others may be decided (`Mention.is_structural`).

        Args:
            names: places and identifiers.
            twins: twin keys.

        Returns:
            Those that bear one of the names or twin keys, each once, in no order.
        """

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs that are known by their path alone.

        Args:
            places: the paths.

        Returns:
            Each mention at one of the places once, in no order.
        """

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When runs ran.

        Args:
            runs: their ids.

        Returns:
            Id → its times, of those that are known.
        """

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What sources state of identifiers.

        Args:
            identifiers: strong ones, or ids of entities that are known by their path alone.

        Returns:
            Identifier → what is stated, where anything is.
        """

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among some.

        Args:
            ids: of agents.

        Returns:
            Id → agent.
        """

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among some.

        Args:
            ends: kind and id of each: one id may stand for descriptions of several kinds.

        Returns:
            Kind and id → description.
        """

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among some.

        Args:
            ids: of entities.

        Returns:
            Id → entity. Another name of an entity than its id finds nothing.
        """


class Journal(Protocol):
    """Which transactions were committed, and which records each may have changed.

    Attributes:
        turn: how many transactions were committed before; see
            `provgraph.store.protocol.Store.writing`.
        settled: the last turn of which all is surely visible here.
    """

    turn: int
    settled: int

    def store_id(self) -> str | None:
        """What tells this store from all others.

        It is made by the first writer, and kept as long as the store is. A copy of the store has it
        too, until the copy is emptied. It is no provenance: no digest and no document has it.

        Returns:
            The id; None of a store that only a provgraph before 0.2 has written.
        """

    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        """The entries of one turn and of all later ones.

        Args:
            turn: the first.

        Yields:
            Oldest first. A store made before journals were kept lacks the oldest.
        """


class BulkReader(Protocol):
    """All records of some kind, and what belongs to them: for documents, checks and the mirror."""

    def subjects(self, kind: str, after: str, limit: int) -> Page:
        """Some of all subjects of a kind.

        Args:
            kind: a `provgraph.store.journal.Subject`.
            after: `Page.after` of the page before; "" for the first page.
            limit: how many at most.

        Returns:
            Their ids, in the store's own fixed order; of settings the keys in hexadecimal.
        """

    def bearers(self, names: Collection[str]) -> set[str]:
        """The entities that bear one of some names.

        Args:
            names: places and identifiers.

        Returns:
            The ids of the entities.
        """

    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        """The stated relations at either end of some records.

        Args:
            kind: of the records.
            ids: of the records.

        Returns:
            Each relation once, in no order.
        """

    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Which settings runs have.

        Args:
            runs: their ids.

        Returns:
            Run id → the keys of its settings in hexadecimal, in no order; runs without are left
            out.
        """

    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        """The known settings among some.

        Args:
            keys: in hexadecimal.

        Returns:
            Key in hexadecimal → settings.
        """

    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Which configuration files runs have.

        Args:
            runs: their ids.

        Returns:
            Run id → the places of its configuration files, in no order; runs without are left out.
        """


class View(Facts, Journal, BulkReader, Protocol):
    """Facts read while others may write: what is decided from them is checked before it is written.

    Attributes:
        is_snapshot: whether the view shows one moment, whatever is committed meanwhile. Where it
            does not, the journal tells what to read again.
    """

    is_snapshot: bool
