"""One write transaction of the Neo4j store."""

from collections.abc import Collection

from neo4j import Transaction as DriverTransaction
from typing_extensions import override

from provgraph.store.journal import KEPT_TURNS, Journaled, TouchedMarks, marks_in, new_mark
from provgraph.store.neo4j import bookkeeping
from provgraph.store.neo4j.changes import Writer
from provgraph.store.neo4j.facts import LOCK, REVISION, Neo4jView, journal_id, loads_of
from provgraph.store.protocol import Transaction
from provgraph.store.records import Assertion, Changes, LoadRecord

TAKE_TURN = (
    f"MERGE {LOCK} SET l.name = 'writer lock', l.store = coalesce(l.store, randomUUID()), "
    f"l.revision = CASE WHEN l.revision > {REVISION} THEN l.revision ELSE {REVISION} END"
)


class Neo4jTransaction(Neo4jView, Transaction):
    """A transaction that holds the store's writer lock.

    See `provgraph.store.protocol.Transaction`.
    """

    def __init__(self, transaction: DriverTransaction) -> None:
        """Take a transaction of the driver that has taken its turn."""
        super().__init__(transaction)
        self._touched = TouchedMarks()
        self._journaled = Journaled()

    @override
    def touched_since(self, turn: int) -> frozenset[bytes] | None:
        if self.turn - turn > KEPT_TURNS:
            return None
        kept = self._queries.run(f"MATCH {LOCK} RETURN l")[0][0]
        return marks_in([kept.get(_turn(number)) for number in range(turn + 1, self.turn + 1)])

    @override
    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        return loads_of(self._queries.run, sha256s, namespace)

    @override
    def assertions_of(self, load: bytes, limit: int) -> list[Assertion]:
        query = (
            "MATCH (s:Bookkeeping {load: $load}) WITH DISTINCT s.subject AS subject LIMIT $limit "
            "MATCH (s:Bookkeeping {subject: subject}) WHERE s.load = $load "
            f"RETURN {bookkeeping.ASSERTION}"
        )
        return [
            bookkeeping.assertion_from(row)
            for row in self._queries.run(query, load=load.hex(), limit=limit)
        ]

    @override
    def assertions_about(self, subjects: Collection[bytes], without: bytes) -> list[Assertion]:
        query = (
            f"MATCH (s:Bookkeeping) WHERE s.subject IN $ids AND s.load <> '{without.hex()}' "
            f"RETURN {bookkeeping.ASSERTION}"
        )
        return [
            bookkeeping.assertion_from(row)
            for row in self._queries.by_id(query, (each.hex() for each in subjects))
        ]

    @override
    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        self._touched.update(touched)
        self._journaled.note(changes)
        Writer(self._queries, self._entities).write(changes)

    def finish(self) -> None:
        """Write the turn and its entry of the journal, when provenance was touched.

        Who decides meanwhile what to write reads the turn; mirrors read the journal.
        """
        if self._touched or self._journaled:
            self.turn += 1
            kept = {"turns": self.turn, _turn(self.turn): self._touched.packed()}
            entry = {
                "id": journal_id(self.turn),
                "name": "journal",
                "turn": self.turn,
                "mark": new_mark(),
                "content": self._journaled.packed(),
            }
            query = f"MATCH {LOCK} SET l += $kept CREATE (j:Bookkeeping) SET j = $entry"
            self._queries.run(query, kept=kept, entry=entry)


def _turn(number: int) -> str:
    """The property that keeps a turn, until a later one needs its place."""
    return f"turn{number % KEPT_TURNS}"
