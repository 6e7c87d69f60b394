"""A Neo4j store as the original of a copy.

Nodes come in the order of an index, page by page. Relationships have no index of their own: they
come with the nodes where they begin, a page of nodes at a time, as a stream.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from typing_extensions import override

from provgraph.model.records import Settings, batches
from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL
from provgraph.store.copying import PIECE, Original, Piece, StorePart
from provgraph.store.neo4j import bookkeeping, configuration, records, relations
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import (
    MENTION,
    NODE,
    RELATIONSHIP,
    as_map,
    entity_from,
    mention_from,
)
from provgraph.store.neo4j.facts import LOCK
from provgraph.store.neo4j.values import full_text
from provgraph.store.records import StoredRelation

Row = Sequence[Any]
#: How many nodes one page has whose relationships are read.
_NODES = 500
#: Behind the keys of all relationships of a node: the keys are hexadecimal.
_END = "~"


@dataclass(frozen=True, slots=True)
class _Nodes:
    """How the records of a part are read that are nodes.

    Attributes:
        labels: which nodes; those of one label come before those of the next.
        order: the property that puts them in order.
        columns: what is returned of the node ``n``, behind that property.
        records: makes the records of a row of these columns; most often one.
    """

    labels: tuple[str, ...]
    order: str
    columns: str
    records: Callable[[Row], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Relationships:
    """How the records of a part are read that are relationships.

    Attributes:
        labels: of the nodes at which they are found, as in `_Nodes`.
        pattern: finds ``r`` at the node ``n``.
        order: what puts the relationships of one node in order.
        columns: what is returned, behind the node's key and ``order``.
        record: makes a record of a row of these columns.
    """

    labels: tuple[str, ...]
    pattern: str
    order: str
    columns: str
    record: Callable[[Row], Any]


class Neo4jOriginal(Original):
    """Reads all that a Neo4j store holds; see `provgraph.store.copying.Original`."""

    #: What is committed meanwhile is seen.
    is_snapshot = False

    def __init__(self, connection: Connection) -> None:
        """Take a connection to a whole store."""
        self._connection = connection
        found = connection.read(f"OPTIONAL MATCH {LOCK} RETURN l.store")
        self.store_id: str | None = found[0][0]

    @override
    def turn(self) -> int:
        query = f"OPTIONAL MATCH {LOCK} RETURN coalesce(l.turns, 0)"
        return int(self._connection.read(query)[0][0])

    @override
    def pieces(self, part: StorePart, after: str) -> Iterator[Piece]:
        if part is StorePart.ASSERTIONS:
            yield from self._assertions(after)
        elif (reading := _NODES_OF.get(part)) is not None:
            yield from self._nodes(reading, after)
        else:
            yield from self._relationships(_RELATIONSHIPS_OF[part], after)

    # Nodes.

    def _nodes(self, reading: _Nodes, after: str) -> Iterator[Piece]:
        for label, last in _going_on(reading.labels, after):
            columns = f"n.{reading.order}, {reading.columns}"
            for rows in self._pages(label, reading.order, columns, last, PIECE):
                found = [each for row in rows for each in reading.records(row[1:])]
                yield Piece(found, f"{label} {rows[-1][0]}")

    def _pages(
        self, label: str, order: str, columns: str, last: str, limit: int
    ) -> Iterator[list[Any]]:
        query = (
            f"MATCH (n:{label}) WHERE n.{order} > $last "
            f"RETURN {columns} ORDER BY n.{order} LIMIT $limit"
        )
        while rows := self._connection.read(query, last=last, limit=limit):
            yield rows
            last = rows[-1][0]

    # Relationships.

    def _relationships(self, reading: _Relationships, after: str) -> Iterator[Piece]:
        for label, last in _going_on(reading.labels, after):
            node, _, begun = last.partition(" ")
            if begun:
                yield from self._at_nodes(reading, label, [node], begun)
            for rows in self._pages(label, "key", "n.key", node, _NODES):
                yield from self._at_nodes(reading, label, [row[0] for row in rows])

    def _at_nodes(
        self, reading: _Relationships, label: str, keys: Sequence[str], begun: str = ""
    ) -> Iterator[Piece]:
        """The relationships of some nodes; of the first one those behind ``begun``."""
        query = (
            f"MATCH (n:{label}) WHERE n.key IN $keys MATCH {reading.pattern} "
            f"RETURN n.key AS node, {reading.order} AS place, {reading.columns} "
            "ORDER BY node, place"
        )
        rows = self._connection.stream(query, keys=keys)
        new = dropwhile(lambda row: row[0] == keys[0] and row[1] <= begun, rows)
        for some in batches(new, PIECE):
            found = [reading.record(row[2:]) for row in some]
            yield Piece(found, f"{label} {some[-1][0]} {some[-1][1]}")
        yield Piece([], f"{label} {keys[-1]} {_END}")

    # What loads say.

    def _assertions(self, after: str) -> Iterator[Piece]:
        query = (
            "MATCH (s:Bookkeeping) WHERE s.subject >= $subject AND (s.subject > $subject "
            "OR s.load > $load OR (s.load = $load AND s.part > $part)) "
            f"RETURN {bookkeeping.ASSERTION} ORDER BY s.subject, s.load, s.part LIMIT {PIECE}"
        )
        subject, load, part = after.split(" ") if after else ("", "", "-1")
        while rows := self._connection.read(query, subject=subject, load=load, part=int(part)):
            subject, load, part = rows[-1][0], rows[-1][1], str(rows[-1][2])
            yield Piece(list(map(bookkeeping.assertion_from, rows)), f"{subject} {load} {part}")


def _going_on(labels: Sequence[str], after: str) -> Iterator[tuple[str, str]]:
    """The labels that are not done yet, each with the place where to go on."""
    begun, _, last = after.partition(" ")
    for label in labels[labels.index(begun) if begun else 0 :]:
        yield label, last if label == begun else ""


def _relation_from(row: Row) -> StoredRelation:
    relation_type, stored, sources, targets, source, target = row
    return StoredRelation(
        relations.relation_of(relation_type, stored, sources, targets),
        full_text(source, "id"),
        full_text(target, "id"),
    )


def _settings_from(row: Row) -> list[Settings]:
    name, members = row
    return [Settings(name, dict(map(configuration.parameter_of, members)))]


_ACTIVITY, _AGENT, _ENTITY = ("Activity",), ("Agent",), ("Entity",)
_DESCRIPTIONS = tuple(NODE_LABEL[kind] for kind in sorted(DESCRIPTIONS))
_WITH_LABELS = f"{NODE}, labels(n)"
#: An older provgraph has not marked what no known run made.
_ENTITIES = (
    f"head([said IN [{NODE}] | said {{.*, "
    "searchExternal: NOT EXISTS { (n)-[:WAS_GENERATED_BY]->() }}]), labels(n)"
)
_NODES_OF = {
    StorePart.RUNS: _Nodes(_ACTIVITY, "key", NODE, lambda row: [records.run_of(row[0])]),
    StorePart.AGENTS: _Nodes(_AGENT, "key", _WITH_LABELS, lambda row: [records.agent_of(*row)]),
    StorePart.DESCRIPTIONS: _Nodes(
        _DESCRIPTIONS,
        "key",
        "properties(n), labels(n)",
        lambda row: [records.description_of(*row)],
    ),
    StorePart.ENTITIES: _Nodes(_ENTITY, "key", _ENTITIES, lambda row: [entity_from(row)]),
    StorePart.STATED: _Nodes(
        _ENTITY, "key", _WITH_LABELS, lambda row: list(records.stated_of(*row).values())
    ),
    StorePart.NAMED_ENTITIES: _Nodes(
        _ENTITY,
        "key",
        _ENTITIES,
        lambda row: [(entity_from(row), tuple(records.stated_of(*row).values()))],
    ),
    StorePart.SETTINGS: _Nodes(
        ("Collection&!Entity",),
        "id",
        "n.name, COLLECT { MATCH (n)-[:HAD_MEMBER]->(p:Parameter) RETURN properties(p) }",
        _settings_from,
    ),
    StorePart.LOADS: _Nodes(
        ("Load",),
        "id",
        as_map("n", "time: toString(n.time)"),
        lambda row: [bookkeeping.load_of(row[0])],
    ),
}
_RELATIONSHIPS_OF = {
    StorePart.MENTIONS: _Relationships(
        _ACTIVITY,
        "(n)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.statedSource IS NULL "
        "WITH n, r, n AS a, e",
        "r.key",
        MENTION,
        mention_from,
    ),
    StorePart.SETTINGS_OF: _Relationships(
        _ACTIVITY,
        "(n)-[r:WAS_CONFIGURED_BY]->(c:Collection) WHERE r.statedSource IS NULL",
        "c.id",
        "n {.id, .fullId}, c.id",
        lambda row: (full_text(row[0], "id"), bytes.fromhex(row[1])),
    ),
    StorePart.CONFIG_FILES_OF: _Relationships(
        _ACTIVITY,
        "(n)-[r:WAS_CONFIGURED_BY]->(c:ConfigFile) WHERE r.statedSource IS NULL",
        "c.id",
        "n {.id, .fullId}, c {.id, .fullId}",
        lambda row: (full_text(row[0], "id"), full_text(row[1], "id")),
    ),
    StorePart.RELATIONS: _Relationships(
        ("Activity", "Agent", "Entity", *_DESCRIPTIONS),
        "(n)-[r]->(t) WHERE r.statedSource IS NOT NULL",
        "r.key",
        f"type(r), {RELATIONSHIP}, labels(n), labels(t), n {{.id, .fullId}}, t {{.id, .fullId}}",
        _relation_from,
    ),
}
