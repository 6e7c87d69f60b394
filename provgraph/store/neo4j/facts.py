"""Facts of the Neo4j store, read by index."""

from collections.abc import Collection

from neo4j import Transaction as DriverTransaction

from provgraph.identity.files import RunTimes
from provgraph.model.batches import batches
from provgraph.model.records import Agent, Description, End, Run, StatedEntity
from provgraph.model.vocabulary import NODE_LABEL
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j.changes import EntityReader
from provgraph.store.neo4j.cypher import BATCH, MENTION, NODE, Statements, mention_of
from provgraph.store.neo4j.values import canonical_time, full, indexed
from provgraph.store.protocol import EntityRecord, StoredMention

#: The node that a writer holds locked; it keeps the turns too.
LOCK = "(l:Bookkeeping {id: 'writer-lock'})"

_STRUCTURAL = " UNION ".join(
    f"MATCH {pattern} USING INDEX r:{relation}({', '.join(indexed_by)}) WHERE {where} RETURN a, r, e"
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


class Neo4jFacts:
    """Facts as one transaction sees them; see `provgraph.store.protocol.View`."""

    def __init__(self, transaction: DriverTransaction) -> None:
        """Take a transaction of the driver."""
        self._statements = Statements(transaction)
        self._entities = EntityReader(self._statements)
        self.turn: int = self._statements.run(f"OPTIONAL MATCH {LOCK} RETURN coalesce(l.turns, 0)")[
            0
        ][0]
        self.settled = self.turn

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among these, with all their facts."""
        found = self._statements.by_id(
            f"MATCH (n:Activity) WHERE n.id IN $ids RETURN n {NODE}", ids
        )
        return {run.id: run for run in (properties.run_of(row[0]) for row in found)}

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All mentions of these runs."""
        query = (
            "MATCH (a:Activity) WHERE a.id IN $ids WITH a "
            f"MATCH (a)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.statedSource IS NULL RETURN {MENTION}"
        )
        return [mention_of(row) for row in self._statements.by_id(query, runs)]

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions that bear one of the names (places, identifiers) or twin keys, without plain
        reads.
        """
        query = f"CALL () {{ {_STRUCTURAL} }} RETURN {MENTION}"
        found: dict[bytes, StoredMention] = {}
        asked = [("names", list(map(indexed, names))), ("twins", [twin.hex() for twin in twins])]
        for name, texts in asked:
            for chunk in batches(texts, BATCH):
                for row in self._statements.run(query, **{"names": [], "twins": [], name: chunk}):
                    stored = mention_of(row)
                    found[stored.mention.key] = stored
        return list(found.values())

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs at these places that are known by their path alone."""
        query = (
            "MATCH (a:Activity)-[r:USED]->(e:Entity) USING INDEX r:USED(place) "
            f"WHERE r.place IN $ids AND r.identifier IS NULL AND r.twin IS NULL RETURN {MENTION}"
        )
        return [mention_of(row) for row in self._statements.by_id(query, places)]

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When the runs ran."""
        query = (
            "MATCH (n:Activity) WHERE n.id IN $ids "
            "RETURN n {.id, .fullId, .process}, toString(n.startTime), toString(n.endTime)"
        )
        found = (
            RunTimes(
                full(node, "id"), canonical_time(start) or "", canonical_time(end), node["process"]
            )
            for node, start, end in self._statements.by_id(query, runs)
        )
        return {times.id: times for times in found}

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What is stated of these identifiers."""
        found: dict[str, StatedEntity] = {}
        for node, labels in self._entities.bearing(identifiers):
            found |= properties.stated_of(node, labels)
        return {name: found[name] for name in identifiers if name in found}

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among these."""
        found = self._statements.by_id(
            f"MATCH (n:Agent) WHERE n.id IN $ids RETURN n {NODE}, labels(n)", ids
        )
        return {agent.id: agent for agent in (properties.agent_of(*row) for row in found)}

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among these."""
        found: dict[End, Description] = {}
        for kind in {end.kind for end in ends}:
            query = f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.id IN $ids RETURN n {{.*}}, labels(n)"
            for row in self._statements.by_id(query, (end.id for end in ends if end.kind is kind)):
                known = properties.description_of(*row)
                found[known.as_end] = known
        return found

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among these."""
        return {
            record.id: record
            for record in (properties.record_of(*row) for row in self._entities.by_id(ids))
        }
