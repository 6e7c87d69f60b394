"""All that a store in Neo4j holds: how much of what, and all of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from typing_extensions import override

from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL, RelationType
from provgraph.store import digest, ordering
from provgraph.store.digest import Content
from provgraph.store.neo4j import records, relations
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.cypher import MENTION, NODE, RELATIONSHIP, mention_from
from provgraph.store.neo4j.values import full_text
from provgraph.store.protocol import Contents


class Neo4jContents(Contents, ABC):
    """All that a store in Neo4j holds."""

    @property
    @abstractmethod
    def _reading(self) -> Connection:
        """The connection for who only reads."""

    @override
    def stats(self) -> dict[str, int]:
        queries = [
            f"MATCH ({found}) RETURN '{name}' AS name, count(n) AS count"
            for name, found in _COUNTED
        ]
        types = self._reading.read(
            "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType"
        )
        queries += [
            _count_relations(RelationType[name])
            for (name,) in types
            if name in RelationType.__members__
        ]
        counts: dict[str, int] = dict(self._reading.read(" UNION ALL ".join(queries)))
        return ordering.stats_in_order(
            {name: count for name, count in counts.items() if count or name in _RECORDS}
        )

    @override
    def scan(self) -> Iterator[Content]:
        for query, read in _SCANS:
            yield from map(read, self._reading.stream(query))


_DESCRIPTIONS = "|".join(NODE_LABEL[kind] for kind in sorted(DESCRIPTIONS))
_ANY_DESCRIPTION = f"n:{_DESCRIPTIONS}"
#: What is counted: its name, and the nodes that are such.
_COUNTED = (
    ("activities", "n:Activity"),
    ("entities", "n:Entity"),
    ("agents", "n:Agent"),
    ("descriptions", _ANY_DESCRIPTION),
    ("settings", "n:Collection&!Entity"),
    ("loads", "n:Load"),
)
_RECORDS = frozenset(name for name, _ in _COUNTED)
#: Settings are joined by relationships of these types too, which no source states.
_SHARED_TYPES = frozenset({RelationType.HAD_MEMBER, RelationType.WAS_CONFIGURED_BY})
_SCANS: tuple[tuple[str, Callable[[Sequence[Any]], Content]], ...] = (
    (
        f"MATCH (n:Activity) RETURN {NODE}",
        lambda row: digest.run_content(records.run_of(row[0])),
    ),
    (
        f"MATCH (n:Entity) RETURN {NODE}, labels(n)",
        lambda row: digest.entity_content(records.entity_of(row[0], row[1])),
    ),
    (
        f"MATCH (n:Agent) RETURN {NODE}, labels(n)",
        lambda row: digest.agent_content(records.agent_of(row[0], row[1])),
    ),
    (
        f"MATCH ({_ANY_DESCRIPTION}) RETURN properties(n), labels(n)",
        lambda row: digest.description_content(records.description_of(row[0], row[1])),
    ),
    (
        "MATCH (a:Activity)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.statedSource IS NULL "
        f"RETURN {MENTION}",
        lambda row: digest.mention_content(mention_from(row)),
    ),
    (
        "MATCH (s)-[r]->(t) WHERE r.statedSource IS NOT NULL "
        f"RETURN type(r), {RELATIONSHIP}, labels(s), labels(t)",
        lambda row: digest.relation_content(relations.relation_of(row[0], row[1], row[2], row[3])),
    ),
    (
        "MATCH (c:Collection&!Entity) RETURN c.name, c.id",
        lambda row: digest.settings_content(row[0], bytes.fromhex(row[1])),
    ),
    (
        "MATCH (a:Activity)-[r:WAS_CONFIGURED_BY]->(c:Collection|ConfigFile) "
        "WHERE r.statedSource IS NULL "
        "RETURN a {.id, .fullId}, c {.id, .fullId}",
        lambda row: digest.configuration_content(full_text(row[0], "id"), full_text(row[1], "id")),
    ),
)


def _count_relations(relation: RelationType) -> str:
    stated = "WHERE r.statedSource IS NOT NULL " if relation in _SHARED_TYPES else ""
    return (
        f"MATCH (n:Entity|Activity|Agent|{_DESCRIPTIONS}) "
        f"CALL (n) {{ MATCH (n)-[r:{relation.name}]->(m) {stated}"
        "WITH DISTINCT m, r.role AS role, r.time AS time RETURN count(*) AS each } "
        f"RETURN '{relation.value}' AS name, sum(each) AS count"
    )
