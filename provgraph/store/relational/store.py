"""The relational store: SQLite, or the same tables on a PostgreSQL server."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select, text, union_all
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from provgraph.model.filters import NAMED_KINDS, Filter, PageRequest, SortOrder
from provgraph.model.lineage import Direction, Edge, Lineage, Node, Setup
from provgraph.model.records import Settings
from provgraph.model.vocabulary import RelationType
from provgraph.store import digest, nodes, ordering
from provgraph.store.copying import Filling, Original
from provgraph.store.deadlines import DEADLINE
from provgraph.store.digest import Content
from provgraph.store.protocol import Store, Transaction
from provgraph.store.records import CURRENT_STATUSES, Explained, FoundPage, LoadRecord, StoreLimits
from provgraph.store.relational import configuration, records, relations, tables
from provgraph.store.relational.connection import (
    OneEngine,
    SqlDatabase,
    address_of,
    has_records,
    is_newest,
    lock_for_writing,
    migrate,
    missing_in,
    refuse_newer,
    refuse_unfinished_copy,
    sqlite_database,
    translated,
)
from provgraph.store.relational.facts import RelationalView, load_of, loads_of, mention_query
from provgraph.store.relational.links import edges_among, edges_of, links
from provgraph.store.relational.loads import RelationalLoads
from provgraph.store.relational.named import called, named_nodes, names_near
from provgraph.store.relational.postgresql import postgresql_engine
from provgraph.store.relational.questions import find, recalls, walk
from provgraph.store.relational.taints import RelationalTaints
from provgraph.store.relational.timed import timed
from provgraph.store.waiting import warn_of_waiting


class RelationalStore(RelationalTaints, RelationalLoads, Store):
    """Provenance in SQL tables; see `provgraph.store.protocol.Store`."""

    limits = StoreLimits()

    def __init__(self, database: SqlDatabase) -> None:
        """Take the place of the tables, which are perhaps not there yet."""
        self._database = database
        self._is_made = False
        #: The engine whose tables were looked at, and what stands in for those that it lacks.
        self._known: tuple[Engine, list[str]] | None = None
        self._paths = nodes.Known[frozenset[str]]()
        self._files_at = nodes.KnownPlaces()

    @property
    @override
    def address(self) -> str:
        return self._database.address

    @override
    def make(self) -> None:
        if self._is_made:
            return
        engine = self._database.writer()
        with translated(engine):
            try:
                migrate(engine)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server was there a moment ago; it may have made the tables, and the answer was
                # lost.
                migrate(engine)
        self._is_made, self._known = True, None

    @override
    def is_current(self) -> bool:
        with (
            self._database.reading() as engine,
            translated(engine),
            engine.connect() as connection,
        ):
            return is_newest(connection)

    @override
    @contextmanager
    def viewing(self, *, settled: bool = False) -> Iterator[RelationalView]:
        # What is committed is visible as a whole: there is nothing to wait for.
        with self._reading(isolation_level="REPEATABLE READ") as connection:
            yield RelationalView(connection)

    @override
    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        # Whoever only reads does without the writing side.
        from provgraph.store.relational.transaction import RelationalTransaction  # noqa: PLC0415

        self.make()
        engine = self._database.writer()
        with translated(engine), ExitStack() as stack:
            with warn_of_waiting(address_of(engine)):
                connection = stack.enter_context(engine.execution_options(writes=True).begin())
                lock_for_writing(connection)
            refuse_unfinished_copy(connection)
            refuse_newer(connection)
            transaction = RelationalTransaction(connection)
            yield transaction
            transaction.finish()
        # What was written is there, so the store can't become a copy any more.
        self._known = (engine, [])

    @override
    @contextmanager
    def original(self) -> Iterator[Original]:
        from provgraph.store.relational.originals import RelationalOriginal  # noqa: PLC0415

        with self._reading(isolation_level="REPEATABLE READ") as connection:
            yield RelationalOriginal(connection)

    @override
    @contextmanager
    def filling(self) -> Iterator[Filling]:
        from provgraph.store.relational.filling import RelationalFilling  # noqa: PLC0415

        self._is_made, self._known = False, None
        yield RelationalFilling(self._database)

    @contextmanager
    @override
    def _reading(self, **options: Any) -> Iterator[Connection]:
        """A connection that reads; of the options SQLite, where all reading is so, needs none."""
        with self._database.reading() as engine, translated(engine):
            if options and engine.dialect.name != "sqlite":
                engine = engine.execution_options(**options)  # noqa: PLW2901
            with engine.connect() as connection:
                missing = self._missing(engine, connection)
                for query in missing:
                    connection.exec_driver_sql(query)
                deadline = DEADLINE.get()
                with nullcontext() if deadline is None else timed(connection, deadline):
                    yield connection
                if not missing:
                    # What is rolled back takes along the plans of all prepared statements.
                    connection.commit()

    def _missing(self, engine: Engine, connection: Connection) -> list[str]:
        """What stands in for what the tables lack; an empty store may become a copy meanwhile."""
        if self._known is not None and self._known[0] is engine:
            return self._known[1]
        missing = missing_in(connection)
        if has_records(connection):
            self._known = (engine, missing)
        return missing

    @override
    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        with self._reading() as connection:
            return loads_of(connection, sha256s, namespace)

    @override
    def loads_from(self, sources: Collection[str], namespace: str) -> list[LoadRecord]:
        load = tables.load.c
        query = select(tables.load).where(
            load.namespace == namespace, load.status.in_(CURRENT_STATUSES)
        )
        with self._reading() as connection:
            found = records.in_chunks(
                connection, query.order_by(load.time, load.id), load.source.in_, sources
            )
            return [load_of(row) for row in found]

    @override
    def find(
        self,
        wanted: Filter,
        order: SortOrder = SortOrder.ID,
        page: PageRequest = PageRequest(),  # noqa: B008 - frozen
    ) -> FoundPage:
        with self._reading() as connection:
            return find(connection, wanted, order, page)

    @override
    def files_at(
        self, places: Collection[str], state: bytes | None = None
    ) -> dict[str, tuple[Node, ...]]:
        return self._files_at.of(places, state, self.find)

    @override
    def called(self, names: Collection[str], beginnings: Collection[str], limit: int) -> list[Node]:
        with self._reading() as connection:
            return called(connection, names, beginnings, limit)

    @override
    def names_near(self, name: str, limit: int) -> list[str]:
        with self._reading() as connection:
            return names_near(connection, name, limit)

    @override
    def walk(
        self,
        root: Node,
        direction: Direction,
        relations: Sequence[RelationType],
        depth: int | None,
        limit: int,
    ) -> Lineage:
        with self._reading() as connection:
            return walk(connection, root, direction, relations, depth, limit)

    @override
    def nodes(self, keys: Collection[bytes]) -> dict[bytes, Node]:
        with self._reading() as connection:
            found = named_nodes(connection, keys, NAMED_KINDS)
            others = [key for key in keys if key not in found]
            table = tables.description
            for row in records.in_chunks(connection, select(table), table.c.key.in_, others):
                found[row.key] = nodes.description_node(records.description_of(row))
            return found

    @override
    def edges_of(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        with self._reading() as connection:
            return edges_of(connection, keys, relations)

    @override
    def edges_among(self, keys: Collection[bytes], relations: Sequence[RelationType]) -> list[Edge]:
        with self._reading() as connection:
            return edges_among(connection, keys, relations)

    @override
    def links(
        self, keys: Collection[bytes], way: Direction, relations: Sequence[RelationType]
    ) -> list[tuple[bytes, bytes]]:
        with self._reading() as connection:
            return links(connection, keys, way, relations)

    @override
    def recalls(self) -> list[str]:
        with self._reading() as connection:
            return recalls(connection)

    @override
    def parameters_of(self, keys: Collection[bytes]) -> dict[bytes, list[Settings]]:
        link, shared = tables.settings_of.c, tables.settings
        query = select(link.activity, shared.c.name, shared.c.parameters)
        query = query.select_from(tables.SETTINGS_PARTS).join(
            shared, shared.c.key == tables.SETTINGS_KEY
        )
        found: dict[bytes, list[Settings]] = defaultdict(list)
        with self._reading() as connection:
            for row in records.in_chunks(
                connection, query.order_by(shared.c.name), link.activity.in_, keys
            ):
                found[row.activity].append(configuration.settings_of(row))
        return found

    @override
    def setups_of(self, keys: Collection[bytes]) -> dict[bytes, Setup]:
        with self._reading() as connection:
            return configuration.setups_of(connection, keys)

    @override
    def paths_in(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        return self._paths.of(settings, self._read_paths)

    def _read_paths(self, settings: Collection[bytes]) -> dict[bytes, frozenset[str]]:
        with self._reading() as connection:
            return configuration.paths_in(connection, settings)

    @override
    def explain(self, key: bytes) -> list[Explained]:
        relation = tables.relation.c
        with self._reading() as connection:
            found = [
                records.mention_of(row)
                for end in (relation.source, relation.target)
                for row in connection.execute(mention_query().where(end == key))
            ]
        return sorted(map(ordering.explained, found), key=ordering.explained_order)

    @override
    def stats(self) -> dict[str, int]:
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
        return ordering.stats_in_order(counts)

    @override
    def scan(self) -> Iterator[Content]:
        readers: list[tuple[Select[Any], Callable[[Row[Any]], Content]]] = [
            (select(tables.activity), lambda row: digest.run_content(records.run_of(row))),
            (select(tables.entity), lambda row: digest.entity_content(records.entity_of(row))),
            (select(tables.agent), lambda row: digest.agent_content(records.agent_of(row))),
            (
                select(tables.description),
                lambda row: digest.description_content(records.description_of(row)),
            ),
            (mention_query(), lambda row: digest.mention_content(records.mention_of(row))),
            (
                select(tables.relation).where(tables.relation.c.stated.is_not(None)),
                lambda row: digest.relation_content(relations.relation_of(row)),
            ),
            (select(tables.settings), lambda row: digest.settings_content(row.name, row.key)),
            (
                tables.SETTINGS_LINKS,
                lambda row: digest.configuration_content(row.id, bytes(row.what).hex()),
            ),
            (
                tables.CONFIG_FILE_LINKS,
                lambda row: digest.configuration_content(row.id, row.what),
            ),
        ]
        with self._reading() as connection:
            streaming = connection.execution_options(yield_per=1000)
            for query, read in readers:
                with streaming.execute(query) as found:
                    yield from map(read, found)

    @override
    def close(self) -> None:
        self._database.close()


def open_sqlite(url: str, password: str | None = None) -> RelationalStore:
    """Open an embedded store.

    Args:
        url: ``sqlite:///PATH``, or ``sqlite://`` for one in memory, which is made at once. A file
            is made by the first writer, for its owner only.
        password: not used.

    Raises:
        SettingsError: the URL makes no sense.
    """
    database = sqlite_database(url)
    store = RelationalStore(database)
    if isinstance(database, OneEngine):
        store.make()
    return store


def open_postgresql(url: str, password: str | None = None) -> RelationalStore:
    """Open a store on a PostgreSQL server; nothing is sent yet.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``; with several hosts, those of a
            primary and its standbys.
        password: instead of the one in the URL.

    Raises:
        SettingsError: the URL makes no sense.
    """
    if {",", "?"} & set(url.rpartition("@")[2]):
        from provgraph.store.relational.standbys import primary_and_standbys  # noqa: PLC0415

        return RelationalStore(primary_and_standbys(url, password))
    return RelationalStore(OneEngine(postgresql_engine(url, password)))
