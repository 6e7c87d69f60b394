"""A Neo4j store that becomes a copy.

The writers' lock keeps the state of the copy. As long as it is there nobody else reads or writes
the store. All records are new, so they are created and nothing is looked for but the ends of
relationships. Most indexes are made at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typing_extensions import override

from provgraph.errors import StoreError
from provgraph.model.records import batches
from provgraph.store.copying import CopyState, Filling, StorePart
from provgraph.store.journal import new_mark, packed
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.elements import (
    NEO4J_PARTS,
    SHARED,
    TIMES,
    Element,
    GraphNode,
    elements,
)
from provgraph.store.neo4j.facts import LOCK, journal_id
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.transaction import TAKE_TURN
from provgraph.store.neo4j.values import Properties, full_text

#: Bookkeeping that is no assertion is of the store itself: the lock and the journal.
_CONTENT = "(n) WHERE (NOT n:Bookkeeping OR n.load IS NOT NULL)"
#: Parameters and configuration files may be left over from records that were forgotten.
_RECORD = f"{_CONTENT} AND NOT n:Parameter|ConfigFile"


class Neo4jFilling(Filling):
    """Writes a copy into a Neo4j database; see `provgraph.store.copying.Filling`."""

    parts = NEO4J_PARTS

    def __init__(self, connection: Connection) -> None:
        """Take a connection to a database that may be empty."""
        self._connection = connection
        self.address = str(connection)
        #: What the lock holds, unless another process writes to the copy.
        self._kept = ""

    @override
    def state(self) -> CopyState | None:
        found = self._connection.read(f"OPTIONAL MATCH {LOCK} RETURN l.copyState")[0][0]
        self._kept = found or ""
        return CopyState.unpacked(found) if found else None

    @override
    def is_empty(self) -> bool:
        return not self._connection.read(f"MATCH {_RECORD} RETURN 1 LIMIT 1")

    @override
    def begin(self, state: CopyState) -> None:
        schema.make_constraints(self._connection)
        with self._keeping(state) as queries:
            if queries.run(f"MATCH {_RECORD} RETURN 1 LIMIT 1"):
                raise StoreError(f"the store at {self.address} is no longer empty")
            queries.run(f"MATCH {LOCK} SET l.copyOf = $source", source=state.source)

    @override
    def add(self, part: StorePart, records: Sequence[Any], state: CopyState) -> None:
        with self._keeping(state) as queries:
            _write(queries, elements(part, records))
            queries.settle()

    @override
    def clear(self, state: CopyState) -> None:
        self._connection.execute(
            f"MATCH {_CONTENT} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 10000 ROWS"
        )
        with self._keeping(state):
            pass

    @override
    def finish(self) -> None:
        schema.make_missing(self._connection)
        # Without marks of the turn: who planned on the empty store plans again.
        query = (
            f"OPTIONAL MATCH (j:Bookkeeping) WHERE j.turn IS NOT NULL DELETE j WITH count(*) AS _ "
            f"MATCH {LOCK} SET l = {{id: l.id, name: l.name, store: randomUUID(), "
            "revision: l.revision, turns: coalesce(l.turns, 0) + 1} RETURN l.turns"
        )
        with self._transaction() as queries:
            turn = queries.run(query)[0][0]
            entry = {
                "id": journal_id(turn),
                "name": "journal",
                "turn": turn,
                "mark": new_mark(),
                "content": packed({}),
            }
            queries.run("CREATE (j:Bookkeeping) SET j = $entry", entry=entry)

    @contextmanager
    def _keeping(self, state: CopyState) -> Iterator[Queries]:
        """A transaction that writes records and the state behind them."""
        kept = state.packed()
        query = (
            f"MATCH {LOCK} WHERE coalesce(l.copyState, '') = $before "
            "SET l.copyState = $kept RETURN 1"
        )
        with self._transaction() as queries:
            if not queries.run(query, before=self._kept, kept=kept):
                raise StoreError(f"another process writes to the copy at {self.address}, too")
            yield queries
        self._kept = kept

    @contextmanager
    def _transaction(self) -> Iterator[Queries]:
        with self._connection.transaction(TAKE_TURN) as begun:
            yield Queries(begun)


def _write(queries: Queries, found: Iterable[Element]) -> None:
    """Write nodes, then the relationships between them."""
    nodes, joined = defaultdict(list), defaultdict(list)
    for each in found:
        if isinstance(each, GraphNode):
            nodes[each.labels].append(each.properties)
        else:
            ends = {"source": each.source[1], "target": each.target[1]}
            joined[each.type, each.source[0], each.target[0]].append(
                {**ends, "properties": each.properties}
            )
    for labels, rows in nodes.items():
        _write_nodes(queries, labels, rows)
    for (kind, source, target), rows in joined.items():
        ends_by_id = f"MATCH (s:{source} {{id: row.source}}) MATCH (t:{target} {{id: row.target}})"
        queries.put_relationships(ends_by_id, f"CREATE (s)-[r:{kind}]->(t)", rows)


def _write_nodes(queries: Queries, labels: tuple[str, ...], rows: Sequence[Properties]) -> None:
    if SHARED.intersection(labels):
        queries.add_nodes(labels[0], {full_text(row, "id"): row for row in rows})
        return
    times = TIMES.get(labels[0], ())
    values = ["n = row", *(f"n.{time} = datetime(row.{time})" for time in times)]
    query = f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET {', '.join(values)}"
    for chunk in batches(rows, BATCH):
        queries.write(query, chunk)
