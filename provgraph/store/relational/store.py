"""The embedded store: SQLite, or the same tables on a PostgreSQL server."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select, text, union_all
from sqlalchemy.exc import DBAPIError

from provgraph.model.identifiers import base_name
from provgraph.model.lineage import Direction, Edge, Lineage, Node
from provgraph.model.records import Settings, key_of
from provgraph.model.times import with_zone
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store import nodes
from provgraph.store.nodes import Content
from provgraph.store.protocol import CURRENT_STATUSES, NAMED_KINDS, Explained, Found, LoadRecord
from provgraph.store.relational import records, tables
from provgraph.store.relational.bulk import RelationalView
from provgraph.store.relational.connection import (
    address_of,
    lock_for_writing,
    postgresql_engine,
    sqlite_engine,
    translated,
)
from provgraph.store.relational.facts import mention_query
from provgraph.store.relational.schema import migrate
from provgraph.store.relational.transaction import RelationalTransaction, loads_of
from provgraph.store.relational.walk import walk
from provgraph.store.waiting import warn_of_waiting


class RelationalStore:
    """Provenance in SQL tables; see `provgraph.store.protocol.Store`."""

    most_documents: int | None = None
    views_are_snapshots = True

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose database may be empty; its tables are made or migrated now."""
        self._engine = engine
        with translated(engine):
            try:
                migrate(engine)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server was there a moment ago; it may have made the tables, and the answer was
                # lost.
                migrate(engine)

    @contextmanager
    def viewing(self) -> Iterator[RelationalView]:
        """Facts as they stand at one moment, read while others may write."""
        options = (
            {"isolation_level": "REPEATABLE READ"}
            if self._engine.dialect.name == "postgresql"
            else {}
        )
        with (
            translated(self._engine),
            self._engine.execution_options(**options).connect() as connection,
        ):
            yield RelationalView(connection)

    def settle(self) -> None:
        """Nothing to wait for: what is committed is visible as a whole."""

    @contextmanager
    def writing(self) -> Iterator[RelationalTransaction]:
        """A transaction: the only writer of this store while it lasts."""
        with translated(self._engine), ExitStack() as stack:
            with warn_of_waiting(address_of(self._engine)):
                connection = stack.enter_context(
                    self._engine.execution_options(writes=True).begin()
                )
                lock_for_writing(connection)
            transaction = RelationalTransaction(connection)
            yield transaction
            transaction.finish()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._engine), self._engine.connect() as connection:
            yield connection

    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        """Checksum → the newest load of the very same bytes in the same namespace."""
        with self._reading() as connection:
            return loads_of(connection, sha256s, namespace)

    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        """The loads of these sources in the namespace, oldest first."""
        load = tables.load.c
        query = select(tables.load).where(
            load.namespace == namespace, load.status.in_(CURRENT_STATUSES)
        )
        with self._reading() as connection:
            found = records.in_chunks(
                connection, query.order_by(load.time, load.id), load.source.in_, sources
            )
            return [records.load_of(row) for row in found]

    def by_id(self, identifiers: Sequence[str]) -> list[Found]:
        """Entities, activities and agents that bear one of the identifiers."""
        keys = [key_of(kind, each) for each in identifiers for kind in NAMED_KINDS]
        names = [records.name_key(each) for each in identifiers]
        naming = select(tables.naming.c.entity, tables.naming.c.rank).where(
            tables.naming.c.name.in_(names)
        )
        with self._reading() as connection:
            ranks: dict[bytes, int] = {}
            for row in connection.execute(naming):
                ranks[row.entity] = max(row.rank, ranks.get(row.entity, 0))
            found = _nodes(connection, [*keys, *ranks])
        return [
            Found(node, ranks.get(key, 0))
            for key, node in sorted(found.items(), key=lambda item: item[1].id)
        ]

    def by_version(self, place: str, activity: str) -> list[Found]:
        """Entities that the activity wrote at the place, the one that stands there last first."""
        relation, naming = tables.relation.c, tables.naming.c
        query = (
            select(relation.source, func.coalesce(naming.rank, 0).label("rank"))
            .outerjoin(
                tables.naming, (naming.entity == relation.source) & (naming.name == relation.place)
            )
            .where(relation.type == RelationType.WAS_GENERATED_BY)
            .where(
                relation.target == key_of(Kind.ACTIVITY, activity),
                relation.place == records.name_key(place),
            )
        )
        with self._reading() as connection:
            ranks = {row.source: row.rank for row in connection.execute(query)}
            found = _nodes(connection, ranks)
        return sorted(
            (Found(found[key], rank) for key, rank in ranks.items()), key=lambda each: -each.rank
        )

    def by_base_name(self, name: str) -> list[tuple[str, Found]]:
        """Places whose last part is the name, with the entities that stood there."""
        query = (
            select(tables.name.c.text, tables.naming.c.entity, tables.naming.c.rank)
            .join(tables.naming, tables.naming.c.name == tables.name.c.key)
            .where(tables.name.c.base_key == records.name_key(name))
        )
        with self._reading() as connection:
            places = [row for row in connection.execute(query) if base_name(row.text) == name]
            found = _nodes(connection, {row.entity for row in places})
        return [(row.text, Found(found[row.entity], row.rank)) for row in places]

    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        """Everything that the relations lead to from the root, breadth first."""
        with self._reading() as connection:
            return walk(connection, root, direction, relations, depth, limit)

    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        """The nodes with these keys, descriptions among them."""
        with self._reading() as connection:
            found = _nodes(connection, keys)
            others = [key for key in keys if key not in found]
            table = tables.description
            for row in records.in_chunks(connection, select(table), table.c.key.in_, others):
                found[row.key] = nodes.description_node(records.description_of(row))
            return found

    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        """All relations of these types at either end of the nodes, in a fixed order."""
        relation = tables.relation.c
        columns = (relation.type, relation.source, relation.target, relation.role, relation.time)
        query = select(*columns).where(relation.type.in_(relations))
        found: set[Edge] = set()
        with self._reading() as connection:
            for end in (relation.source, relation.target):
                for row in records.in_chunks(connection, query, end.in_, keys):
                    found.add(
                        Edge(
                            RelationType(row.type),
                            row.source,
                            row.target,
                            row.role,
                            with_zone(row.time),
                        )
                    )
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

    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        """Activity key → its settings, the software among them."""
        link, shared = tables.settings_of.c, tables.settings
        query = select(link.activity, shared.c.name, shared.c.parameters).join(
            shared, shared.c.key == link.settings
        )
        found: dict[bytes, list[Settings]] = defaultdict(list)
        with self._reading() as connection:
            for row in records.in_chunks(
                connection, query.order_by(shared.c.name), link.activity.in_, keys
            ):
                found[row.activity].append(records.settings_of(row))
        return found

    def config_files_of(self, keys: Collection[bytes]) -> dict[bytes, list[str]]:
        """Activity key → the places of its configuration files."""
        link = tables.config_file_of.c
        query = select(link.activity, tables.name.c.text).join(
            tables.name, tables.name.c.key == link.place
        )
        found: dict[bytes, list[str]] = defaultdict(list)
        with self._reading() as connection:
            for row in records.in_chunks(
                connection, query.order_by(tables.name.c.text), link.activity.in_, keys
            ):
                found[row.activity].append(row.text)
        return found

    def explain(self, key: bytes) -> list[Explained]:
        """The mentions that are of this entity or run."""
        relation = tables.relation.c
        with self._reading() as connection:
            found = [
                records.mention_of(row)
                for end in (relation.source, relation.target)
                for row in connection.execute(mention_query().where(end == key))
            ]
        return sorted(map(nodes.explained, found), key=nodes.explained_order)

    def stats(self) -> dict[str, int]:
        """How many there are of each kind of record and relation."""
        counted = {
            "activities": tables.activity,
            "entities": tables.entity,
            "agents": tables.agent,
            "descriptions": tables.description,
            "settings": tables.settings,
            "loads": tables.load,
        }
        queries = [
            select(text(f"'{label}' AS label"), func.count().label("n")).select_from(table)
            for label, table in counted.items()
        ]
        relation = tables.relation.c
        distinct = (
            select(relation.type, relation.source, relation.target, relation.role, relation.time)
            .distinct()
            .subquery()
        )
        by_type = select(distinct.c.type.label("label"), func.count().label("n")).group_by(
            distinct.c.type
        )
        with self._reading() as connection:
            counts = {row.label: row.n for row in connection.execute(union_all(*queries, by_type))}
        return nodes.stats_in_order(counts)

    def scan(self) -> Iterator[Content]:
        """All provenance content, each record once, in no order; no bookkeeping."""
        readers: list[tuple[Select[Any], Callable[[Row[Any]], Content]]] = [
            (select(tables.activity), lambda row: nodes.run_content(records.run_of(row))),
            (select(tables.entity), lambda row: nodes.entity_content(records.entity_of(row))),
            (select(tables.agent), lambda row: nodes.agent_content(records.agent_of(row))),
            (
                select(tables.description),
                lambda row: nodes.description_content(records.description_of(row)),
            ),
            (mention_query(), lambda row: nodes.mention_content(records.mention_of(row))),
            (
                select(tables.relation).where(tables.relation.c.stated.is_not(None)),
                lambda row: nodes.relation_content(records.relation_of(row)),
            ),
            (select(tables.settings), lambda row: nodes.settings_content(row.name, row.key)),
            (
                _settings_links(),
                lambda row: nodes.configuration_content(row.id, bytes(row.what).hex()),
            ),
            (_config_file_links(), lambda row: nodes.configuration_content(row.id, row.what)),
        ]
        with self._reading() as connection:
            streaming = connection.execution_options(yield_per=1000)
            for query, read in readers:
                with streaming.execute(query) as found:
                    yield from map(read, found)

    def loads(self) -> Iterable[LoadRecord]:
        """All loads, oldest first."""
        with self._reading() as connection:
            return [
                records.load_of(row)
                for row in connection.execute(select(tables.load).order_by("time", "id"))
            ]

    def close(self) -> None:
        """Let go of connections and files."""
        self._engine.dispose()


def open_sqlite(url: str, password: str | None = None) -> RelationalStore:
    """Open an embedded store.

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for one in memory. The file is made when needed,
            for its owner only.
        password: not used.

    Raises:
        StoreError: the file is no store of ours, or can't be used.
    """
    return RelationalStore(sqlite_engine(url))


def open_postgresql(url: str, password: str | None = None) -> RelationalStore:
    """Open a store on a PostgreSQL server.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        password: instead of the one in the URL.

    Raises:
        UnreachableError: the server does not answer.
        StoreError: it refuses.
    """
    return RelationalStore(postgresql_engine(url, password))


def _nodes(connection: Connection, keys: Collection[bytes]) -> dict[bytes, Node]:
    readers: list[tuple[Any, Callable[[Row[Any]], Node]]] = [
        (tables.entity, lambda row: nodes.entity_node(records.entity_of(row))),
        (tables.activity, lambda row: nodes.activity_node(records.run_of(row))),
        (tables.agent, lambda row: nodes.agent_node(records.agent_of(row))),
    ]
    found: dict[bytes, Node] = {}
    for table, read in readers:
        for row in records.in_chunks(connection, select(table), table.c.key.in_, keys):
            found[row.key] = read(row)
    return found


def _settings_links() -> Select[Any]:
    link = tables.settings_of.c
    return select(tables.activity.c.id, link.settings.label("what")).join(
        tables.activity, tables.activity.c.key == link.activity
    )


def _config_file_links() -> Select[Any]:
    link = tables.config_file_of.c
    return (
        select(tables.activity.c.id, tables.name.c.text.label("what"))
        .select_from(tables.config_file_of)
        .join(tables.activity, tables.activity.c.key == link.activity)
        .join(tables.name, tables.name.c.key == link.place)
    )
