"""One write transaction of the Neo4j store."""

from collections.abc import Collection

from neo4j import Transaction as DriverTransaction

from provgraph.store.journal import KEPT_TURNS, Journaled, Touched, marks_in, new_mark
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j.bulk import Neo4jView, journal_id
from provgraph.store.neo4j.changes import Writer
from provgraph.store.neo4j.facts import LOCK
from provgraph.store.protocol import CURRENT_STATUSES, Assertion, Changes, LoadRecord

TAKE_TURN = f"MERGE {LOCK} SET l.name = 'writer lock'"
#: A load as a map, its time as text.
LOAD = "l {.*, time: toString(l.time)}"
LOADS_OF = (
    "MATCH (l:Load) WHERE l.sha256 IN $sha256s AND l.namespace = $namespace AND l.status IN $statuses "
    f"RETURN {LOAD} ORDER BY l.time, l.id"
)


class Neo4jTransaction(Neo4jView):
    """A transaction that holds the store's writer lock.

    See `provgraph.store.protocol.Transaction`.
    """

    def __init__(self, transaction: DriverTransaction) -> None:
        """Take a transaction of the driver that has taken its turn."""
        super().__init__(transaction)
        self._touched = Touched()
        self._journaled = Journaled()

    def touched_since(self, turn: int) -> frozenset[bytes] | None:
        """The marks of all transactions committed after that turn.

        None when nobody knows any more.
        """
        if self.turn - turn > KEPT_TURNS:
            return None
        kept = self._statements.run(f"MATCH {LOCK} RETURN l")[0][0]
        return marks_in([kept.get(_turn(number)) for number in range(turn + 1, self.turn + 1)])

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """As `Store.loads_of`, seen from within."""
        found = self._statements.run(
            LOADS_OF, sha256s=list(sha256s), namespace=namespace, statuses=list(CURRENT_STATUSES)
        )
        return {load.sha256: load for load in (properties.load_of(row[0]) for row in found)}

    def assertions_of(self, load: bytes, limit: int) -> list[Assertion]:
        """Some of what the load says, all or nothing of each subject.

        Empty when nothing is left.
        """
        query = (
            "MATCH (s:Bookkeeping {load: $load}) WITH DISTINCT s.subject AS subject LIMIT $limit "
            "MATCH (s:Bookkeeping {subject: subject}) WHERE s.load = $load "
            "RETURN s.subject, s.load, s.part, s.content"
        )
        return [
            _assertion(*row) for row in self._statements.run(query, load=load.hex(), limit=limit)
        ]

    def assertions_about(self, subjects: Collection[bytes], without: bytes) -> list[Assertion]:
        """What all loads but one say of the subjects."""
        query = (
            f"MATCH (s:Bookkeeping) WHERE s.subject IN $ids AND s.load <> '{without.hex()}' "
            "RETURN s.subject, s.load, s.part, s.content"
        )
        return [
            _assertion(*row)
            for row in self._statements.by_id(query, (each.hex() for each in subjects))
        ]

    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        """Write the changes."""
        self._touched.update(touched)
        self._journaled.note(changes)
        Writer(self._statements, self._entities).write(changes)

    def finish(self) -> None:
        """Note what was touched, for those who decide meanwhile what they will write, and for
        mirrors.
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
            self._statements.run(query, kept=kept, entry=entry)


def _turn(number: int) -> str:
    """The property that keeps a turn, until a later one needs its place."""
    return f"turn{number % KEPT_TURNS}"


def _assertion(subject: str, load: str, part: int, content: bytes) -> Assertion:
    return Assertion(bytes.fromhex(subject), bytes.fromhex(load), part, content)
