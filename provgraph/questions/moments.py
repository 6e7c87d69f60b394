"""What a store knew at an earlier time: as if only the sources loaded by then had been loaded.

A store keeps what each load says, so that it can be forgotten; from the same words the earlier
state is made, in a store of its own (docs/explanation/decisions/0014-earlier-states.md).
"""

from collections.abc import Callable, Collection, Iterator
from tempfile import TemporaryDirectory
from threading import Lock

from provgraph.errors import SettingsError, StoreError
from provgraph.ingest.deciding.assertions import AssertedFacts, read_assertion
from provgraph.ingest.deciding.integration import plan_changes
from provgraph.model.records import Document, key_of
from provgraph.model.values import with_zone
from provgraph.model.vocabulary import Kind
from provgraph.store.copying import StorePart
from provgraph.store.protocol import Store
from provgraph.store.records import UNKNOWN_SIZE, Changes, LoadRecord
from provgraph.store.registry import open_store

#: How many records an earlier state may have to be made in memory.
_IN_MEMORY = 50_000
#: How many earlier states are kept for further questions.
_KEPT = 2


class EarlierStates:
    """A store as it was known to be at earlier times; each state is made once."""

    def __init__(
        self,
        store: Store,
        most: int | None = None,
        told: Callable[[int], object] = lambda _: None,
    ) -> None:
        """Take an open store.

        Args:
            store: the store, which stays open.
            most: how many records the loads of an earlier state may name; None for any number.
            told: is told how many documents were integrated since it was told last.
        """
        self._store = store
        self._most = most
        self._told = told
        self._made: dict[frozenset[str], tuple[Store, TemporaryDirectory[str] | None]] = {}
        self._lock = Lock()

    def as_of(self, time: str | None) -> Store:
        """Find what answers as of a time.

        Args:
            time: canonical; None for the present.

        Returns:
            The store itself when all it knows had been loaded by then; else a store that holds what
            the loads made by then say, and nothing else. It is closed by `close`.

        Raises:
            SettingsError: the earlier state has more records than may be made again.
            StoreError: the store is of a provgraph that did not keep what each load says, or it
                failed.
        """
        if time is None:
            return self._store
        loads = self._store.loads()
        earlier = [load for load in loads if load.time <= time]
        if len(earlier) == len(loads):
            return self._store
        self._check(time, loads, earlier)
        which = frozenset(load.id for load in earlier)
        with self._lock:
            if which not in self._made:
                # Who still asks the oldest state keeps it until the answer is there.
                for old in list(self._made)[: 1 - _KEPT or None]:
                    del self._made[old]
                self._made[which] = self._make(earlier)
            return self._made[which][0]

    def close(self) -> None:
        """Close the earlier states; the store itself stays open."""
        for made, folder in self._made.values():
            made.close()
            if folder is not None:
                folder.cleanup()
        self._made.clear()

    def _check(
        self, time: str, loads: Collection[LoadRecord], earlier: Collection[LoadRecord]
    ) -> None:
        """Refuse what can't be made, or would take too long."""
        if any(load.size == UNKNOWN_SIZE for load in loads):
            raise StoreError(
                "some loads were made before provgraph 0.2, which kept no record of what each load "
                "says, so nobody knows what the store held earlier"
            )
        if self._most is not None and _size(earlier) > self._most:
            raise SettingsError(
                f"as of {with_zone(time)} the store knew {_size(earlier):,} records, and at most "
                f"{self._most:,} are made again for one question: ask with `provgraph --as-of`, "
                "which has no limit"
            )

    def _make(self, loads: list[LoadRecord]) -> tuple[Store, TemporaryDirectory[str] | None]:
        folder = TemporaryDirectory("-provgraph") if _size(loads) > _IN_MEMORY else None
        made = open_store("sqlite://" if folder is None else f"sqlite:///{folder.name}/earlier.db")
        keys = {key_of(Kind.LOAD, load.id) for load in loads}
        settings: set[bytes] = set()
        with self._store.original() as original:
            turn = original.turn()
            for piece in original.pieces(StorePart.ASSERTIONS, ""):
                said = [read_assertion(each) for each in piece.records if each.load in keys]
                settings.update(key for facts in said for key in facts.settings)
                _integrate(made, map(_document_of, said))
                self._told(len(said))
            for piece in original.pieces(StorePart.SETTINGS, ""):
                _write(made, Changes(settings=[s for s in piece.records if s.key in settings]))
            _write(made, Changes(loads=loads))
            if not original.is_snapshot and original.turn() != turn:
                raise StoreError(
                    "the store was written while its earlier state was read, and what was read is "
                    "not of one moment: ask again when nobody loads"
                )
        return made, folder


def _size(loads: Collection[LoadRecord]) -> int:
    """How many records loads name, each counted by itself."""
    return sum(sum(load.counts.values()) for load in loads)


def _document_of(facts: AssertedFacts) -> Document:
    """What a load says of one subject, as it would be loaded."""
    return Document(
        facts.run,
        facts.mentions,
        facts.entities,
        facts.agents,
        facts.descriptions,
        facts.relations,
        config_files=facts.config_files,
        settings_keys=facts.settings,
    )


def _integrate(store: Store, documents: Iterator[Document]) -> None:
    with store.writing() as transaction:
        planned = plan_changes(transaction, list(documents), is_written_at_once=True)
        transaction.apply(planned.changes, planned.touched)


def _write(store: Store, changes: Changes) -> None:
    with store.writing() as transaction:
        transaction.apply(changes, ())
