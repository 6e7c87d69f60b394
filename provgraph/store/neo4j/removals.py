"""What a transaction of the Neo4j store takes away.

What nobody says any more, and what only that referred to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provgraph.model.batches import batches
from provgraph.model.records import Mention
from provgraph.model.vocabulary import NODE_LABEL
from provgraph.store.neo4j.cypher import BATCH, Statements
from provgraph.store.neo4j.values import indexed
from provgraph.store.records import Removals

_UNUSED_SETTINGS = """
MATCH (c:Collection) WHERE c.id IN $rows AND NOT EXISTS { ()-[:WAS_CONFIGURED_BY]->(c) }
OPTIONAL MATCH (c)-[:HAD_MEMBER]->(p:Parameter)
WITH c, collect(p) AS members DETACH DELETE c
WITH members UNWIND members AS p WITH DISTINCT p WHERE NOT EXISTS { ()-[:HAD_MEMBER]->(p) } DELETE p
"""
_UNUSED_FILES = "MATCH (f:ConfigFile) WHERE f.id IN $rows AND NOT EXISTS { ()-[:WAS_CONFIGURED_BY]->(f) } DELETE f"


class Remover:
    """Deletes what `Removals` lists."""

    def __init__(self, statements: Statements) -> None:
        """Take the transaction to write in."""
        self._statements = statements

    def relations(self, gone: Removals) -> None:
        """Delete inputs, outputs, stated relations, and links to settings and configuration files."""
        self.mentions(gone.mentions)
        delete = "MATCH ()-[r]->() WHERE r.statedSource IS NOT NULL AND r.key IN $rows DELETE r"
        self._each(delete, (relation.key.hex() for relation in gone.relations))
        self._links("Collection", ((run, key.hex()) for run, key in gone.settings_of))
        self._links("ConfigFile", gone.config_files_of)

    def mentions(self, mentions: Iterable[Mention]) -> None:
        """Delete inputs and outputs."""
        keys = defaultdict(list)
        for mention in mentions:
            keys[mention.run].append(mention.key.hex())
        delete = (
            "UNWIND $rows AS row MATCH (a:Activity {id: row.run}) WITH a, row "
            "MATCH (a)-[r:USED|WAS_GENERATED_BY]-() WHERE r.key IN row.keys DELETE r"
        )
        self._each(delete, ({"run": indexed(run), "keys": each} for run, each in keys.items()))

    def entities(self, gone: Removals) -> None:
        """Delete entities that nothing is of any more.

        The server refuses when something still is.
        """
        self._each("MATCH (e:Entity) WHERE e.id IN $rows DELETE e", map(indexed, gone.entities))

    def records(self, gone: Removals) -> None:
        """Delete runs, agents and descriptions, and settings and configuration files that none uses
        any more.
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

    def bookkeeping(self, gone: Removals) -> None:
        """Delete statements, and the load.

        Of loads that went on from it only the end of their source is here now.
        """
        load = gone.assertions_of.hex()
        delete = f"MATCH (s:Bookkeeping) WHERE s.subject IN $rows AND s.load = '{load}' DELETE s"
        self._each(delete, (subject.hex() for subject in gone.assertions))
        begun = [gone.load] if gone.load is not None else []
        self._each("MATCH (l:Load) WHERE l.id IN $rows DELETE l", begun)
        after = "MATCH (l:Load) WHERE l.continues IN $ids SET l.status = 'remainder' REMOVE l.continues RETURN l.id"
        while begun:
            begun = [row[0] for row in self._statements.by_id(after, begun)]

    def _links(self, label: str, links: Iterable[tuple[str, str]]) -> None:
        used: Mapping[str, list[str]] = defaultdict(list)
        for run, what in links:
            used[run].append(indexed(what))
        delete = (
            "UNWIND $rows AS row MATCH (a:Activity {id: row.run}) WITH a, row "
            f"MATCH (a)-[r:WAS_CONFIGURED_BY]->(c:{label}) WHERE c.id IN row.links DELETE r"
        )
        self._each(delete, ({"run": indexed(run), "links": each} for run, each in used.items()))

    def _each(self, text: str, rows: Iterable[object]) -> None:
        for chunk in batches(rows, BATCH):
            self._statements.write(text, chunk)
