"""Transactions of the relational store: changes in bulk."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from typing_extensions import override

from provgraph.identity.files import times_of
from provgraph.model.identifiers import is_strong
from provgraph.model.records import End, StatedRelation, key_of
from provgraph.model.vocabulary import Kind
from provgraph.store.journal import KEPT_TURNS, Journaled, TouchedMarks, marks_in, new_mark
from provgraph.store.protocol import Transaction
from provgraph.store.records import Assertion, Changes, LoadRecord, Removals
from provgraph.store.relational import records, relations, tables
from provgraph.store.relational.configuration import ConfigurationWriter
from provgraph.store.relational.facts import (
    RelationalView,
    assertion_of,
    assertion_row,
    load_row,
    loads_of,
)
from provgraph.store.relational.rows import BulkWriter
from provgraph.store.terms import entries_of, number_of

#: About how many ids an entry of the journal names. A transaction that touches more takes several
#: turns, so that the ids of a load of gigabytes are not in memory until its end.
MOST_SUBJECTS = 50_000


class RelationalTransaction(RelationalView, Transaction):
    """A transaction on one connection, the only writer.

    See `provgraph.store.protocol.Transaction`.
    """

    def __init__(self, connection: Connection) -> None:
        """Take a connection that has the lock."""
        super().__init__(connection)
        self._rows = BulkWriter(connection)
        self._configuration = ConfigurationWriter(connection, self._rows)
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
        self._rows.put(
            tables.activity, [records.run_row(run, times_of(run).process) for run in changes.runs]
        )
        self._rows.put(tables.agent, map(records.agent_row, changes.agents))
        self._rows.put(tables.description, map(records.description_row, changes.descriptions))
        self._rows.put(tables.stated_entity, map(records.stated_row, changes.stated))
        self._replace_entities(changes)
        self._put_entries(changes)
        self._rows.put(tables.relation, map(records.mention_row, changes.mentions))
        self._put_stated_relations(changes)
        self._configuration.add_settings(changes.settings)
        self._configuration.link(changes.settings_of)
        self._configuration.link_files(changes.config_files_of)
        self._rows.put(tables.load, map(load_row, changes.loads))
        self._rows.put(tables.assertion, map(assertion_row, changes.assertions))
        self._remove(changes.removals)
        if len(self._journaled) > MOST_SUBJECTS:
            self._end_turn()

    def finish(self) -> None:
        """Write the last turn and its entry of the journal, when provenance was touched.

        Who decides meanwhile what to write reads the turn; mirrors read the journal.
        """
        if self._touched or self._journaled:
            self._end_turn()

    def _end_turn(self) -> None:
        self.turn += 1
        turn, touched = tables.turn, self._touched.packed()
        self._connection.execute(insert(turn).values(number=self.turn, touched=touched))
        self._connection.execute(delete(turn).where(turn.c.number <= self.turn - KEPT_TURNS))
        entry = {"turn": self.turn, "mark": new_mark(), "content": self._journaled.packed()}
        self._connection.execute(insert(tables.journal).values(entry))
        self._touched, self._journaled = TouchedMarks(), Journaled()

    def _replace_entities(self, changes: Changes) -> None:
        removed = [key_of(Kind.ENTITY, each) for each in changes.removals.entities]
        replaced = [key_of(Kind.ENTITY, each.id) for each in changes.entities]
        self._rows.delete(tables.entity, tables.entity.c.key.in_, removed)
        self._rows.delete(tables.naming, tables.naming.c.entity.in_, [*removed, *replaced])
        self._rows.put(tables.entity, map(records.entity_row, changes.entities))
        self._rows.put(
            tables.naming,
            (row for record in changes.entities for row in records.naming_rows(record)),
        )
        names = {name for record in changes.entities for name in record.identifiers}
        for stored in changes.mentions:
            names.update(stored.mention.names)
        names.update(place for _, place in changes.config_files_of)
        self._rows.add(tables.name, map(records.name_row, sorted(names)))

    def _put_entries(self, changes: Changes) -> None:
        """Make the records searchable, and no more those that are gone."""
        gone = changes.removals
        keys = [key_of(Kind.ENTITY, each) for each in gone.entities]
        keys += [key_of(Kind.ACTIVITY, each) for each in gone.runs]
        keys += [key_of(Kind.AGENT, each) for each in gone.agents]
        self._rows.delete(tables.search, tables.search.c.number.in_, map(number_of, keys))
        self._rows.put_searched(entries_of(changes.runs, changes.entities, changes.agents))

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
        self._rows.put(
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
        self._rows.delete(
            tables.relation, tables.relation.c.key.in_, (mention.key for mention in gone.mentions)
        )
        self._rows.delete(
            tables.relation,
            tables.relation.c.key.in_,
            (relation.key for relation in gone.relations),
        )
        self._rows.delete(
            tables.activity,
            tables.activity.c.key.in_,
            (key_of(Kind.ACTIVITY, run) for run in gone.runs),
        )
        self._rows.delete(
            tables.agent,
            tables.agent.c.key.in_,
            (key_of(Kind.AGENT, agent) for agent in gone.agents),
        )
        self._rows.delete(
            tables.description, tables.description.c.key.in_, (end.key for end in gone.descriptions)
        )
        self._rows.delete(
            tables.stated_entity, tables.stated_entity.c.key.in_, map(records.name_key, gone.stated)
        )
        self._configuration.unlink(gone.settings_of)
        self._configuration.unlink_files(gone.config_files_of)
        self._remove_unused_names(gone)
        if gone.load is not None:
            self._remove_load(gone.load)
        mine = tables.assertion.c.load == gone.assertions_of
        self._rows.delete(
            tables.assertion,
            lambda keys: and_(mine, tables.assertion.c.subject.in_(keys)),
            gone.assertions,
        )

    def _remove_unused_names(self, gone: Removals) -> None:
        names = {name for each in gone.mentions for name in each.names}
        name, relation = tables.name.c, tables.relation.c
        used = or_(
            _exists(tables.naming.c.name == name.key, tables.name),
            _exists(relation.place == name.key, tables.name),
            _exists(relation.identifier == name.key, tables.name),
            _exists(tables.config_file_of.c.place == name.key, tables.name),
        )
        self._rows.delete(
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


def _exists(condition: ColumnElement[bool], of: Table) -> ColumnElement[bool]:
    """Whether there is a row for the row of the table that is deleted from."""
    return select(1).where(condition).correlate(of).exists()
