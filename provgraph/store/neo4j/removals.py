"""What a transaction of the Neo4j store takes away: what no load says any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provgraph.model.records import Mention, batches
from provgraph.model.vocabulary import NODE_LABEL
from provgraph.store.neo4j.queries import BATCH, Queries
from provgraph.store.neo4j.values import indexed
from provgraph.store.records import Removals

_UNUSED_SETTINGS = """
MATCH (c:Collection) WHERE c.id IN $rows AND NOT EXISTS { ()-[:WAS_CONFIGURED_BY]->(c) }
OPTIONAL MATCH (c)-[:HAD_MEMBER]->(p:Parameter)
WITH c, collect(p) AS members DETACH DELETE c
WITH members UNWIND members AS p
WITH DISTINCT p WHERE NOT EXISTS { ()-[:HAD_MEMBER]->(p) } DELETE p
"""
_UNUSED_FILES = """
MATCH (f:ConfigFile) WHERE f.id IN $rows AND NOT EXISTS { ()-[:WAS_CONFIGURED_BY]->(f) } DELETE f
"""
#: What `provgraph.store.neo4j.browser_kit` joins to a record is no part of provenance.
_FROM_LOADS = "OPTIONAL MATCH (e)<-[r:ASSERTS]-(:Load)"


class Remover:
    """Deletes what `provgraph.store.records.Removals` lists."""

    def __init__(self, queries: Queries) -> None:
        """Take the queries of the transaction."""
        self._queries = queries

    def remove_relations(self, gone: Removals) -> None:
        """Delete mentions, stated relations, and the links of runs to their configuration.

        Args:
            gone: what to delete.
        """
        self.remove_mentions(gone.mentions)
        delete = "MATCH ()-[r]->() WHERE r.statedSource IS NOT NULL AND r.key IN $rows DELETE r"
        self._each(delete, (relation.key.hex() for relation in gone.relations))
        self._links("Collection", ((run, key.hex()) for run, key in gone.settings_of))
        self._links("ConfigFile", gone.config_files_of)

    def remove_mentions(self, mentions: Iterable[Mention]) -> None:
        """Delete mentions.

        Args:
            mentions: inputs and outputs, each found by its run and its key.
        """
        keys = defaultdict(list)
        for mention in mentions:
            keys[mention.run].append(mention.key.hex())
        delete = (
            "UNWIND $rows AS row MATCH (a:Activity {id: row.run}) WITH a, row "
            "MATCH (a)-[r:USED|WAS_GENERATED_BY]-() WHERE r.key IN row.keys DELETE r"
        )
        self._each(delete, ({"run": indexed(run), "keys": each} for run, each in keys.items()))

    def remove_entities(self, gone: Removals) -> None:
        """Delete entities. Nothing may be joined to them any more.

        Args:
            gone: what to delete.
        """
        delete = f"MATCH (e:Entity) WHERE e.id IN $rows {_FROM_LOADS} DELETE r, e"
        self._each(delete, map(indexed, gone.entities))

    def remove_records(self, gone: Removals) -> None:
        """Delete runs, agents and descriptions, and configuration that no run uses any more.

        Args:
            gone: what to delete. Settings and configuration files that a run still has are kept.
        """
        for label, ids in (("Activity", gone.runs), ("Agent", gone.agents)):
            self._each(f"MATCH (n:{label}) WHERE n.id IN $rows DETACH DELETE n", map(indexed, ids))
        for end in gone.descriptions:
            self._each(
                f"MATCH (n:{NODE_LABEL[end.kind]}) WHERE n.id IN $rows DETACH DELETE n",
                [indexed(end.id)],
            )
        self._each(_UNUSED_SETTINGS, {key.hex() for _, key in gone.settings_of})
        self._each(_UNUSED_FILES, {indexed(place) for _, place in gone.config_files_of})

    def remove_bookkeeping(self, gone: Removals) -> None:
        """Delete assertions and the load.

        A load that went on from the deleted load, and every load after that one, becomes a
        remainder: the beginning of its source is not in the store any more.

        Args:
            gone: what to delete.
        """
        load = gone.assertions_of.hex()
        delete = f"MATCH (s:Bookkeeping) WHERE s.subject IN $rows AND s.load = '{load}' DELETE s"
        self._each(delete, (subject.hex() for subject in gone.assertions))
        begun = [gone.load] if gone.load is not None else []
        self._each("MATCH (l:Load) WHERE l.id IN $rows DETACH DELETE l", begun)
        after = (
            "MATCH (l:Load) WHERE l.continues IN $ids "
            "SET l.status = 'remainder' REMOVE l.continues RETURN l.id"
        )
        while begun:
            begun = [row[0] for row in self._queries.by_id(after, begun)]

    def _links(self, label: str, links: Iterable[tuple[str, str]]) -> None:
        used: Mapping[str, list[str]] = defaultdict(list)
        for run, what in links:
            used[run].append(indexed(what))
        delete = (
            "UNWIND $rows AS row MATCH (a:Activity {id: row.run}) WITH a, row "
            f"MATCH (a)-[r:WAS_CONFIGURED_BY]->(c:{label}) WHERE c.id IN row.links DELETE r"
        )
        self._each(delete, ({"run": indexed(run), "links": each} for run, each in used.items()))

    def _each(self, query: str, rows: Iterable[object]) -> None:
        for chunk in batches(rows, BATCH):
            self._queries.write(query, chunk)
