"""Transactions of the embedded store: facts by key, changes in bulk."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Row, Select, Table, and_, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from provgraph.identity.files import RunTimes, times_of
from provgraph.model.records import Agent, End, Run, StatedEntity, StatedRelation, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store import rows, tables
from provgraph.store.protocol import Changes, EntityRecord, StoredMention


class RelationalTransaction:
    """A transaction on one connection; see `provgraph.store.protocol.Transaction`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        is_sqlite = connection.dialect.name == "sqlite"
        self._insert: Any = sqlite.insert if is_sqlite else postgresql.insert
        #: Names parameters, so that records can be handed to either driver.
        self._dialect: Dialect = sqlite.dialect(paramstyle="named") if is_sqlite else connection.dialect

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among these, with all their facts."""
        found = self._by_key(tables.activity, (key_of(Kind.ACTIVITY, each) for each in ids))
        return {row.id: rows.run_of(row) for row in found}

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When the runs ran."""
        table = tables.activity
        query = select(table.c.id, table.c.start_time, table.c.end_time, table.c.process)
        found = rows.in_chunks(self._connection, query, table.c.key.in_, (key_of(Kind.ACTIVITY, run) for run in runs))
        return {row.id: RunTimes(row.id, row.start_time or "", row.end_time, row.process) for row in found}

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All mentions of these runs."""
        keys = [key_of(Kind.ACTIVITY, run) for run in runs]
        relation = tables.relation.c
        used = self._mentions(lambda k: and_(relation.source.in_(k), relation.type == RelationType.USED), keys)
        made = self._mentions(
            lambda k: and_(relation.target.in_(k), relation.type == RelationType.WAS_GENERATED_BY), keys
        )
        return [*used, *made]

    def structural_mentions(self, names: Collection[str], twins: Collection[bytes]) -> list[StoredMention]:
        """The mentions that bear one of the names or twin keys, without plain reads."""
        keys = [rows.name_key(name) for name in names]
        relation = tables.relation.c
        at_place = self._mentions(lambda k: and_(relation.place.in_(k), relation.structural.is_(True)), keys)
        named = self._mentions(relation.identifier.in_, keys)
        joined = self._mentions(relation.twin.in_, list(twins))
        return list({stored.mention.key: stored for stored in (*at_place, *named, *joined)}.values())

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs at these places that are known by their path alone."""
        relation = tables.relation.c
        keys = [rows.name_key(place) for place in places]
        return self._mentions(lambda k: and_(relation.place.in_(k), relation.structural.is_(False)), keys)

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What is stated of these identifiers."""
        found = self._by_key(tables.stated_entity, map(rows.name_key, identifiers))
        return {row.identifier: rows.stated_of(row) for row in found}

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among these."""
        found = self._by_key(tables.agent, (key_of(Kind.AGENT, each) for each in ids))
        return {row.id: rows.agent_of(row) for row in found}

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among these."""
        found = self._by_key(tables.entity, (key_of(Kind.ENTITY, each) for each in ids))
        return {row.id: rows.entity_of(row) for row in found}

    def apply(self, changes: Changes) -> None:
        """Write the changes: records first, then the relations between them."""
        self._put(tables.activity, [rows.run_row(run, times_of(run).process) for run in changes.runs])
        self._put(tables.agent, map(rows.agent_row, changes.agents))
        self._put(tables.stated_entity, map(rows.stated_row, changes.stated))
        self._replace_entities(changes)
        self._put(tables.relation, map(rows.mention_row, changes.mentions))
        self._put_stated_relations(changes)
        self._add(tables.settings, map(rows.settings_row, changes.settings))
        self._add_configuration(changes)
        self._add(tables.load, map(rows.load_row, changes.loads))

    def _add_configuration(self, changes: Changes) -> None:
        runs = {run for run, _ in (*changes.settings_of, *changes.config_files_of)}
        keys = {run: key_of(Kind.ACTIVITY, run) for run in runs}
        settings = ({"activity": keys[run], "settings": key} for run, key in changes.settings_of)
        files = ({"activity": keys[run], "place": rows.name_key(place)} for run, place in changes.config_files_of)
        self._add(tables.settings_of, settings)
        self._add(tables.config_file_of, files)

    def _replace_entities(self, changes: Changes) -> None:
        removed = [key_of(Kind.ENTITY, each) for each in changes.removed_entities]
        replaced = [key_of(Kind.ENTITY, each.id) for each in changes.entities]
        for keys in rows.chunks(removed):
            self._connection.execute(delete(tables.entity).where(tables.entity.c.key.in_(keys)))
        for keys in rows.chunks([*removed, *replaced]):
            self._connection.execute(delete(tables.naming).where(tables.naming.c.entity.in_(keys)))
        self._put(tables.entity, map(rows.entity_row, changes.entities))
        self._put(tables.naming, (row for record in changes.entities for row in rows.naming_rows(record)))
        names = {name for record in changes.entities for name in record.identifiers}
        for stored in changes.mentions:
            names.update(name for name in (stored.mention.place, stored.mention.identifier) if name is not None)
        names.update(place for _, place in changes.config_files_of)
        self._add(tables.name, map(rows.name_row, sorted(names)))

    def _put_stated_relations(self, changes: Changes) -> None:
        """New relations, and those whose ends may be other records now."""
        ids = [*changes.removed_entities, *(record.id for record in changes.entities)]
        keys = [key_of(Kind.ENTITY, each) for each in ids]
        table = tables.relation.c
        relations = {relation.key: relation for relation in changes.relations}
        for end in (table.source, table.target):
            query = select(tables.relation).where(table.stated.is_not(None))
            for row in rows.in_chunks(self._connection, query, end.in_, keys):
                relations[row.key] = rows.relation_of(row)
        ends = self._ends(relations.values())
        self._put(tables.relation, (rows.relation_row(relation, ends) for relation in relations.values()))

    def _ends(self, relations: Iterable[StatedRelation]) -> dict[End, bytes]:
        """The key of the record that each end means: of an entity, the one that bears the stated identifier."""
        ends = {end for relation in relations for end in (relation.source, relation.target)}
        found = {end: end.key for end in ends}
        named = {rows.name_key(end.id): end for end in ends if end.kind is Kind.ENTITY}
        query = select(tables.naming.c.name, tables.naming.c.entity)
        for row in rows.in_chunks(self._connection, query, tables.naming.c.name.in_, named):
            found[named[row.name]] = row.entity
        return found

    def _mentions(
        self, condition: Callable[[Sequence[bytes]], ColumnElement[bool]], keys: Sequence[bytes]
    ) -> list[StoredMention]:
        return [rows.mention_of(row) for row in rows.in_chunks(self._connection, mention_query(), condition, keys)]

    def _by_key(self, table: Table, keys: Iterable[bytes]) -> Iterator[Row[Any]]:
        return rows.in_chunks(self._connection, select(table), table.c.key.in_, keys)

    def _put(self, table: Table, records: Iterable[rows.Record]) -> None:
        """Insert, replacing rows of the same key."""
        statement = self._insert(table)
        primary = [column.name for column in table.primary_key]
        rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in primary}
        self._execute_many(statement.on_conflict_do_update(index_elements=primary, set_=rest), records)

    def _add(self, table: Table, records: Iterable[rows.Record]) -> None:
        """Insert; rows of a known key are equal to what is there."""
        self._execute_many(self._insert(table).on_conflict_do_nothing(), records)

    def _execute_many(self, statement: Insert, records: Iterable[rows.Record]) -> None:
        """Hand the records to the driver as they are: SQLAlchemy's look at each value takes longer than its writing."""
        found = list(records)
        if found:
            self._connection.exec_driver_sql(str(statement.compile(dialect=self._dialect)), found)


def mention_query() -> Select[Any]:
    """Mentions with the ids of their run and entity and the file's names as text."""
    relation, place, identifier = tables.relation, tables.name.alias("place"), tables.name.alias("identifier")
    made = relation.c.type == RelationType.WAS_GENERATED_BY
    run = case((made, relation.c.target), else_=relation.c.source)
    thing = case((made, relation.c.source), else_=relation.c.target)
    return (
        select(
            relation.c.type, relation.c.role, relation.c.time, relation.c.attributes, relation.c.twin,
            relation.c.said_by, relation.c.rule,
            tables.activity.c.id.label("run_id"), tables.entity.c.id.label("entity_id"),
            place.c.text.label("place_text"), identifier.c.text.label("identifier_text"),
        )
        .join(tables.activity, tables.activity.c.key == run)
        .join(tables.entity, tables.entity.c.key == thing)
        .outerjoin(place, place.c.key == relation.c.place)
        .outerjoin(identifier, identifier.c.key == relation.c.identifier)
        .where(or_(made, relation.c.type == RelationType.USED), relation.c.stated.is_(None))
    )  # fmt: skip
