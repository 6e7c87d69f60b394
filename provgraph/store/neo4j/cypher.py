"""Cypher that the parts of the Neo4j store share, and statements in the batches that a transaction
runs them in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from neo4j import Record, Result, Transaction

from provgraph.errors import StoreError
from provgraph.model.batches import batches
from provgraph.model.vocabulary import NODE_LABEL, RelationType
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j.schema import ALIASES
from provgraph.store.neo4j.values import Properties, indexed
from provgraph.store.records import EntityRecord, StoredMention

T = TypeVar("T")
#: How many rows one statement writes, and how many keys one asks for.
BATCH = 1_000

#: A node as a map, its times as text, which is quicker to read than the driver's own type.
NODE = (
    "{.*, startTime: toString(n.startTime), endTime: toString(n.endTime), "
    "generatedAtTime: toString(n.generatedAtTime), invalidatedAtTime: toString(n.invalidatedAtTime)}"
)
RELATIONSHIP = "r {.*, time: toString(r.time)}"
MENTION = f"type(r), {RELATIONSHIP}, a.id, a.fullId, e.id, e.fullId"
#: The types of stated relations; inputs and outputs are mentions.
STATED_TYPES = "|".join(
    each.name
    for each in RelationType
    if each not in (RelationType.USED, RelationType.WAS_GENERATED_BY)
)

#: Entities by names that no other index has, with the name of the map's variable as in `NODE`.
BY_ALIAS = f"CALL db.index.fulltext.queryNodes('{ALIASES}', $aliases) YIELD node AS n RETURN n"
_TIMES = {NODE_LABEL[kind]: times for kind, times in properties.NODE_TIMES.items()}


class Statements:
    """Runs statements in one transaction of the driver."""

    def __init__(self, transaction: Transaction) -> None:
        """Take the driver's transaction."""
        self._transaction = transaction
        self._unsettled: list[tuple[Result, int | None]] = []

    def run(self, text: str, /, **parameters: Any) -> list[Record]:
        """All rows of one statement."""
        return list(self._transaction.run(text, parameters))

    def write(self, text: str, rows: Sequence[Any], expected: int | None = None) -> None:
        """Begin to write rows; the next ones can be made ready while the server is at it.

        Args:
            text: a statement with the parameter ``rows``.
            rows: what to write.
            expected: how many the statement has to say that it wrote, if it says that.
        """
        self._unsettled.append((self._transaction.run(text, {"rows": rows}), expected))

    def settle(self) -> None:
        """Wait until all is written.

        Raises:
            StoreError: an end of a relationship was not there; nothing must be lost for that.
        """
        for result, expected in self._unsettled:
            if expected is not None and (missing := expected - result.single(strict=True)[0]):
                raise StoreError(
                    f"{missing} relations name records that the store does not have; this is a bug"
                )
            result.consume()
        self._unsettled.clear()

    def by_id(self, text: str, ids: Iterable[str]) -> list[Record]:
        """All rows of a statement with the parameter ``ids``, asked for some of them at a time."""
        return [
            row for chunk in batches(map(indexed, ids), BATCH) for row in self.run(text, ids=chunk)
        ]

    def put(
        self,
        label: str,
        nodes: Iterable[tuple[str, Properties]],
        labelling: str = "",
        only_new: bool = False,
    ) -> None:
        """Write nodes by their ids, replacing the properties of those that are there."""
        values = [
            "n = row.properties",
            *(f"n.{time} = datetime(row.properties.{time})" for time in _TIMES.get(label, ())),
        ]
        when = "ON CREATE " if only_new else ""
        query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) {when}SET {', '.join(values)} {labelling}"
        for chunk in batches(
            ({"id": indexed(each), "properties": said} for each, said in nodes), BATCH
        ):
            self.write(query, chunk)

    def join(self, ends: str, joining: str, rows: Iterable[Properties]) -> None:
        """Write relationships between nodes that are there, one a row."""
        query = f"UNWIND $rows AS row {ends} {joining} SET r += row.properties RETURN count(*)"
        for chunk in batches(rows, BATCH):
            self.write(query, chunk, len(chunk))

    def join_many(
        self, one: str, other: str, joining: str, many: Mapping[str, Collection[str]]
    ) -> None:
        """Write relationships without properties, from each node to many.

        Args:
            one: finds the node with the id ``row.one``.
            other: finds the node with the id ``other``.
            joining: writes a relationship between them.
            many: the ids.
        """
        query = (
            f"UNWIND $rows AS row {one} UNWIND row.many AS other {other} {joining} RETURN count(*)"
        )
        for chunk in batches(
            (
                {"one": indexed(each), "many": list(map(indexed, others))}
                for each, others in many.items()
            ),
            BATCH,
        ):
            self.write(query, chunk, sum(len(row["many"]) for row in chunk))


def mention_of(row: Sequence[Any]) -> StoredMention:
    """A mention from a row of `MENTION`."""
    relation, stored, run, full_run, entity, full_entity = row
    return properties.mention_of(full_run or run, full_entity or entity, relation, stored)


def alias_query(field: str, names: Iterable[str]) -> str:
    """The full-text query for any of the names as a whole."""
    quoted = ('"' + indexed(name).replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return f"{field}:({' OR '.join(quoted)})"


def record_of(row: Sequence[Any]) -> EntityRecord:
    """An entity from a row of its node and labels."""
    return properties.record_of(row[0], row[1])
