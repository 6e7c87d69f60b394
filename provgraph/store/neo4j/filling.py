"""A Neo4j store that becomes a copy.

The writers' lock keeps the state of the copy. As long as it is there nobody else reads or writes
the store. All records are new, so they are created and nothing is looked for but the ends of
relationships. Most indexes are made at the end.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typing_extensions import override

from provgraph.errors import StoreError
from provgraph.model.records import Agent, Description, Run, Settings, StatedEntity, batches
from provgraph.model.vocabulary import NODE_LABEL, RELATIONS, RelationType
from provgraph.store.copying import CopyState, Filling, StorePart
from provgraph.store.journal import new_mark, packed
from provgraph.store.neo4j import bookkeeping, configuration, records, relations, schema
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.facts import LOCK, journal_id
from provgraph.store.neo4j.labels import (
    agent_labels,
    description_labels,
    entity_labels,
    times_at,
)
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.transaction import TAKE_TURN
from provgraph.store.neo4j.values import Properties, indexed
from provgraph.store.records import (
    Assertion,
    EntityRecord,
    LoadRecord,
    StoredMention,
    StoredRelation,
)

_MENTIONS = {
    RelationType.USED: "CREATE (a)-[r:USED]->(e)",
    RelationType.WAS_GENERATED_BY: "CREATE (e)-[r:WAS_GENERATED_BY]->(a)",
}
#: Bookkeeping that is no assertion is of the store itself: the lock and the journal.
_CONTENT = "(n) WHERE (NOT n:Bookkeeping OR n.load IS NOT NULL)"
#: Parameters and configuration files may be left over from records that were forgotten.
_RECORD = f"{_CONTENT} AND NOT n:Parameter|ConfigFile"
#: The parts that a Neo4j database takes, which has what is stated of entities at their nodes.
NEO4J_PARTS = (
    StorePart.RUNS,
    StorePart.AGENTS,
    StorePart.DESCRIPTIONS,
    StorePart.NAMED_ENTITIES,
    StorePart.SETTINGS,
    StorePart.MENTIONS,
    StorePart.SETTINGS_OF,
    StorePart.CONFIG_FILES_OF,
    StorePart.RELATIONS,
    StorePart.LOADS,
    StorePart.ASSERTIONS,
)


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
            _WRITERS[part](queries, records)
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
            "turns: coalesce(l.turns, 0) + 1} RETURN l.turns"
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


def _create(queries: Queries, labels: Sequence[str], nodes: Iterable[Properties]) -> None:
    """Write nodes; their times are text (`provgraph.store.neo4j.records.NODE_TIMES`)."""
    times = times_at(labels[0])
    values = ["n = row", *(f"n.{time} = datetime(row.{time})" for time in times)]
    query = f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET {', '.join(values)}"
    for chunk in batches(nodes, BATCH):
        queries.write(query, chunk)


def _by_labels(queries: Queries, nodes: Iterable[tuple[tuple[str, ...], Properties]]) -> None:
    groups = defaultdict(list)
    for labels, properties in nodes:
        groups[labels].append(properties)
    for labels, rows in groups.items():
        _create(queries, labels, rows)


def _runs(queries: Queries, found: Sequence[Run]) -> None:
    _create(queries, ("Activity",), map(records.run_properties, found))


def _agents(queries: Queries, found: Sequence[Agent]) -> None:
    _by_labels(queries, ((agent_labels(each), records.agent_properties(each)) for each in found))


def _descriptions(queries: Queries, found: Sequence[Description]) -> None:
    _by_labels(
        queries,
        ((description_labels(each), records.description_properties(each)) for each in found),
    )


def _entities(
    queries: Queries, found: Sequence[tuple[EntityRecord, tuple[StatedEntity, ...]]]
) -> None:
    _by_labels(
        queries,
        ((entity_labels(each), records.entity_properties(each, stated)) for each, stated in found),
    )


def _settings(queries: Queries, found: Sequence[Settings]) -> None:
    """Settings and their parameters, which others may have, too."""
    _create(queries, ("Collection",), map(configuration.settings_properties, found))
    members = {
        each.key.hex(): {own["id"]: own for own in configuration.parameters_of(each)}
        for each in found
    }
    parameters = {key: own for mine in members.values() for key, own in mine.items()}
    queries.put_nodes("Parameter", parameters.items(), only_new=True)
    ends = ("MATCH (c:Collection {id: row.one})", "MATCH (p:Parameter {id: other})")
    queries.put_links(*ends, "CREATE (c)-[:HAD_MEMBER]->(p)", members)


def _mentions(queries: Queries, found: Sequence[StoredMention]) -> None:
    for relation, joining in _MENTIONS.items():
        rows = (
            {
                "run": indexed(stored.mention.run),
                "entity": indexed(stored.entity),
                "properties": relations.mention_properties(stored),
            }
            for stored in found
            if stored.mention.relation is relation
        )
        ends = "MATCH (a:Activity {id: row.run}) MATCH (e:Entity {id: row.entity})"
        queries.put_relationships(ends, joining, rows)


def _settings_links(queries: Queries, found: Sequence[tuple[str, bytes]]) -> None:
    _configuration(queries, "Collection", ((run, key.hex()) for run, key in found))


def _config_file_links(queries: Queries, found: Sequence[tuple[str, str]]) -> None:
    files = {place: configuration.config_file_properties(place) for _, place in found}
    queries.put_nodes("ConfigFile", files.items(), only_new=True)
    _configuration(queries, "ConfigFile", found)


def _configuration(queries: Queries, label: str, found: Iterable[tuple[str, str]]) -> None:
    links = defaultdict(list)
    for run, what in found:
        links[run].append(what)
    ends = ("MATCH (a:Activity {id: row.one})", f"MATCH (c:{label} {{id: other}})")
    queries.put_links(*ends, "CREATE (a)-[:WAS_CONFIGURED_BY]->(c)", links)


def _relations(queries: Queries, found: Sequence[StoredRelation]) -> None:
    groups = defaultdict(list)
    for stored in found:
        said = stored.relation
        row = {
            "source": indexed(stored.source),
            "target": indexed(stored.target),
            "properties": relations.relation_properties(said),
        }
        groups[said.relation, said.source.kind, said.target.kind].append(row)
    for (relation, source, target), rows in groups.items():
        ends = (
            f"MATCH (s:{NODE_LABEL[source]} {{id: row.source}}) "
            f"MATCH (t:{NODE_LABEL[target]} {{id: row.target}})"
        )
        joining = f"CREATE (s)-[r:{RELATIONS[relation].neo4j_type}]->(t)"
        queries.put_relationships(ends, joining, rows)


def _loads(queries: Queries, found: Sequence[LoadRecord]) -> None:
    _create(queries, ("Load",), map(bookkeeping.load_properties, found))


def _assertions(queries: Queries, found: Sequence[Assertion]) -> None:
    _create(queries, (schema.BOOKKEEPING,), map(bookkeeping.assertion_properties, found))


_WRITERS: dict[StorePart, Callable[[Queries, Sequence[Any]], None]] = {
    StorePart.RUNS: _runs,
    StorePart.AGENTS: _agents,
    StorePart.DESCRIPTIONS: _descriptions,
    StorePart.NAMED_ENTITIES: _entities,
    StorePart.SETTINGS: _settings,
    StorePart.MENTIONS: _mentions,
    StorePart.SETTINGS_OF: _settings_links,
    StorePart.CONFIG_FILES_OF: _config_file_links,
    StorePart.RELATIONS: _relations,
    StorePart.LOADS: _loads,
    StorePart.ASSERTIONS: _assertions,
}
