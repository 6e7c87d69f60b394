"""The Neo4j store: a property graph in the field's own words, to be read in Neo4j Browser too.

Inputs and outputs are relationships between activities and entities, one a mention; settings are
collections of parameters that many activities share.
"""

import gc
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from typing_extensions import override

from provgraph.errors import NoStoreError
from provgraph.model.filters import Filter, PageRequest, SortOrder
from provgraph.model.identifiers import paths_in
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.records import SOFTWARE, Settings
from provgraph.model.vocabulary import DESCRIPTIONS, NODE_LABEL, RelationType
from provgraph.store import nodes, ordering
from provgraph.store.copying import Filling, Original
from provgraph.store.neo4j import bookkeeping, configuration, questions, records, schema
from provgraph.store.neo4j.address import address_of
from provgraph.store.neo4j.connection import Connection
from provgraph.store.neo4j.contents import Neo4jContents
from provgraph.store.neo4j.cypher import (
    MENTION,
    key_texts,
    mention_from,
)
from provgraph.store.neo4j.facts import Neo4jView, loads_of
from provgraph.store.neo4j.links import edges_of, links
from provgraph.store.neo4j.loads import Neo4jLoads
from provgraph.store.neo4j.opening import complete, opened, refuse_other
from provgraph.store.neo4j.questions import called, find, names_near, walks
from provgraph.store.neo4j.taints import Neo4jTaints
from provgraph.store.neo4j.transaction import TAKE_TURN, Neo4jTransaction
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import CURRENT_STATUSES, Explained, FoundPage, LoadRecord, StoreLimits
from provgraph.store.waiting import warn_of_waiting

_View = TypeVar("_View", bound=Neo4jView)
_DESCRIPTIONS_BY_KEY = " UNION ALL ".join(
    f"MATCH (n:{NODE_LABEL[kind]}) WHERE n.key IN $keys RETURN labels(n), properties(n)"
    for kind in sorted(DESCRIPTIONS)
)


class Neo4jStore(Neo4jTaints, Neo4jLoads, Neo4jContents, Store):
    """Provenance in a Neo4j database; see `provgraph.store.protocol.Store`."""

    #: A transaction is kept in the server's memory until it is committed.
    limits = StoreLimits(documents=5_000)

    def __init__(self, connection: Connection) -> None:
        """Take a connection to a database that may be empty.

        Constraints and indexes are made by the first writer.
        """
        self._connection = connection
        self._is_made = False
        self._is_there = False
        #: All of this turn is surely visible: a writer has seen it.
        self._whole_turn = 0
        self._paths = nodes.Known[frozenset[str]]()
        self._files_at = nodes.KnownPlaces()

    def __repr__(self) -> str:
        """Where the database is, without the password."""
        return f"Neo4jStore({str(self._connection)!r})"

    @property
    @override
    def address(self) -> str:
        return str(self._connection)

    @override
    def make(self) -> None:
        if not self._is_made:
            complete(self._connection)
            self._is_made = True

    @override
    def is_current(self) -> bool:
        self._is_there = False  # another process may have changed it: look again
        return schema.is_current(self._reading)

    @property
    @override
    def _reading(self) -> Connection:
        """The connection for who only reads.

        Raises:
            NoStoreError: nobody has written to the database yet.
            NewerStoreError: a newer provgraph has written there.
            UnfinishedCopyError: it is a copy that is not whole.
        """
        if not self._is_there:
            found = opened(self._connection)
            if not (self._is_made or found.was_imported or schema.exists(self._connection)):
                raise NoStoreError(str(self._connection), "the database is not provgraph's yet")
            # An empty store may become a copy meanwhile.
            self._is_there = found.has_records
        return self._connection

    @override
    @contextmanager
    def viewing(self, *, settled: bool = False) -> Iterator[Neo4jView]:
        reading = self._reading
        if settled:
            # A writer waits for the one before it, and for all of what that one has written.
            with self.writing():
                pass
        with reading.view() as transaction:
            view = self._checked(Neo4jView(transaction))
            # A commit of another process becomes visible bit by bit, the number of its turn perhaps
            # first.
            view.settled = max(view.turn - 1, self._whole_turn)
            yield view

    @override
    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        self.make()
        with ExitStack() as stack:
            with warn_of_waiting(str(self._connection)):
                begun = stack.enter_context(self._connection.transaction(TAKE_TURN))
            transaction = self._checked(Neo4jTransaction(begun))
            self._whole_turn = transaction.turn
            yield transaction
            transaction.finish()
        self._whole_turn = transaction.turn
        del begun, transaction
        # The driver's transaction and the results in it refer to each other, and hold all rows that
        # were sent. Loads, which make many objects, have Python look for such circles seldom.
        gc.collect(0)

    def _checked(self, view: _View) -> _View:
        """The view, unless the store has become another one since it was opened.

        Raises:
            UnfinishedCopyError: somebody has begun to make a copy there.
            NewerStoreError: a newer provgraph has written there.
        """
        refuse_other(self.address, view.revision, view.copy_of)
        return view

    @override
    @contextmanager
    def original(self) -> Iterator[Original]:
        from provgraph.store.neo4j.originals import Neo4jOriginal  # noqa: PLC0415

        yield Neo4jOriginal(self._reading)

    @override
    @contextmanager
    def filling(self) -> Iterator[Filling]:
        from provgraph.store.neo4j.filling import Neo4jFilling  # noqa: PLC0415

        self._is_made = self._is_there = False
        yield Neo4jFilling(self._connection)

    @override
    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        return loads_of(self._reading.read, sha256s, namespace)

    @override
    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        query = (
            "MATCH (l:Load) WHERE l.source IN $sources AND l.namespace = $namespace "
            "AND l.status IN $statuses "
            f"RETURN {bookkeeping.LOAD} ORDER BY l.time, l.id"
        )
        found = self._reading.read(
            query, sources=list(sources), namespace=namespace, statuses=list(CURRENT_STATUSES)
        )
        return [bookkeeping.load_of(row[0]) for row in found]

    # Questions.

    @override
    def find(
        self,
        wanted: Filter,
        order: SortOrder = SortOrder.ID,
        page: PageRequest = PageRequest(),  # noqa: B008 - frozen
    ) -> FoundPage:
        return find(self._reading, wanted, order, page)

    @override
    def files_at(
        self, places: Collection[str], state: bytes | None = None
    ) -> dict[str, tuple[Node, ...]]:
        return self._files_at.of(places, state, self.find)

    @override
    def called(self, names: Collection[str], beginnings: Collection[str], limit: int) -> list[Node]:
        return called(self._connection, names, beginnings, limit)

    @override
    def names_near(self, name: str, limit: int) -> list[str]:
        return names_near(self._connection, name, limit)

    @override
    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        return self.walks((root,), direction, relations, depth, limit)[0]

    @override
    def walks(
        self,
        roots: Sequence[Node],
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> list[Lineage]:
        return walks(self._reading, roots, direction, relations, depth, limit)

    @override
    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        found = questions.named_nodes(self._reading, keys)
        others = [key for key in keys if key not in found]
        rows = self._reading.read(_DESCRIPTIONS_BY_KEY, keys=key_texts(others)) if others else []
        described = (
            nodes.description_node(records.description_of(stored, labels))
            for labels, stored in rows
        )
        return found | {node.key: node for node in described}

    @override
    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        return edges_of(self._reading, keys, relations) if relations else []

    @override
    def edges_among(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        if not relations:
            return []
        return edges_of(self._reading, keys, relations, among=True)

    @override
    def links(
        self, keys: Collection[bytes], way: Direction, relations: Sequence[RelationType]
    ) -> list[tuple[bytes, bytes]]:
        return links(self._reading, keys, way, relations) if relations else []

    # Records.

    @override
    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        query = (
            "MATCH (a:Activity)-[:WAS_CONFIGURED_BY]->(c:Collection) WHERE a.key IN $keys "
            "WITH c, collect(a.key) AS users ORDER BY c.name "
            "RETURN c.name, users, "
            "COLLECT { MATCH (c)-[:HAD_MEMBER]->(p:Parameter) RETURN properties(p) }"
        )
        found: dict[bytes, list[Settings]] = defaultdict(list)
        for name, users, members in self._reading.read(query, keys=key_texts(keys)):
            settings = Settings(name, dict(map(configuration.parameter_of, members)))
            for user in users:
                found[bytes.fromhex(user)].append(settings)
        return found

    @override
    def setups_of(self, keys: Collection[bytes]) -> dict[bytes, Setup]:
        query = f"MATCH (n:Activity) WHERE n.key IN $keys RETURN n.key, {configuration.SETUP}"
        rows = self._reading.read(query, keys=key_texts(keys))
        return {bytes.fromhex(key): configuration.setup_of(found) for key, found in rows if found}

    @override
    def paths_in(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        return self._paths.of(settings, self._read_paths)

    def _read_paths(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        asked = {"keys": key_texts(settings), "software": SOFTWARE}
        return {
            bytes.fromhex(key): paths_in(dict(map(configuration.parameter_of, members)))
            for key, members in self._reading.read(configuration.MAY_NAME_PATHS, **asked)
        }

    @override
    def explain(self, key: bytes) -> list[Explained]:
        queries = (
            f"MATCH ({end}:{label} {{key: $key}}) "
            "MATCH (a:Activity)-[r:USED|WAS_GENERATED_BY]-(e:Entity) "
            f"WHERE r.statedSource IS NULL RETURN {MENTION}"
            for end, label in (("a", "Activity"), ("e", "Entity"))
        )
        rows = self._reading.read(" UNION ALL ".join(queries), key=key.hex())
        return sorted(
            map(ordering.explained, map(mention_from, rows)), key=ordering.explained_order
        )

    @override
    def close(self) -> None:
        self._connection.close()


def open_neo4j(url: str, password: str | None = None) -> Neo4jStore:
    """Open a store in a Neo4j database; nothing is sent yet.

    Args:
        url: ``neo4j://USER:PASSWORD@HOST:7687/DATABASE``, or ``neo4j+s://``, ``bolt://``,
            ``bolt+s://``.
        password: instead of the one in the URL.

    Returns:
        The store. Constraints and indexes are made by the first writer.

    Raises:
        SettingsError: the URL has another form.
        StoreError: the driver can't use it.
    """
    return Neo4jStore(Connection(address_of(url, password)))
