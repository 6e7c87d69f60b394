"""What a mirror reads of the Neo4j store: the journal, and all records of some subjects."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from provgraph.model.batches import batches
from provgraph.model.records import Settings
from provgraph.model.vocabulary import NODE_LABEL, Kind
from provgraph.store.journal import Subject
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j.cypher import RELATIONSHIP
from provgraph.store.neo4j.facts import Neo4jFacts
from provgraph.store.neo4j.values import full
from provgraph.store.protocol import JournalEntry, Page, StoredRelation

#: Subjects that are no records: their nodes, the property that puts them in order, and the ids that
#: one of them has.
_SUBJECTS: dict[str, tuple[str, str, str]] = {
    Subject.STATED: ("n:Entity", "key", "coalesce(n.stated, [])"),
    Subject.SETTINGS: ("n:Collection&!Entity", "id", "n {.id}"),
}
_JOURNAL_CHUNK = 100


def journal_id(turn: int) -> str:
    """The id of the node that keeps an entry of the journal."""
    return f"journal {turn}"


class Neo4jView(Neo4jFacts):
    """See `provgraph.store.protocol.View`."""

    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        """The entries of this turn and all later ones, oldest first."""
        query = "UNWIND $ids AS id MATCH (j:Bookkeeping {id: id}) RETURN j.turn, j.mark, j.content ORDER BY j.turn"
        for turns in batches(range(turn, self.turn + 1), _JOURNAL_CHUNK):
            for row in self._statements.run(query, ids=[journal_id(each) for each in turns]):
                yield JournalEntry(row[0], row[1], row[2])

    def subjects(self, kind: str, after: str, limit: int) -> Page:
        """Some of all subjects of a kind, in the order of their keys."""
        nodes, order, ids = _SUBJECTS.get(kind) or (
            f"n:{NODE_LABEL[Kind(kind)]}",
            "key",
            "n {.id, .fullId}",
        )
        query = f"MATCH ({nodes}) WHERE n.{order} > $after RETURN n.{order}, {ids} ORDER BY n.{order} LIMIT $limit"
        found = self._statements.run(query, after=after, limit=limit)
        several = (row[1] if kind == Subject.STATED else [full(row[1], "id")] for row in found)
        self._entities.forget()
        return Page(
            [each for ids in several for each in ids], found[-1][0] if len(found) == limit else None
        )

    def bearers(self, names: Collection[str]) -> set[str]:
        """The ids of the entities that bear one of the names."""
        return {full(row[0], "id") for row in self._entities.bearing(names)}

    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        """The stated relations at either end of these records."""
        query = (
            f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.id IN $ids MATCH (n)-[r]-() WHERE r.statedSource IS NOT NULL "
            "WITH DISTINCT r, startNode(r) AS s, endNode(r) AS t "
            f"RETURN type(r), {RELATIONSHIP}, labels(s), labels(t), s {{.id, .fullId}}, t {{.id, .fullId}}"
        )
        found = {}
        for kind_of, stored, sources, targets, source, target in self._statements.by_id(query, ids):
            relation = properties.relation_of(kind_of, stored, sources, targets)
            found[relation.key] = StoredRelation(relation, full(source, "id"), full(target, "id"))
        return list(found.values())

    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the keys of its settings, in hexadecimal."""
        return self._configuration("Collection", runs)

    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        """Key in hexadecimal → the known settings among these."""
        query = (
            "MATCH (c:Collection) WHERE c.id IN $ids "
            "RETURN c.id, c.name, COLLECT { MATCH (c)-[:HAD_MEMBER]->(p:Parameter) RETURN p {.*} }"
        )
        return {
            key: Settings(name, dict(map(properties.parameter_of, members)))
            for key, name, members in self._statements.by_id(query, keys)
        }

    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the places of its configuration files."""
        return self._configuration("ConfigFile", runs)

    def _configuration(self, label: str, runs: Collection[str]) -> dict[str, list[str]]:
        query = (
            f"MATCH (a:Activity)-[r:WAS_CONFIGURED_BY]->(c:{label}) WHERE a.id IN $ids AND r.statedSource IS NULL "
            "RETURN a {.id, .fullId}, c {.id, .fullId}"
        )
        found: dict[str, list[str]] = defaultdict(list)
        for run, configuration in self._statements.by_id(query, runs):
            found[full(run, "id")].append(full(configuration, "id"))
        return found
