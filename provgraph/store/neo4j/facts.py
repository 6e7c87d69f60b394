"""Facts and bulk reading of the Neo4j store, as one transaction sees them.

Nothing here writes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from neo4j import Record
from neo4j import Transaction as DriverTransaction
from typing_extensions import override

from provgraph.identity.files import RunTimes, several_speak_of
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    batches,
)
from provgraph.model.vocabulary import NODE_LABEL, Kind
from provgraph.store.journal import Subject
from provgraph.store.neo4j import bookkeeping, configuration, records, relations
from provgraph.store.neo4j.cypher import MENTION, NODE, RELATIONSHIP, mention_from
from provgraph.store.neo4j.entities import EntityReader
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.values import canonical_time, full_text, indexed
from provgraph.store.records import (
    CURRENT_STATUSES,
    EntityRecord,
    JournalEntry,
    LoadRecord,
    Page,
    StoredMention,
    StoredRelation,
)
from provgraph.store.views import View

_LOADS_OF = (
    "MATCH (l:Load) WHERE l.sha256 IN $sha256s AND l.namespace = $namespace "
    f"AND l.status IN $statuses RETURN {bookkeeping.LOAD} ORDER BY l.time, l.id"
)
#: The node that a writer holds locked; it keeps the turns too.
LOCK = "(l:Bookkeeping {id: 'writer-lock'})"
#: What writers note of the graph's form. It grows when an older provgraph would misread, or spoil,
#: what a newer one writes.
REVISION = 4
_KNOWN = "coalesce(l.revision, 0)"

_STRUCTURAL = " UNION ".join(
    f"MATCH {pattern} USING INDEX r:{relation}({', '.join(indexed_by)}) "
    f"WHERE {where} RETURN a, r, e"
    for pattern, relation, indexed_by, where in (
        ("(a)<-[r:WAS_GENERATED_BY]-(e)", "WAS_GENERATED_BY", ["place"], "r.place IN $names"),
        (
            "(a)<-[r:WAS_GENERATED_BY]-(e)",
            "WAS_GENERATED_BY",
            ["identifier"],
            "r.identifier IN $names",
        ),
        ("(a)<-[r:WAS_GENERATED_BY]-(e)", "WAS_GENERATED_BY", ["twin"], "r.twin IN $twins"),
        (
            "(a)-[r:USED]->(e)",
            "USED",
            ["place", "identifier"],
            "r.place IN $names AND r.identifier IS NOT NULL",
        ),
        (
            "(a)-[r:USED]->(e)",
            "USED",
            ["place", "twin"],
            "r.place IN $names AND r.twin IS NOT NULL",
        ),
        ("(a)-[r:USED]->(e)", "USED", ["identifier"], "r.identifier IN $names"),
        ("(a)-[r:USED]->(e)", "USED", ["twin"], "r.twin IN $twins"),
    )
)
#: Subjects that are no records: their nodes, the property that puts them in order, and the ids that
#: one of them has.
_SUBJECTS: dict[str, tuple[str, str, str]] = {
    Subject.STATED: ("n:Entity", "key", "coalesce(n.stated, [])"),
    Subject.SETTINGS: ("n:Collection&!Entity", "id", "n {.id}"),
}
_JOURNAL_CHUNK = 100


def journal_id(turn: int) -> str:
    """The id of the node that keeps an entry of the journal.

    Args:
        turn: of the entry.
    """
    return f"journal {turn}"


class Neo4jView(View):
    """Facts as one transaction sees them; see `provgraph.store.views.View`."""

    #: What is committed meanwhile is seen.
    is_snapshot = False
    #: The address of the original, of an unfinished copy alone.
    copy_of: str | None

    def __init__(self, transaction: DriverTransaction) -> None:
        """Take a transaction of the driver, and read the newest turn."""
        self._queries = Queries(transaction)
        self._entities = EntityReader(self._queries)
        query = f"OPTIONAL MATCH {LOCK} RETURN coalesce(l.turns, 0), l.store, l.copyOf, {_KNOWN}"
        self.turn: int
        self._store_id: str | None
        self.revision: int
        self.turn, self._store_id, self.copy_of, self.revision = self._queries.run(query)[0]
        self.settled = self.turn

    @override
    def store_id(self) -> str | None:
        return self._store_id

    @override
    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        found = self._queries.by_id(f"MATCH (n:Activity) WHERE n.id IN $ids RETURN {NODE}", ids)
        return {run.id: run for run in (records.run_of(row[0]) for row in found)}

    @override
    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        query = (
            "MATCH (a:Activity) WHERE a.id IN $ids WITH a "
            "MATCH (a)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.statedSource IS NULL "
            f"RETURN {MENTION}"
        )
        return [mention_from(row) for row in self._queries.by_id(query, runs)]

    @override
    def mentions_beside(self, said: Mapping[str, Collection[Mention]]) -> list[StoredMention]:
        query = (
            "MATCH (a:Activity) WHERE a.id IN $ids WITH a "
            "MATCH (a)-[r:USED|WAS_GENERATED_BY]-(:Entity) WHERE r.statedSource IS NULL "
            "RETURN coalesce(a.fullId, a.id), collect(DISTINCT r.source)"
        )
        known = {row[0]: row[1] for row in self._queries.by_id(query, said)}
        several, alone = several_speak_of(said, known)
        rows = [
            {"run": indexed(run), "keys": [key.hex() for key in some]}
            for run, keys in alone.items()
            for some in batches(keys, BATCH)
        ]
        query = (
            "UNWIND $rows AS row MATCH (a:Activity {id: row.run}) WITH a, row "
            "MATCH (a)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.key IN row.keys "
            f"RETURN {MENTION}"
        )
        again = (
            row for some in batches(rows, BATCH) for row in self._queries.run(query, rows=some)
        )
        return [*self.mentions_of(several), *map(mention_from, again)]

    @override
    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        query = f"CALL () {{ {_STRUCTURAL} }} RETURN {MENTION}"
        found: dict[bytes, StoredMention] = {}
        asked = [("names", list(map(indexed, names))), ("twins", [twin.hex() for twin in twins])]
        for name, texts in asked:
            for chunk in batches(texts, BATCH):
                for row in self._queries.run(query, **{"names": [], "twins": [], name: chunk}):
                    stored = mention_from(row)
                    found[stored.mention.key] = stored
        return list(found.values())

    @override
    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        query = (
            "MATCH (a:Activity)-[r:USED]->(e:Entity) USING INDEX r:USED(place) "
            f"WHERE r.place IN $ids AND r.identifier IS NULL AND r.twin IS NULL RETURN {MENTION}"
        )
        return [mention_from(row) for row in self._queries.by_id(query, places)]

    @override
    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        query = (
            "MATCH (n:Activity) WHERE n.id IN $ids "
            "RETURN n {.id, .fullId, .process}, toString(n.startTime), toString(n.endTime)"
        )
        found = (
            RunTimes(
                full_text(node, "id"),
                canonical_time(start) or "",
                canonical_time(end),
                node["process"],
            )
            for node, start, end in self._queries.by_id(query, runs)
        )
        return {times.id: times for times in found}

    @override
    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        found: dict[str, StatedEntity] = {}
        for node, labels in self._entities.bearing(identifiers):
            found |= records.stated_of(node, labels)
        return {name: found[name] for name in identifiers if name in found}

    @override
    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        found = self._queries.by_id(
            f"MATCH (n:Agent) WHERE n.id IN $ids RETURN {NODE}, labels(n)", ids
        )
        return {agent.id: agent for agent in (records.agent_of(*row) for row in found)}

    @override
    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        found: dict[End, Description] = {}
        for kind in {end.kind for end in ends}:
            label = NODE_LABEL[kind]
            query = f"MATCH (n:{label}) WHERE n.id IN $ids RETURN properties(n), labels(n)"
            for row in self._queries.by_id(query, (end.id for end in ends if end.kind is kind)):
                known = records.description_of(*row)
                found[known.as_end] = known
        return found

    @override
    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        return {
            record.id: record
            for record in (records.entity_of(*row) for row in self._entities.by_id(ids))
        }

    # In bulk.

    @override
    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        query = (
            "UNWIND $ids AS id MATCH (j:Bookkeeping {id: id}) "
            "RETURN j.turn, j.mark, j.content ORDER BY j.turn"
        )
        for turns in batches(range(turn, self.turn + 1), _JOURNAL_CHUNK):
            for row in self._queries.run(query, ids=[journal_id(each) for each in turns]):
                yield JournalEntry(row[0], row[1], row[2])

    @override
    def subjects(self, kind: str, after: str, limit: int) -> Page:
        nodes, order, ids = _SUBJECTS.get(kind) or (
            f"n:{NODE_LABEL[Kind(kind)]}",
            "key",
            "n {.id, .fullId}",
        )
        query = (
            f"MATCH ({nodes}) WHERE n.{order} > $after "
            f"RETURN n.{order}, {ids} ORDER BY n.{order} LIMIT $limit"
        )
        found = self._queries.run(query, after=after, limit=limit)
        several = (row[1] if kind == Subject.STATED else [full_text(row[1], "id")] for row in found)
        self._entities.forget()
        return Page(
            [each for ids in several for each in ids], found[-1][0] if len(found) == limit else None
        )

    @override
    def bearers(self, names: Collection[str]) -> set[str]:
        return {full_text(row[0], "id") for row in self._entities.bearing(names)}

    @override
    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        query = (
            f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.id IN $ids "
            "MATCH (n)-[r]-() WHERE r.statedSource IS NOT NULL "
            "WITH DISTINCT r, startNode(r) AS s, endNode(r) AS t "
            f"RETURN type(r), {RELATIONSHIP}, labels(s), labels(t), "
            "s {.id, .fullId}, t {.id, .fullId}"
        )
        found = {}
        for relation_type, stored, sources, targets, source, target in self._queries.by_id(
            query, ids
        ):
            relation = relations.relation_of(relation_type, stored, sources, targets)
            found[relation.key] = StoredRelation(
                relation, full_text(source, "id"), full_text(target, "id")
            )
        return list(found.values())

    @override
    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        return self._configuration("Collection", runs)

    @override
    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        query = (
            "MATCH (c:Collection) WHERE c.id IN $ids RETURN c.id, c.name, "
            "COLLECT { MATCH (c)-[:HAD_MEMBER]->(p:Parameter) RETURN properties(p) }"
        )
        return {
            key: Settings(name, dict(map(configuration.parameter_of, members)))
            for key, name, members in self._queries.by_id(query, keys)
        }

    @override
    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        return self._configuration("ConfigFile", runs)

    def _configuration(self, label: str, runs: Collection[str]) -> dict[str, list[str]]:
        query = (
            f"MATCH (a:Activity)-[r:WAS_CONFIGURED_BY]->(c:{label}) "
            "WHERE a.id IN $ids AND r.statedSource IS NULL "
            # A row of each run, not of each link, of which there are many: a driver takes its time
            # over every row.
            "RETURN coalesce(a.fullId, a.id), collect(coalesce(c.fullId, c.id))"
        )
        return dict(self._queries.by_id(query, runs))


def loads_of(
    send: Callable[..., list[Record]], sha256s: Collection[str], namespace: str
) -> dict[str, LoadRecord]:
    """The newest loads of some bytes; see `provgraph.store.protocol.KnownLoads.loads_of`.

    Args:
        send: sends a query with its parameters and returns its rows.
        sha256s: checksums in hexadecimal.
        namespace: the loads are of the same one.

    Returns:
        Checksum → load.
    """
    found = send(
        _LOADS_OF, sha256s=list(sha256s), namespace=namespace, statuses=list(CURRENT_STATUSES)
    )
    return {load.sha256: load for load in (bookkeeping.load_of(row[0]) for row in found)}
