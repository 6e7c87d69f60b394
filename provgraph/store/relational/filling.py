"""A relational store that becomes a copy.

As long as it has the table `UNFINISHED_COPY`, nobody else reads or writes it
(`provgraph.store.relational.connection`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    update,
)
from typing_extensions import override

from provgraph.errors import NoStoreError, StoreError
from provgraph.identity.files import times_of
from provgraph.model.records import Agent, Run, Settings, key_of
from provgraph.store.copying import CopyState, Filling, StorePart
from provgraph.store.journal import new_mark, packed
from provgraph.store.records import EntityRecord, StoredMention, StoredRelation
from provgraph.store.relational import records, relations, tables
from provgraph.store.relational.connection import (
    UNFINISHED_COPY,
    SqlDatabase,
    lock_for_writing,
    migrate,
    translated,
)
from provgraph.store.relational.facts import assertion_row, load_row
from provgraph.store.relational.records import Record
from provgraph.store.relational.transaction import RelationalTransaction
from provgraph.store.terms import entries_of

#: One row; it is no table of `tables.metadata`, for a whole store has none.
_unfinished = Table(
    UNFINISHED_COPY,
    MetaData(),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
)
#: What no copy takes over: it has an id and a journal of its own.
_OWN = (tables.store, tables.turn, tables.journal)
_CONTENT = [table for table in tables.metadata.sorted_tables if table not in _OWN]


class RelationalFilling(Filling):
    """Writes a copy into SQL tables; see `provgraph.store.copying.Filling`."""

    parts = (
        StorePart.RUNS,
        StorePart.AGENTS,
        StorePart.DESCRIPTIONS,
        StorePart.ENTITIES,
        StorePart.STATED,
        StorePart.SETTINGS,
        StorePart.MENTIONS,
        StorePart.SETTINGS_OF,
        StorePart.CONFIG_FILES_OF,
        StorePart.RELATIONS,
        StorePart.LOADS,
        StorePart.ASSERTIONS,
    )

    def __init__(self, database: SqlDatabase) -> None:
        """Take the place of the tables, which are perhaps not there yet."""
        self._database = database
        self.address = database.address
        #: What the table holds, unless another process writes to it.
        self._kept = ""

    @override
    def state(self) -> CopyState | None:
        with self._looking() as (connection, names):
            if connection is None or UNFINISHED_COPY not in names:
                return None
            self._kept = connection.execute(select(_unfinished.c.state)).scalar_one()
        return CopyState.unpacked(self._kept)

    @override
    def is_empty(self) -> bool:
        with self._looking() as (connection, names):
            return connection is None or _is_empty(connection, names)

    @contextmanager
    def _looking(self) -> Iterator[tuple[Connection | None, set[str]]]:
        """A connection that reads, and the names of the tables; none where no file is."""
        try:
            with (
                self._database.reading() as engine,
                translated(engine),
                engine.connect() as connection,
            ):
                yield connection, set(inspect(connection).get_table_names())
        except NoStoreError as error:
            if not error.is_file:
                raise
            yield None, set()

    @override
    def begin(self, state: CopyState) -> None:
        engine = self._database.writer()
        with translated(engine):
            migrate(engine)
        with self._writing() as connection:
            if not _is_empty(connection, set(inspect(connection).get_table_names())):
                raise StoreError(f"the store at {self.address} is no longer empty")
            _unfinished.create(connection)
            kept = state.packed()
            connection.execute(insert(_unfinished).values(source=state.source, state=kept))
        self._kept = kept

    @override
    def add(self, part: StorePart, records: Sequence[Any], state: CopyState) -> None:
        with self._keeping(state) as connection:
            _RowWriter(connection).write(part, records)

    @override
    def clear(self, state: CopyState) -> None:
        with self._keeping(state) as connection:
            for table in _CONTENT:
                connection.execute(delete(table))
            connection.exec_driver_sql(tables.CLEAR_TERMS[connection.dialect.name])

    @override
    def finish(self) -> None:
        with self._writing() as connection:
            newest = connection.execute(
                select(tables.turn.c.number).order_by(tables.turn.c.number.desc()).limit(1)
            ).scalar()
            number = (newest or 0) + 1
            for table in (tables.turn, tables.journal):
                connection.execute(delete(table))
            # Without marks: who planned on the empty store plans again.
            connection.execute(insert(tables.turn).values(number=number, touched=None))
            entry = {"turn": number, "mark": new_mark(), "content": packed({})}
            connection.execute(insert(tables.journal).values(entry))
            connection.execute(update(tables.store).values(id=str(uuid4())))
            _unfinished.drop(connection)

    @contextmanager
    def _keeping(self, state: CopyState) -> Iterator[Connection]:
        """A transaction that writes records and the state behind them."""
        kept = state.packed()
        with self._writing() as connection:
            mine = update(_unfinished).where(_unfinished.c.state == self._kept)
            if connection.execute(mine.values(state=kept)).rowcount != 1:
                raise StoreError(f"another process writes to the copy at {self.address}, too")
            yield connection
        self._kept = kept

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        engine = self._database.writer()
        with (
            translated(engine),
            engine.execution_options(writes=True).begin() as connection,
        ):
            lock_for_writing(connection)
            yield connection


def _is_empty(connection: Connection, names: set[str]) -> bool:
    # Names may be left over from records that were forgotten.
    found = (each for each in _CONTENT if each.name in names and each is not tables.name)
    return all(
        connection.execute(select(1).select_from(each).limit(1)).first() is None for each in found
    )


class _RowWriter(RelationalTransaction):
    """Writes the records of each part as rows."""

    def write(self, part: StorePart, found: Sequence[Any]) -> None:
        """Write records that are not there yet.

        Args:
            part: which they are of.
            found: the records.
        """
        _WRITERS[part](self, found)

    def put_runs(self, found: Sequence[Run]) -> None:
        self._rows.put(
            tables.activity, (records.run_row(run, times_of(run).process) for run in found)
        )
        self._rows.put_searched(entries_of(runs=found))

    def put_agents(self, found: Sequence[Agent]) -> None:
        self._rows.put(tables.agent, map(records.agent_row, found))
        self._rows.put_searched(entries_of(agents=found))

    def put_entities(self, found: Sequence[EntityRecord]) -> None:
        self._rows.put(tables.entity, map(records.entity_row, found))
        self._rows.put(tables.naming, (row for each in found for row in records.naming_rows(each)))
        self._rows.put_searched(entries_of(entities=found))
        self._names(name for each in found for name in each.identifiers)

    def put_settings(self, found: Sequence[Settings]) -> None:
        self._configuration.add_settings(found)

    def put_mentions(self, found: Sequence[StoredMention]) -> None:
        self._rows.put(tables.relation, map(records.mention_row, found))
        self._names(name for stored in found for name in stored.mention.names)

    def put_relations(self, found: Sequence[StoredRelation]) -> None:
        self._rows.put(tables.relation, map(_relation_row, found))

    def put_settings_links(self, found: Sequence[tuple[str, bytes]]) -> None:
        self._configuration.link_copied(found)

    def put_config_file_links(self, found: Sequence[tuple[str, str]]) -> None:
        self._configuration.link_files(found)
        self._names(place for _, place in found)

    def put_rows(self, table: Table, made: Iterable[Record]) -> None:
        self._rows.put(table, made)

    def _names(self, names: Iterable[str]) -> None:
        self._rows.add(tables.name, map(records.name_row, sorted(set(names))))


def _relation_row(stored: StoredRelation) -> Record:
    relation = stored.relation
    ends = {
        relation.target: key_of(relation.target.kind, stored.target),
        relation.source: key_of(relation.source.kind, stored.source),
    }
    return relations.relation_row(relation, ends)


def _rows_of(
    table: Table, row: Callable[[Any], Record]
) -> Callable[[_RowWriter, Sequence[Any]], None]:
    return lambda rows, found: rows.put_rows(table, map(row, found))


_WRITERS: dict[StorePart, Callable[[_RowWriter, Sequence[Any]], None]] = {
    StorePart.RUNS: _RowWriter.put_runs,
    StorePart.AGENTS: _RowWriter.put_agents,
    StorePart.DESCRIPTIONS: _rows_of(tables.description, records.description_row),
    StorePart.ENTITIES: _RowWriter.put_entities,
    StorePart.STATED: _rows_of(tables.stated_entity, records.stated_row),
    StorePart.SETTINGS: _RowWriter.put_settings,
    StorePart.MENTIONS: _RowWriter.put_mentions,
    StorePart.SETTINGS_OF: _RowWriter.put_settings_links,
    StorePart.CONFIG_FILES_OF: _RowWriter.put_config_file_links,
    StorePart.RELATIONS: _RowWriter.put_relations,
    StorePart.LOADS: _rows_of(tables.load, load_row),
    StorePart.ASSERTIONS: _rows_of(tables.assertion, assertion_row),
}
