"""Facts of the relational store as one connection sees them, and the loads that state them.

Facts are read by key or in bulk; nothing here writes. Loads, and what each load says, are turned
into rows and back.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, case, func, or_, select
from typing_extensions import override

from provgraph.identity.files import RunTimes, several_speak_of
from provgraph.model.records import (
    Agent,
    Description,
    End,
    Mention,
    Run,
    Settings,
    StatedEntity,
    key_of,
)
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import DESCRIPTION_TYPES, Kind, RelationType
from provgraph.store.journal import Subject
from provgraph.store.records import (
    CURRENT_STATUSES,
    Assertion,
    EntityRecord,
    JournalEntry,
    LoadRecord,
    Page,
    StoredMention,
    StoredRelation,
)
from provgraph.store.relational import configuration, records, relations, tables
from provgraph.store.relational.records import Record
from provgraph.store.views import View

_JOURNAL_CHUNK = 100
#: Where the subjects of a kind are: their table, and the column with their id; of others it is the
#: descriptions'.
_SUBJECTS: dict[str, tuple[Table, str]] = {
    Subject.ACTIVITY: (tables.activity, "id"),
    Subject.ENTITY: (tables.entity, "id"),
    Subject.AGENT: (tables.agent, "id"),
    Subject.STATED: (tables.stated_entity, "identifier"),
    Subject.SETTINGS: (tables.settings, "key"),
}


class RelationalView(View):
    """Facts as one connection sees them; see `provgraph.store.views.View`."""

    is_snapshot = True

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection
        newest = select(func.coalesce(func.max(tables.turn.c.number), 0))
        self.turn: int = connection.execute(newest).scalar_one()
        self.settled = self.turn

    @override
    def store_id(self) -> str | None:
        return self._connection.execute(select(tables.store.c.id)).scalar()

    @override
    def runs(self, ids: Collection[str]) -> dict[str, Run]:
        found = self._by_key(tables.activity, (key_of(Kind.ACTIVITY, each) for each in ids))
        return {row.id: records.run_of(row) for row in found}

    @override
    def times(self, runs: Collection[str]) -> dict[str, RunTimes]:
        table = tables.activity
        query = select(table.c.id, table.c.start_time, table.c.end_time, table.c.process)
        found = records.in_chunks(
            self._connection, query, table.c.key.in_, (key_of(Kind.ACTIVITY, run) for run in runs)
        )
        return {
            row.id: RunTimes(row.id, row.start_time or "", row.end_time, row.process)
            for row in found
        }

    @override
    def mentions_of(self, runs: Collection[str]) -> list[StoredMention]:
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

    @override
    def mentions_beside(self, said: Mapping[str, Collection[Mention]]) -> list[StoredMention]:
        runs = {key_of(Kind.ACTIVITY, run): run for run in said}
        relation = tables.relation.c
        known: dict[str, set[str]] = defaultdict(set)
        for end, kind in (
            (relation.source, RelationType.USED),
            (relation.target, RelationType.WAS_GENERATED_BY),
        ):
            query = select(end.label("run"), relation.said_by).distinct()
            query = query.where(relation.type == kind, relation.stated.is_(None))
            for row in records.in_chunks(self._connection, query, end.in_, runs):
                known[runs[row.run]].add(row.said_by)
        several, alone = several_speak_of(said, known)
        again = self._mentions(relation.key.in_, [key for keys in alone.values() for key in keys])
        return [*self.mentions_of(several), *again]

    @override
    def structural_mentions(
        self, names: Collection[str], twins: Collection[bytes]
    ) -> list[StoredMention]:
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

    @override
    def plain_reads(self, places: Collection[str]) -> list[StoredMention]:
        relation = tables.relation.c
        keys = [records.name_key(place) for place in places]
        return self._mentions(
            lambda k: and_(relation.place.in_(k), relation.structural.is_(False)), keys
        )

    @override
    def stated(self, identifiers: Collection[str]) -> dict[str, StatedEntity]:
        found = self._by_key(tables.stated_entity, map(records.name_key, identifiers))
        return {row.identifier: records.stated_of(row) for row in found}

    @override
    def agents(self, ids: Collection[str]) -> dict[str, Agent]:
        found = self._by_key(tables.agent, (key_of(Kind.AGENT, each) for each in ids))
        return {row.id: records.agent_of(row) for row in found}

    @override
    def descriptions(self, ends: Collection[End]) -> dict[End, Description]:
        found = self._by_key(tables.description, (end.key for end in ends))
        return {known.as_end: known for known in map(records.description_of, found)}

    @override
    def entities(self, ids: Collection[str]) -> dict[str, EntityRecord]:
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

    # In bulk.

    @override
    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        journal = tables.journal
        for first in range(turn, self.turn + 1, _JOURNAL_CHUNK):
            some = journal.c.turn.between(first, min(first + _JOURNAL_CHUNK - 1, self.turn))
            for row in self._connection.execute(
                select(journal).where(some).order_by(journal.c.turn)
            ).all():
                yield JournalEntry(row.turn, bytes(row.mark), bytes(row.content))

    @override
    def subjects(self, kind: str, after: str, limit: int) -> Page:
        table, column = _SUBJECTS.get(kind, (tables.description, "id"))
        query = select(table.c.key, table.c[column]).where(table.c.key > bytes.fromhex(after))
        if table is tables.description:
            query = query.where(table.c.type.in_(DESCRIPTION_TYPES[Kind(kind)]))
        found = self._connection.execute(query.order_by(table.c.key).limit(limit)).all()
        ids = [bytes(row[1]).hex() if column == "key" else row[1] for row in found]
        return Page(ids, bytes(found[-1][0]).hex() if len(found) == limit else None)

    @override
    def bearers(self, names: Collection[str]) -> set[str]:
        query = select(tables.entity.c.id).join(
            tables.naming, tables.naming.c.entity == tables.entity.c.key
        )
        found = records.in_chunks(
            self._connection, query, tables.naming.c.name.in_, map(records.name_key, names)
        )
        return {row.id for row in found} | self.entities(names).keys()

    @override
    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        relation = tables.relation.c
        keys = [key_of(kind, each) for each in ids]

        def at_either_end(some: Any) -> ColumnElement[bool]:
            return or_(relation.source.in_(some), relation.target.in_(some))

        found = records.in_chunks(self._connection, relation_query(), at_either_end, keys)
        return list({row.key: stored_relation_of(row) for row in found}.values())

    @override
    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        keys = (key_of(Kind.ACTIVITY, run) for run in runs)
        of_runs = tables.settings_of.c.activity.in_
        for row in records.in_chunks(self._connection, tables.SETTINGS_LINKS, of_runs, keys):
            found[row.id].append(bytes(row.what).hex())
        return found

    @override
    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        found = self._by_key(tables.settings, map(bytes.fromhex, keys))
        return {bytes(row.key).hex(): configuration.settings_of(row) for row in found}

    @override
    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        link, activity, name = tables.config_file_of.c, tables.activity.c, tables.name.c
        query = (
            select(activity.id, name.text)
            .select_from(tables.config_file_of)
            .join(tables.activity, activity.key == link.activity)
            .join(tables.name, name.key == link.place)
        )
        found: dict[str, list[str]] = defaultdict(list)
        keys = (key_of(Kind.ACTIVITY, run) for run in runs)
        for row in records.in_chunks(self._connection, query, link.activity.in_, keys):
            found[row.id].append(row.text)
        return found


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


def relation_query() -> Select[Any]:
    """Stated relations with the ids of the entities that their ends mean."""
    source, target = tables.entity.alias("source_entity"), tables.entity.alias("target_entity")
    relation = tables.relation
    return (
        select(relation, source.c.id.label("source_id"), target.c.id.label("target_id"))
        .outerjoin(source, source.c.key == relation.c.source)
        .outerjoin(target, target.c.key == relation.c.target)
        .where(relation.c.stated.is_not(None))
    )


def stored_relation_of(row: Any) -> StoredRelation:
    """A stated relation with the records that its ends mean now.

    Args:
        row: of `relation_query`.
    """
    relation = relations.relation_of(row)
    return StoredRelation(
        relation, row.source_id or relation.source.id, row.target_id or relation.target.id
    )


def loads_of(
    connection: Connection, sha256s: Collection[str], namespace: str
) -> dict[str, LoadRecord]:
    """The newest loads of some bytes; see `provgraph.store.protocol.KnownLoads.loads_of`.

    Args:
        connection: to read on.
        sha256s: checksums in hexadecimal.
        namespace: the loads are of the same one.

    Returns:
        Checksum → load.
    """
    load = tables.load.c
    same = (
        load.sha256.in_(sha256s),
        load.namespace == namespace,
        load.status.in_(CURRENT_STATUSES),
    )
    query = select(tables.load).where(*same).order_by(load.time, load.id)
    return {row.sha256: load_of(row) for row in connection.execute(query)}


def load_row(load: LoadRecord) -> Record:
    """A load as a row.

    Args:
        load: the load.
    """
    fields = (
        "id",
        "source",
        "format",
        "namespace",
        "sha256",
        "time",
        "version",
        "status",
        "size",
        "read_to",
        "continues",
        "agent",
    )
    row = {field: getattr(load, field) for field in fields}
    return {**row, "counts": canonical_json(load.counts), "problems": canonical_json(load.problems)}


def assertion_row(assertion: Assertion) -> Record:
    """An assertion as a row.

    Args:
        assertion: what a load says of a subject.
    """
    return {
        "load": assertion.load,
        "subject": assertion.subject,
        "part": assertion.part,
        "content": assertion.content,
    }


def assertion_of(row: Row[Any]) -> Assertion:
    """An assertion from its row.

    Args:
        row: of `tables.assertion`.
    """
    return Assertion(row.subject, row.load, row.part, row.content)


def load_of(row: Row[Any]) -> LoadRecord:
    """A load from its row.

    Args:
        row: of `tables.load`.
    """
    values = dict(cast("Mapping[str, Any]", row._mapping))
    problems = tuple((where, what) for where, what in json.loads(values.pop("problems")))
    return LoadRecord(**{**values, "counts": json.loads(values.pop("counts"))}, problems=problems)
