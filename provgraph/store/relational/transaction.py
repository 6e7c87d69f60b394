"""Transactions of the relational store: changes in bulk."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import override

from provgraph.identity.files import times_of
from provgraph.model.identifiers import is_strong
from provgraph.model.records import End, Settings, StatedRelation, batches, key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.journal import KEPT_TURNS, Journaled, TouchedMarks, marks_in, new_mark
from provgraph.store.protocol import Transaction
from provgraph.store.records import Assertion, Changes, LoadRecord, Removals
from provgraph.store.relational import configuration, records, relations, tables
from provgraph.store.relational.facts import (
    RelationalView,
    assertion_of,
    assertion_row,
    load_row,
    loads_of,
)
from provgraph.store.terms import Entry, entries_of, number_of, terms_of_settings


class RelationalTransaction(RelationalView, Transaction):
    """A transaction on one connection, the only writer.

    See `provgraph.store.protocol.Transaction`.
    """

    def __init__(self, connection: Connection) -> None:
        """Take a connection that has the lock."""
        super().__init__(connection)
        self._dialect = connection.dialect.name
        self._touched = TouchedMarks()
        self._journaled = Journaled()

    @override
    def touched_since(self, turn: int) -> frozenset[bytes] | None:
        query = select(tables.turn.c.touched).where(tables.turn.c.number > turn)
        found = [row.touched for row in self._connection.execute(query)]
        if len(found) != self.turn - turn or None in found:
            return None
        return marks_in(found)

    @override
    def loads_of(self, sha256s: Collection[str], namespace: str) -> dict[str, LoadRecord]:
        return loads_of(self._connection, sha256s, namespace)

    @override
    def assertions_of(self, load: bytes, limit: int) -> list[Assertion]:
        mine = tables.assertion.c.load == load
        subjects = (
            select(tables.assertion.c.subject).distinct().where(mine).limit(limit).scalar_subquery()
        )
        query = select(tables.assertion).where(mine, tables.assertion.c.subject.in_(subjects))
        return [assertion_of(row) for row in self._connection.execute(query)]

    @override
    def assertions_about(self, subjects: Collection[bytes], without: bytes) -> list[Assertion]:
        query = select(tables.assertion).where(tables.assertion.c.load != without)
        found = records.in_chunks(self._connection, query, tables.assertion.c.subject.in_, subjects)
        return [assertion_of(row) for row in found]

    @override
    def apply(self, changes: Changes, touched: Collection[bytes]) -> None:
        self._touched.update(touched)
        self._journaled.note(changes)
        self._put(
            tables.activity, [records.run_row(run, times_of(run).process) for run in changes.runs]
        )
        self._put(tables.agent, map(records.agent_row, changes.agents))
        self._put(tables.description, map(records.description_row, changes.descriptions))
        self._put(tables.stated_entity, map(records.stated_row, changes.stated))
        self._replace_entities(changes)
        self._put_entries(changes)
        self._put(tables.relation, map(records.mention_row, changes.mentions))
        self._put_stated_relations(changes)
        self._add_settings(changes.settings)
        self._add_configuration(changes)
        self._put(tables.load, map(load_row, changes.loads))
        self._put(tables.assertion, map(assertion_row, changes.assertions))
        self._remove(changes.removals)

    def finish(self) -> None:
        """Write the turn and its entry of the journal, when provenance was touched.

        Who decides meanwhile what to write reads the turn; mirrors read the journal.
        """
        if self._touched or self._journaled:
            turn, number = tables.turn, self.turn + 1
            self._connection.execute(
                insert(turn).values(number=number, touched=self._touched.packed())
            )
            self._connection.execute(delete(turn).where(turn.c.number <= number - KEPT_TURNS))
            entry = {"turn": number, "mark": new_mark(), "content": self._journaled.packed()}
            self._connection.execute(insert(tables.journal).values(entry))

    def _add_settings(self, settings: Iterable[Settings]) -> None:
        """Write settings that are new, with the terms that their runs are searched by."""
        table = tables.settings
        given = {each.key: each for each in settings}
        query, keys = select(table.c.key), list(given)
        for row in records.in_chunks(self._connection, query, table.c.key.in_, keys):
            del given[bytes(row.key)]
        last = self._connection.execute(select(func.max(table.c.number))).scalar() or 0
        new = dict(enumerate(given.values(), last + 1))
        self._add(table, (configuration.settings_row(each, number) for number, each in new.items()))
        self._index(tables.ADD_TERMS, new)

    def _index(self, queries: Mapping[str, str], settings: Mapping[int, Settings]) -> None:
        """Write the terms of settings into the index, or take them out of it."""
        terms = ((number, " ".join(terms_of_settings(each))) for number, each in settings.items())
        for some in batches(filter(itemgetter(1), terms), _ROWS):
            self._send(queries[self._dialect], some)

    def _add_configuration(self, changes: Changes) -> None:
        runs = {run for run, _ in (*changes.settings_of, *changes.config_files_of)}
        keys = {run: key_of(Kind.ACTIVITY, run) for run in runs}
        settings = ({"activity": keys[run], "settings": key} for run, key in changes.settings_of)
        files = (
            {"activity": keys[run], "place": records.name_key(place)}
            for run, place in changes.config_files_of
        )
        self._add(tables.settings_of, settings)
        self._add(tables.config_file_of, files)

    def _replace_entities(self, changes: Changes) -> None:
        removed = [key_of(Kind.ENTITY, each) for each in changes.removals.entities]
        replaced = [key_of(Kind.ENTITY, each.id) for each in changes.entities]
        self._delete(tables.entity, tables.entity.c.key.in_, removed)
        self._delete(tables.naming, tables.naming.c.entity.in_, [*removed, *replaced])
        self._put(tables.entity, map(records.entity_row, changes.entities))
        self._put(
            tables.naming,
            (row for record in changes.entities for row in records.naming_rows(record)),
        )
        names = {name for record in changes.entities for name in record.identifiers}
        for stored in changes.mentions:
            names.update(stored.mention.names)
        names.update(place for _, place in changes.config_files_of)
        self._add(tables.name, map(records.name_row, sorted(names)))

    def _put_entries(self, changes: Changes) -> None:
        """Make the records searchable, and no more those that are gone."""
        gone = changes.removals
        keys = [key_of(Kind.ENTITY, each) for each in gone.entities]
        keys += [key_of(Kind.ACTIVITY, each) for each in gone.runs]
        keys += [key_of(Kind.AGENT, each) for each in gone.agents]
        self._delete(tables.search, tables.search.c.number.in_, map(number_of, keys))
        self._put_searched(entries_of(changes.runs, changes.entities, changes.agents))

    def _put_searched(self, entries: Iterable[Entry]) -> None:
        if self._dialect != "sqlite":
            self._put(tables.search, (each._asdict() for each in entries))
            return
        # The triggers of the full-text index make each statement take long, not each row.
        unique = {each.number: each for each in entries}.values()
        for some in batches(unique, _SEARCHED):
            text = _of_rows(_insert(tables.search, self._dialect, replacing=True), len(some))
            values = chain.from_iterable(map(_SEARCH_ROW, some))
            self._connection.exec_driver_sql(text, tuple(values))

    def _put_stated_relations(self, changes: Changes) -> None:
        """New relations, and those whose ends may be other records now."""
        ids = [*changes.removals.entities, *(record.id for record in changes.entities)]
        keys = [key_of(Kind.ENTITY, each) for each in ids]
        table = tables.relation.c
        stated = {relation.key: relation for relation in changes.relations}
        for end in (table.source, table.target):
            query = select(tables.relation).where(table.stated.is_not(None))
            for row in records.in_chunks(self._connection, query, end.in_, keys):
                stated[row.key] = relations.relation_of(row)
        ends = self._ends(stated.values())
        self._put(
            tables.relation,
            (relations.relation_row(relation, ends) for relation in stated.values()),
        )

    def _ends(self, relations: Iterable[StatedRelation]) -> dict[End, bytes]:
        """The key of the record that each end means.

        Of an entity, the one that bears the stated identifier. A path or PATH@RUN is the id of an
        entity or a former name: other entities that stood at the path are not meant.
        """
        ends = {end for relation in relations for end in (relation.source, relation.target)}
        found = {end: end.key for end in ends}
        named = {records.name_key(end.id): end for end in ends if end.kind is Kind.ENTITY}
        strong = {key: end for key, end in named.items() if is_strong(end.id)}
        naming, entity = tables.naming.c, tables.entity.c
        query: Select[Any] = select(naming.name, naming.entity)
        for row in records.in_chunks(self._connection, query, naming.name.in_, strong):
            found[strong[row.name]] = row.entity
        query = query.add_columns(entity.former).join(tables.entity, entity.key == naming.entity)
        query = query.where(entity.former.is_not(None))
        weak = named.keys() - strong.keys()
        for row in records.in_chunks(self._connection, query, naming.name.in_, weak):
            if named[row.name].id in json.loads(row.former):
                found[named[row.name]] = row.entity
        return found

    # What nobody says any more.

    def _remove(self, gone: Removals) -> None:
        self._delete(
            tables.relation, tables.relation.c.key.in_, (mention.key for mention in gone.mentions)
        )
        self._delete(
            tables.relation,
            tables.relation.c.key.in_,
            (relation.key for relation in gone.relations),
        )
        self._delete(
            tables.activity,
            tables.activity.c.key.in_,
            (key_of(Kind.ACTIVITY, run) for run in gone.runs),
        )
        self._delete(
            tables.agent,
            tables.agent.c.key.in_,
            (key_of(Kind.AGENT, agent) for agent in gone.agents),
        )
        self._delete(
            tables.description, tables.description.c.key.in_, (end.key for end in gone.descriptions)
        )
        self._delete(
            tables.stated_entity, tables.stated_entity.c.key.in_, map(records.name_key, gone.stated)
        )
        self._remove_configuration(gone)
        self._remove_unused_names(gone)
        if gone.load is not None:
            self._remove_load(gone.load)
        mine = tables.assertion.c.load == gone.assertions_of
        self._delete(
            tables.assertion,
            lambda keys: and_(mine, tables.assertion.c.subject.in_(keys)),
            gone.assertions,
        )

    def _remove_configuration(self, gone: Removals) -> None:
        """Delete links to settings and configuration files.

        Settings that nothing links to any more go with them.
        """
        link, file = tables.settings_of.c, tables.config_file_of.c
        for run, key in gone.settings_of:
            mine = (link.activity == key_of(Kind.ACTIVITY, run), link.settings == key)
            self._connection.execute(delete(tables.settings_of).where(*mine))
        for run, place in gone.config_files_of:
            mine = (
                file.activity == key_of(Kind.ACTIVITY, run),
                file.place == records.name_key(place),
            )
            self._connection.execute(delete(tables.config_file_of).where(*mine))
        unused = ~_exists(link.settings == tables.settings.c.key, tables.settings)
        settings = {key for _, key in gone.settings_of}
        query = select(tables.settings).where(unused)
        found = records.in_chunks(self._connection, query, tables.settings.c.key.in_, settings)
        gone_settings = {row.number: configuration.settings_of(row) for row in found}
        self._index(tables.REMOVE_TERMS, gone_settings)
        self._delete(tables.settings, tables.settings.c.number.in_, gone_settings)

    def _remove_unused_names(self, gone: Removals) -> None:
        names = {name for each in gone.mentions for name in each.names}
        name, relation = tables.name.c, tables.relation.c
        used = or_(
            _exists(tables.naming.c.name == name.key, tables.name),
            _exists(relation.place == name.key, tables.name),
            _exists(relation.identifier == name.key, tables.name),
            _exists(tables.config_file_of.c.place == name.key, tables.name),
        )
        self._delete(
            tables.name, lambda keys: and_(name.key.in_(keys), ~used), map(records.name_key, names)
        )

    def _remove_load(self, load: str) -> None:
        """Forget the load.

        Of those that went on from it only the end of their source is here now.
        """
        table = tables.load
        self._connection.execute(delete(table).where(table.c.id == load))
        begun = [load]
        while begun:
            after = table.c.continues.in_(begun)
            begun = list(self._connection.execute(select(table.c.id).where(after)).scalars())
            self._connection.execute(
                update(table).where(after).values(status="remainder", continues=None)
            )

    def _delete(
        self,
        table: Table,
        condition: Callable[[Any], ColumnElement[bool]],
        keys: Iterable[Any],
    ) -> None:
        asked: Any = bindparam("keys", expanding=True)
        statement = delete(table).where(condition(asked))
        for chunk in batches(keys, tables.CHUNK):
            records.asked_for(self._connection, statement, chunk)

    def _put(self, table: Table, records: Iterable[records.Record]) -> None:
        """Insert, replacing rows of the same key."""
        key = itemgetter(*(column.name for column in table.primary_key))
        for some in batches(records, _ROWS):
            # One statement can't replace a row twice.
            self._write(table, {key(record): record for record in some}.values(), replacing=True)

    def _add(self, table: Table, records: Iterable[records.Record]) -> None:
        """Insert; rows of a known key are equal to what is there."""
        for some in batches(records, _ROWS):
            self._write(table, some, replacing=False)

    def _write(self, table: Table, records: Collection[records.Record], *, replacing: bool) -> None:
        """Hand the records to the driver as they are.

        SQLAlchemy's look at each value takes longer than its writing.
        """
        text = _insert(table, self._dialect, replacing)
        names = [column.name for column in table.columns]
        self._send(text, list(map(itemgetter(*names), records)))

    def _send(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Send rows: SQLite one after the other, PostgreSQL as one array for each column."""
        if self._dialect == "sqlite":
            self._connection.exec_driver_sql(text, list(rows))
        else:
            self._connection.exec_driver_sql(text, tuple(map(list, zip(*rows, strict=True))))


def _exists(condition: ColumnElement[bool], of: Table) -> ColumnElement[bool]:
    """Whether there is a row for the row of the table that is deleted from."""
    return select(1).where(condition).correlate(of).exists()


_SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
#: How many rows one statement writes.
_ROWS = 2_000
#: How many rows one statement of SQLite can hold: not all versions take more than 999 values.
_SEARCHED = 150
_SEARCH_ROW = attrgetter(*(column.name for column in tables.search.columns))


def _of_rows(text: str, rows: int) -> str:
    """The insert of one row as that of several."""
    begin, end = text.index("(?"), text.index(" ON CONFLICT ")
    return text[:begin] + ", ".join(rows * [text[begin:end]]) + text[end:]


@cache
def _insert(table: Table, dialect: str, replacing: bool) -> str:
    """The insert of a row, or in PostgreSQL of rows as arrays; compiled once."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    if replacing:
        primary = [column.name for column in table.primary_key]
        rest = {
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in primary
        }
        statement = statement.on_conflict_do_update(index_elements=primary, set_=rest)
    else:
        statement = statement.on_conflict_do_nothing()
    if dialect == "sqlite":
        return str(statement.compile(dialect=_SQLITE))
    return _from_arrays(table, str(statement.compile(dialect=_POSTGRESQL)))


def _from_arrays(table: Table, text: str) -> str:
    """The insert with one array for each column, sent in binary.

    A tenth of the processor time of row by row.
    """
    arrays = ", ".join(
        f"%b::{column.type.compile(dialect=_POSTGRESQL)}[]" for column in table.columns
    )
    inserting, resolving = text[: text.index("VALUES (")], text[text.rindex(" ON CONFLICT ") :]
    return f"{inserting}SELECT * FROM unnest({arrays}){resolving}"  # noqa: S608 - no data
