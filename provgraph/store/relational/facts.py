"""Facts of the embedded store, by key."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from provgraph.identity.files import RunTimes
from provgraph.model.records import Agent, Description, End, Run, StatedEntity, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.protocol import EntityRecord, StoredMention
from provgraph.store.relational import records, tables


class RelationalFacts:
    """Facts as one connection sees them; see `provgraph.store.protocol.View`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection
        newest = select(func.coalesce(func.max(tables.turn.c.number), 0))
        self.turn: int = connection.execute(newest).scalar_one()
        self.settled = self.turn

    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        """The known runs among these, with all their facts."""
        found = self._by_key(tables.activity, (key_of(Kind.ACTIVITY, each) for each in ids))
        return {row.id: records.run_of(row) for row in found}

    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        """When the runs ran."""
        table = tables.activity
        query = select(table.c.id, table.c.start_time, table.c.end_time, table.c.process)
        found = records.in_chunks(
            self._connection, query, table.c.key.in_, (key_of(Kind.ACTIVITY, run) for run in runs)
        )
        return {
            row.id: RunTimes(row.id, row.start_time or "", row.end_time, row.process)
            for row in found
        }

    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
        """All mentions of these runs."""
        keys = [key_of(Kind.ACTIVITY, run) for run in runs]
        relation = tables.relation.c
        used = self._mentions(
            lambda k: and_(relation.source.in_(k), relation.type == RelationType.USED), keys
        )
        made = self._mentions(
            lambda k: and_(relation.target.in_(k), relation.type == RelationType.WAS_GENERATED_BY),
            keys,
        )
        return [*used, *made]

    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
        """The mentions that bear one of the names or twin keys, without plain reads."""
        keys = [records.name_key(name) for name in names]
        relation = tables.relation.c
        at_place = self._mentions(
            lambda k: and_(relation.place.in_(k), relation.structural.is_(True)), keys
        )
        named = self._mentions(relation.identifier.in_, keys)
        joined = self._mentions(relation.twin.in_, list(twins))
        return list(
            {stored.mention.key: stored for stored in (*at_place, *named, *joined)}.values()
        )

    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        """The inputs at these places that are known by their path alone."""
        relation = tables.relation.c
        keys = [records.name_key(place) for place in places]
        return self._mentions(
            lambda k: and_(relation.place.in_(k), relation.structural.is_(False)), keys
        )

    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        """What is stated of these identifiers."""
        found = self._by_key(tables.stated_entity, map(records.name_key, identifiers))
        return {row.identifier: records.stated_of(row) for row in found}

    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        """The known agents among these."""
        found = self._by_key(tables.agent, (key_of(Kind.AGENT, each) for each in ids))
        return {row.id: records.agent_of(row) for row in found}

    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        """The known descriptions among these."""
        found = self._by_key(tables.description, (end.key for end in ends))
        return {known.as_end: known for known in map(records.description_of, found)}

    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
        """The known entities among these."""
        found = self._by_key(tables.entity, (key_of(Kind.ENTITY, each) for each in ids))
        return {row.id: records.entity_of(row) for row in found}

    def _mentions(
        self, condition: Callable[[Sequence[bytes]], ColumnElement[bool]], keys: Sequence[bytes]
    ) -> list[StoredMention]:
        return [
            records.mention_of(row)
            for row in records.in_chunks(self._connection, mention_query(), condition, keys)
        ]

    def _by_key(self, table: Table, keys: Iterable[bytes]) -> Iterator[Row[Any]]:
        return records.in_chunks(self._connection, select(table), table.c.key.in_, keys)


def mention_query() -> Select[Any]:
    """Mentions with the ids of their run and entity and the file's names as text."""
    relation, place, identifier = (
        tables.relation,
        tables.name.alias("place"),
        tables.name.alias("identifier"),
    )
    made = relation.c.type == RelationType.WAS_GENERATED_BY
    run = case((made, relation.c.target), else_=relation.c.source)
    thing = case((made, relation.c.source), else_=relation.c.target)
    return (
        select(
            relation.c.key,
            relation.c.type,
            relation.c.role,
            relation.c.time,
            relation.c.attributes,
            relation.c.twin,
            relation.c.said_by,
            relation.c.rule,
            tables.activity.c.id.label("run_id"),
            tables.entity.c.id.label("entity_id"),
            place.c.text.label("place_text"),
            identifier.c.text.label("identifier_text"),
        )
        .join(tables.activity, tables.activity.c.key == run)
        .join(tables.entity, tables.entity.c.key == thing)
        .outerjoin(place, place.c.key == relation.c.place)
        .outerjoin(identifier, identifier.c.key == relation.c.identifier)
        .where(or_(made, relation.c.type == RelationType.USED), relation.c.stated.is_(None))
    )
