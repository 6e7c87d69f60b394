"""The Neo4j store: a property graph in the field's own words, to be read in Neo4j Browser too.

Inputs and outputs are relationships between activities and entities, one a mention; settings are
collections of parameters that many activities share.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from neo4j import Record

from provgraph.errors import StoreError
from provgraph.model.identifiers import base_name, is_strong, location_of
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.records import Settings
from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL, RelationType
from provgraph.store import nodes
from provgraph.store.neo4j import records as properties
from provgraph.store.neo4j import schema
from provgraph.store.neo4j.bulk import Neo4jView
from provgraph.store.neo4j.connection import Connection, address_of
from provgraph.store.neo4j.cypher import (
    BY_ALIAS,
    MENTION,
    NODE,
    RELATIONSHIP,
    alias_query,
    mention_of,
)
from provgraph.store.neo4j.transaction import LOAD, LOADS_OF, TAKE_TURN, Neo4jTransaction
from provgraph.store.neo4j.values import full, indexed, shown_time
from provgraph.store.neo4j.walk import node_of, walk
from provgraph.store.nodes import Content
from provgraph.store.protocol import CURRENT_STATUSES, Explained, Found, LoadRecord
from provgraph.store.waiting import warn_of_waiting

_BY_ID = f"""
CALL () {{
  MATCH (n:Entity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Entity) WHERE n.location IN $locations RETURN n
  UNION {BY_ALIAS}
  UNION MATCH (n:Activity) WHERE n.id IN $ids RETURN n
  UNION MATCH (n:Agent) WHERE n.id IN $ids RETURN n
}}
RETURN labels(n), n {NODE}"""
_BY_KEY = """
CALL () {
  MATCH (n:Entity) WHERE n.key IN $keys RETURN n
  UNION ALL MATCH (n:Activity) WHERE n.key IN $keys RETURN n
  UNION ALL MATCH (n:Agent) WHERE n.key IN $keys RETURN n
}"""
_DESCRIPTIONS_BY_KEY = " UNION ALL ".join(
    f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.key IN $keys RETURN labels(n), n {{.*}}"
    for kind in sorted(DESCRIPTIONS)
)


class Neo4jStore:
    """Provenance in a Neo4j database; see `provgraph.store.protocol.Store`."""

    #: A transaction is kept in the server's memory until it is committed.
    most_documents: int | None = 5_000
    views_are_snapshots = False

    def __init__(self, connection: Connection) -> None:
        """Take a connection to a database that may be empty.

        Constraints and indexes are made by the first writer.
        """
        self._connection = connection
        self._has_schema = False
        #: All of this turn is surely visible: a writer has seen it.
        self._whole_turn = 0

    def __repr__(self) -> str:
        """Where it is, without the password."""
        return f"Neo4jStore({str(self._connection)!r})"

    @contextmanager
    def viewing(self) -> Iterator[Neo4jView]:
        """Facts as they stand, read while others may write; what is committed meanwhile is seen."""
        self._ensure_schema()
        with self._connection.view() as transaction:
            view = Neo4jView(transaction)
            # A commit of another process becomes visible bit by bit, the number of its turn perhaps
            # first.
            view.settled = max(view.turn - 1, self._whole_turn)
            yield view

    @contextmanager
    def writing(self) -> Iterator[Neo4jTransaction]:
        """A transaction, the only writer of this database while it lasts."""
        self._ensure_schema()
        with ExitStack() as stack:
            with warn_of_waiting(str(self._connection)):
                begun = stack.enter_context(self._connection.transaction(TAKE_TURN))
            transaction = Neo4jTransaction(begun)
            self._whole_turn = transaction.turn
            yield transaction
            transaction.finish()
        self._whole_turn = transaction.turn

    def settle(self) -> None:
        """Wait until all that was committed is wholly visible.

        A writer waits for the one before it.
        """
        with self.writing():
            pass

    def _ensure_schema(self) -> None:
        if not self._has_schema:
            schema.ensure(self._connection)
            self._has_schema = True

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """Checksum → the newest load of the very same bytes in the same namespace."""
        found = self._connection.read(
            LOADS_OF, sha256s=list(sha256s), namespace=namespace, statuses=list(CURRENT_STATUSES)
        )
        return {load.sha256: load for load in (properties.load_of(row[0]) for row in found)}

    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        """The loads of these sources in the namespace, oldest first."""
        query = (
            "MATCH (l:Load) WHERE l.source IN $sources AND l.namespace = $namespace AND l.status IN $statuses "
            f"RETURN {LOAD} ORDER BY l.time, l.id"
        )
        found = self._connection.read(
            query, sources=list(sources), namespace=namespace, statuses=list(CURRENT_STATUSES)
        )
        return [properties.load_of(row[0]) for row in found]

    # Names.

    def by_id(self, identifiers: Sequence[str]) -> list[Found]:
        """Entities, activities and agents that bear one of the identifiers."""
        asked = set(identifiers)
        locations = [indexed(location_of(each)) for each in asked]
        rows = self._candidates(
            _BY_ID,
            ids=list(map(indexed, asked)),
            locations=locations,
            aliases=alias_query("aliases", asked),
        )
        found = []
        for labels, stored in rows:
            node = node_of(labels, stored)
            if node.id in asked or not asked.isdisjoint(node.identifiers):
                found.append(
                    Found(node, max((_ranks(stored).get(each, 0) for each in asked), default=0))
                )
        return sorted(found, key=lambda each: each.node.id)

    def by_version(self, place: str, activity: str) -> list[Found]:
        """Entities that the activity wrote at the place, the one that stands there last first."""
        query = (
            "MATCH (a:Activity {id: $activity})<-[r:WAS_GENERATED_BY]-(n:Entity) WHERE r.place = $place "
            f"WITH DISTINCT n RETURN labels(n), n {NODE}"
        )
        rows = self._connection.read(query, activity=indexed(activity), place=indexed(place))
        found = [
            Found(node_of(labels, stored), _ranks(stored).get(place, 0)) for labels, stored in rows
        ]
        return sorted(found, key=lambda each: -each.rank)

    def by_base_name(self, name: str) -> list[tuple[str, Found]]:
        """Places whose last part is the name, with the entities that stood there."""
        query = f"CALL () {{ MATCH (n:Entity) WHERE n.name = $name RETURN n UNION {BY_ALIAS} }} RETURN labels(n), n {NODE}"
        found = []
        for labels, stored in self._candidates(
            query, name=indexed(name), aliases=alias_query("otherNames", [name])
        ):
            node = node_of(labels, stored)
            ranks = _ranks(stored)
            places = (
                each for each in node.identifiers if not is_strong(each) and base_name(each) == name
            )
            found += [(place, Found(node, ranks.get(place, 0))) for place in places]
        return sorted(found, key=lambda each: (each[0], each[1].node.id))

    def _candidates(self, query: str, **parameters: Any) -> list[Record]:
        """Rows that indexes find.

        None where nobody has written yet, and so there is no full-text index.
        """
        try:
            return self._connection.read(query, **parameters)
        except StoreError:
            if schema.is_there(self._connection):
                raise
            return []

    # Lineage.

    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        """Everything that the relations lead to from the root, breadth first, at most ``limit``
        nodes.
        """
        return walk(self._connection, root, direction, relations, depth, limit)

    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        """The nodes with these keys, descriptions among them."""
        rows = self._connection.read(f"{_BY_KEY} RETURN labels(n), n {NODE}", keys=_texts(keys))
        found = {node.key: node for node in (node_of(*row) for row in rows)}
        others = [key for key in keys if key not in found]
        rows = self._connection.read(_DESCRIPTIONS_BY_KEY, keys=_texts(others)) if others else []
        described = (
            nodes.description_node(properties.description_of(stored, labels))
            for labels, stored in rows
        )
        return found | {node.key: node for node in described}

    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        """All relations of these types at either end of the nodes, in a fixed order."""
        if not relations:
            return []
        types = "|".join(each.name for each in relations)
        query = (
            f"{_BY_KEY} MATCH (n)-[r:{types}]-(m) WHERE m.key IS NOT NULL "
            "RETURN DISTINCT type(r), startNode(r).key, endNode(r).key, r.role, toString(r.time)"
        )
        found = {
            Edge(
                RelationType[kind],
                bytes.fromhex(source),
                bytes.fromhex(target),
                role,
                shown_time(time),
            )
            for kind, source, target, role, time in self._connection.read(query, keys=_texts(keys))
        }
        return sorted(
            found,
            key=lambda edge: (
                edge.relation,
                edge.source,
                edge.target,
                edge.role or "",
                edge.time or "",
            ),
        )

    # Records.

    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        """Activity key → its settings, the software among them."""
        query = (
            "MATCH (a:Activity)-[:WAS_CONFIGURED_BY]->(c:Collection) WHERE a.key IN $keys "
            "WITH c, collect(a.key) AS users ORDER BY c.name "
            "RETURN c.name, users, COLLECT { MATCH (c)-[:HAD_MEMBER]->(p:Parameter) RETURN p {.*} }"
        )
        found: dict[bytes, list[Settings]] = defaultdict(list)
        for name, users, members in self._connection.read(query, keys=_texts(keys)):
            settings = Settings(name, dict(map(properties.parameter_of, members)))
            for user in users:
                found[bytes.fromhex(user)].append(settings)
        return found

    def config_files_of(self, keys: Collection[bytes]) -> dict[bytes, list[str]]:
        """Activity key → the places of its configuration files."""
        query = "MATCH (a:Activity)-[:WAS_CONFIGURED_BY]->(f:ConfigFile) WHERE a.key IN $keys RETURN a.key, f {.*}"
        found: dict[bytes, list[str]] = defaultdict(list)
        for key, file in self._connection.read(query, keys=_texts(keys)):
            found[bytes.fromhex(key)].append(full(file, "id"))
        return {key: sorted(places) for key, places in found.items()}

    def explain(self, key: bytes) -> list[Explained]:
        """The mentions that are of this entity or run."""
        queries = (
            f"MATCH ({end}:{label} {{key: $key}}) MATCH (a:Activity)-[r:USED|WAS_GENERATED_BY]-(e:Entity) "
            f"WHERE r.statedSource IS NULL RETURN {MENTION}"
            for end, label in (("a", "Activity"), ("e", "Entity"))
        )
        rows = self._connection.read(" UNION ALL ".join(queries), key=key.hex())
        return sorted(map(nodes.explained, map(mention_of, rows)), key=nodes.explained_order)

    # The whole.

    def stats(self) -> dict[str, int]:
        """How many there are of each kind of record and relation."""
        queries = [
            f"MATCH ({found}) RETURN '{name}' AS name, count(n) AS count"
            for name, found in _COUNTED
        ]
        types = self._connection.read(
            "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType"
        )
        queries += [
            _count_relations(RelationType[name])
            for (name,) in types
            if name in RelationType.__members__
        ]
        counts: dict[str, int] = dict(self._connection.read(" UNION ALL ".join(queries)))
        return nodes.stats_in_order(
            {name: count for name, count in counts.items() if count or name in _RECORDS}
        )

    def scan(self) -> Iterator[Content]:
        """All provenance content, each record once, in no order; no bookkeeping."""
        for query, read in _SCANS:
            yield from map(read, self._connection.stream(query))

    def loads(self) -> Iterable[LoadRecord]:
        """All loads, oldest first."""
        query = f"MATCH (l:Load) RETURN {LOAD} ORDER BY l.time, l.id"
        return [properties.load_of(row[0]) for row in self._connection.read(query)]

    def close(self) -> None:
        """Let go of connections."""
        self._connection.close()


def open_neo4j(url: str, password: str | None = None) -> Neo4jStore:
    """Open a store in a Neo4j database; nothing is sent yet.

    Args:
        url: ``neo4j://USER:PASSWORD@HOST:7687/DATABASE``, or ``neo4j+s://``, ``bolt://``,
            ``bolt+s://``.
        password: instead of the one in the URL.

    Raises:
        SettingsError: the URL makes no sense.
        StoreError: the driver can't use it.
    """
    return Neo4jStore(Connection(address_of(url, password)))


_ANY_DESCRIPTION = "n:" + "|".join(NODE_LABEL[kind] for kind in sorted(DESCRIPTIONS))
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
        f"MATCH (n:Activity) RETURN n {NODE}",
        lambda row: nodes.run_content(properties.run_of(row[0])),
    ),
    (
        f"MATCH (n:Entity) RETURN n {NODE}, labels(n)",
        lambda row: nodes.entity_content(properties.record_of(row[0], row[1])),
    ),
    (
        f"MATCH (n:Agent) RETURN n {NODE}, labels(n)",
        lambda row: nodes.agent_content(properties.agent_of(row[0], row[1])),
    ),
    (
        f"MATCH ({_ANY_DESCRIPTION}) RETURN n {{.*}}, labels(n)",
        lambda row: nodes.description_content(properties.description_of(row[0], row[1])),
    ),
    (
        f"MATCH (a:Activity)-[r:USED|WAS_GENERATED_BY]-(e:Entity) WHERE r.statedSource IS NULL RETURN {MENTION}",
        lambda row: nodes.mention_content(mention_of(row)),
    ),
    (
        f"MATCH (s)-[r]->(t) WHERE r.statedSource IS NOT NULL RETURN type(r), {RELATIONSHIP}, labels(s), labels(t)",
        lambda row: nodes.relation_content(properties.relation_of(row[0], row[1], row[2], row[3])),
    ),
    (
        "MATCH (c:Collection&!Entity) RETURN c.name, c.id",
        lambda row: nodes.settings_content(row[0], bytes.fromhex(row[1])),
    ),
    (
        "MATCH (a:Activity)-[r:WAS_CONFIGURED_BY]->(c:Collection|ConfigFile) WHERE r.statedSource IS NULL "
        "RETURN a {.id, .fullId}, c {.id, .fullId}",
        lambda row: nodes.configuration_content(full(row[0], "id"), full(row[1], "id")),
    ),
)


def _count_relations(relation: RelationType) -> str:
    stated = "WHERE r.statedSource IS NOT NULL " if relation in _SHARED_TYPES else ""
    return (
        f"MATCH (n:Entity|Activity|Agent) CALL (n) {{ MATCH (n)-[r:{relation.name}]->(m) {stated}"
        "WITH DISTINCT m, r.role AS role, r.time AS time RETURN count(*) AS each } "
        f"RETURN '{relation.value}' AS name, sum(each) AS count"
    )


def _ranks(stored: Mapping[str, Any]) -> dict[str, int]:
    """Place → how new the entity is there."""
    return dict(zip(stored.get("places", ()), stored.get("ranks", ()), strict=True))


def _texts(keys: Iterable[bytes]) -> list[str]:
    return [key.hex() for key in keys]
