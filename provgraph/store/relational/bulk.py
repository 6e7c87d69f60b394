"""What a mirror reads of the embedded store: the journal, and all records of some subjects."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from provgraph.model.records import Settings, key_of
from provgraph.model.vocabulary import DescriptionType, Kind
from provgraph.store.journal import Subject
from provgraph.store.protocol import JournalEntry, Page, StoredRelation
from provgraph.store.relational import records, tables
from provgraph.store.relational.facts import RelationalFacts

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


class RelationalView(RelationalFacts):
    """See `provgraph.store.protocol.View`."""

    def journal_from(self, turn: int) -> Iterator[JournalEntry]:
        """The entries of this turn and all later ones, oldest first."""
        journal = tables.journal
        for first in range(turn, self.turn + 1, _JOURNAL_CHUNK):
            some = journal.c.turn.between(first, min(first + _JOURNAL_CHUNK - 1, self.turn))
            for row in self._connection.execute(
                select(journal).where(some).order_by(journal.c.turn)
            ).all():
                yield JournalEntry(row.turn, bytes(row.mark), bytes(row.content))

    def subjects(self, kind: str, after: str, limit: int) -> Page:
        """Some of all subjects of a kind, in the order of their keys."""
        table, column = _SUBJECTS.get(kind, (tables.description, "id"))
        query = select(table.c.key, table.c[column]).where(table.c.key > bytes.fromhex(after))
        if table is tables.description:
            query = query.where(
                table.c.type.in_([each for each in DescriptionType if each.kind.value == kind])
            )
        found = self._connection.execute(query.order_by(table.c.key).limit(limit)).all()
        ids = [bytes(row[1]).hex() if column == "key" else row[1] for row in found]
        return Page(ids, bytes(found[-1][0]).hex() if len(found) == limit else None)

    def bearers(self, names: Collection[str]) -> set[str]:
        """The ids of the entities that bear one of the names."""
        query = select(tables.entity.c.id).join(
            tables.naming, tables.naming.c.entity == tables.entity.c.key
        )
        found = records.in_chunks(
            self._connection, query, tables.naming.c.name.in_, map(records.name_key, names)
        )
        return {row.id for row in found} | self.entities(names).keys()

    def relations_of(self, kind: Kind, ids: Collection[str]) -> list[StoredRelation]:
        """The stated relations at either end of these records."""
        relation = tables.relation.c
        keys = [key_of(kind, each) for each in ids]

        def at_either_end(some: Any) -> ColumnElement[bool]:
            return or_(relation.source.in_(some), relation.target.in_(some))

        found = records.in_chunks(self._connection, _relations(), at_either_end, keys)
        return list({row.key: _stored_relation(row) for row in found}.values())

    def settings_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the keys of its settings, in hexadecimal."""
        link, activity = tables.settings_of.c, tables.activity.c
        query = select(activity.id, link.settings).join(
            tables.activity, activity.key == link.activity
        )
        found: dict[str, list[str]] = defaultdict(list)
        keys = (key_of(Kind.ACTIVITY, run) for run in runs)
        for row in records.in_chunks(self._connection, query, link.activity.in_, keys):
            found[row.id].append(bytes(row.settings).hex())
        return found

    def settings(self, keys: Collection[str]) -> dict[str, Settings]:
        """Key in hexadecimal → the known settings among these."""
        found = self._by_key(tables.settings, map(bytes.fromhex, keys))
        return {bytes(row.key).hex(): records.settings_of(row) for row in found}

    def config_files_of(self, runs: Collection[str]) -> dict[str, list[str]]:
        """Run id → the places of its configuration files."""
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


def _relations() -> Select[Any]:
    """Stated relations with the ids of the entities that their ends mean."""
    source, target = tables.entity.alias("source_entity"), tables.entity.alias("target_entity")
    relation = tables.relation
    return (
        select(relation, source.c.id.label("source_id"), target.c.id.label("target_id"))
        .outerjoin(source, source.c.key == relation.c.source)
        .outerjoin(target, target.c.key == relation.c.target)
        .where(relation.c.stated.is_not(None))
    )


def _stored_relation(row: Any) -> StoredRelation:
    relation = records.relation_of(row)
    return StoredRelation(
        relation, row.source_id or relation.source.id, row.target_id or relation.target.id
    )
