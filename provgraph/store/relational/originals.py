"""A relational store as the original of a copy: each part in the order of its keys."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Row,
    Select,
    Table,
    func,
    not_,
    null,
    or_,
    select,
    tuple_,
)
from typing_extensions import override

from provgraph.identity.rules import Rule
from provgraph.model.identifiers import STRONG_SCHEMES, is_strong, places_in, version_of
from provgraph.model.records import StatedEntity, key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.copying import PIECE, Original, Piece, StorePart
from provgraph.store.records import EntityRecord, StoredRelation
from provgraph.store.relational import records, tables
from provgraph.store.relational.facts import (
    assertion_of,
    load_of,
    mention_query,
    relation_query,
    stored_relation_of,
)


class _PartRows(NamedTuple):
    """How the records of a part are read.

    Attributes:
        query: of all rows.
        keys: the columns of the primary key, which give the order and the cursor.
        record: makes a record of a row.
    """

    query: Select[Any]
    keys: tuple[Column[Any], ...]
    record: Callable[[Row[Any]], Any]


class RelationalOriginal(Original):
    """Reads all that a relational store holds; see `provgraph.store.copying.Original`."""

    is_snapshot = True

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction that sees one moment."""
        self._connection = connection
        self.store_id = connection.execute(select(tables.store.c.id)).scalar()

    @override
    def turn(self) -> int:
        newest = select(func.coalesce(func.max(tables.turn.c.number), 0))
        return int(self._connection.execute(newest).scalar_one())

    @override
    def pieces(self, part: StorePart, after: str) -> Iterator[Piece]:
        if part is StorePart.NAMED_ENTITIES:
            yield from self._named_entities(after)
            return
        reading = _READINGS[part]
        for rows in self._rows(reading, after):
            found = list(map(reading.record, rows))
            if part is StorePart.RELATIONS:
                found = self._with_ends(rows, found)
            yield Piece(found, _cursor(rows[-1], reading.keys))

    def _rows(self, reading: _PartRows, after: str) -> Iterator[Sequence[Row[Any]]]:
        query = reading.query.order_by(*reading.keys)
        if after:
            query = query.where(tuple_(*reading.keys) > tuple_(*_values(after, reading.keys)))
        streaming = self._connection.execution_options(yield_per=PIECE)
        with streaming.execute(query) as found:
            yield from found.partitions()

    # Relations whose ends are called by names that no entity bears any more.

    def _with_ends(
        self, rows: Sequence[Row[Any]], found: Sequence[StoredRelation]
    ) -> list[StoredRelation]:
        """Relations with the entities that their ends mean, by weak names of these, too."""
        lost = {
            end.id
            for row, stored in zip(rows, found, strict=True)
            for entity, end in (
                (row.source_id, stored.relation.source),
                (row.target_id, stored.relation.target),
            )
            if entity is None and end.kind is Kind.ENTITY
        }
        bearers = self._bearers(lost) if lost else {}
        return [
            StoredRelation(
                each.relation,
                bearers.get(each.source, each.source),
                bearers.get(each.target, each.target),
            )
            for each in found
        ]

    def _bearers(self, names: set[str]) -> dict[str, str]:
        """Weak name → the entity that it means (`_weak_names`)."""
        keys = [records.name_key(place) for name in names for place in places_in(name)]
        entity = tables.entity.c.id.label("entity")
        found = {}
        for end, query in ((_SOURCE, _OUTPUTS), (_TARGET, _INPUTS)):
            joined = query.add_columns(entity).join(tables.entity, tables.entity.c.key == end)
            place = tables.relation.c.place
            for row in records.in_chunks(self._connection, joined, place.in_, keys):
                found[_weak_name(row)] = row.entity
        return {name: found[name] for name in names if name in found}

    # Entities with what is stated of their own names.

    def _named_entities(self, after: str) -> Iterator[Piece]:
        reading = _READINGS[StorePart.ENTITIES]
        has_weak_names = self._has_weakly_stated()
        for rows in self._rows(reading, after):
            found = [records.entity_of(row) for row in rows]
            weak = self._weak_names(found) if has_weak_names else {}
            yield Piece(self._with_stated(found, weak), _cursor(rows[-1], reading.keys))

    def _has_weakly_stated(self) -> bool:
        """Whether anything is stated of names that other records may be called by later."""
        name = tables.stated_entity.c.identifier
        strong = (name.startswith(f"{scheme}:") for scheme in sorted(STRONG_SCHEMES))
        query = select(name).where(not_(or_(*strong))).limit(1)
        return self._connection.execute(query).first() is not None

    def _with_stated(
        self, found: Sequence[EntityRecord], weak: dict[str, list[str]]
    ) -> list[tuple[EntityRecord, tuple[StatedEntity, ...]]]:
        """Entities with what is stated of their ids, strong identifiers and weak names."""
        names = {
            record.id: dict.fromkeys(
                (record.id, *filter(is_strong, record.identifiers), *weak.get(record.id, ()))
            )
            for record in found
        }
        stated = self._stated({name for mine in names.values() for name in mine})
        return [
            (
                replace(
                    record, former=tuple(each for each in weak.get(record.id, ()) if each in stated)
                ),
                tuple(stated[name] for name in names[record.id] if name in stated),
            )
            for record in found
        ]

    def _stated(self, names: set[str]) -> dict[str, StatedEntity]:
        table = tables.stated_entity
        rows = records.in_chunks(
            self._connection, select(table), table.c.key.in_, map(records.name_key, names)
        )
        return {row.identifier: records.stated_of(row) for row in rows}

    def _weak_names(self, found: Sequence[EntityRecord]) -> dict[str, list[str]]:
        """Entity → the weak names that mean it and no other one.

        They are those of `provgraph.identity.resolution`: an output was known as the version at its
        place, an input without a better name by its place.
        """
        ids = {key_of(Kind.ENTITY, record.id): record.id for record in found}
        names: defaultdict[str, set[str]] = defaultdict(set)
        for end, query in ((_SOURCE, _OUTPUTS), (_TARGET, _INPUTS)):
            for row in records.in_chunks(self._connection, query, end.in_, ids):
                names[ids[bytes(row.end)]].add(_weak_name(row))
        return {entity: sorted(mine) for entity, mine in names.items()}


def _weak_name(row: Row[Any]) -> str:
    """The name of a row of `_OUTPUTS` or `_INPUTS`."""
    return str(row.text) if row.run is None else version_of(row.text, row.run)


_SOURCE, _TARGET = tables.relation.c.source, tables.relation.c.target
#: The outputs of runs, by which an entity is known as the version at a place.
_OUTPUTS = (
    select(_SOURCE.label("end"), tables.name.c.text, tables.activity.c.id.label("run"))
    .select_from(tables.relation)
    .join(tables.name, tables.name.c.key == tables.relation.c.place)
    .join(tables.activity, tables.activity.c.key == _TARGET)
    .where(tables.relation.c.type == RelationType.WAS_GENERATED_BY)
)
#: The inputs that have no better name than their place.
_INPUTS = (
    select(_TARGET.label("end"), tables.name.c.text, null().label("run"))
    .select_from(tables.relation)
    .join(tables.name, tables.name.c.key == tables.relation.c.place)
    .where(
        tables.relation.c.type == RelationType.USED,
        tables.relation.c.rule.in_((Rule.EXTERNAL, Rule.ONLY_NAME)),
    )
    .distinct()
)


def _cursor(row: Row[Any], keys: Sequence[Column[Any]]) -> str:
    """The keys of a row as a text: bytes in hexadecimal, all else as it is."""
    values = (getattr(row, column.name) for column in keys)
    return " ".join(
        bytes(each).hex() if isinstance(each, bytes | memoryview) else str(each) for each in values
    )


def _values(after: str, keys: Sequence[Column[Any]]) -> list[Any]:
    """The values of the keys in a cursor."""
    texts = after.split(" ", len(keys) - 1)
    kinds = (column.type.python_type for column in keys)
    return [
        bytes.fromhex(text) if kind is bytes else kind(text)
        for text, kind in zip(texts, kinds, strict=True)
    ]


def _of(table: Table, record: Callable[[Row[Any]], Any]) -> _PartRows:
    """All rows of a table."""
    return _PartRows(select(table), tuple(table.primary_key.columns), record)


def _links(query: Select[Any], table: Table, record: Callable[[Row[Any]], Any]) -> _PartRows:
    """All rows of a table that joins runs to something."""
    keys = tuple(table.primary_key.columns)
    return _PartRows(query.add_columns(*keys), keys, record)


_READINGS = {
    StorePart.RUNS: _of(tables.activity, records.run_of),
    StorePart.AGENTS: _of(tables.agent, records.agent_of),
    StorePart.DESCRIPTIONS: _of(tables.description, records.description_of),
    StorePart.ENTITIES: _of(tables.entity, records.entity_of),
    StorePart.STATED: _of(tables.stated_entity, records.stated_of),
    StorePart.SETTINGS: _of(tables.settings, records.settings_of),
    StorePart.MENTIONS: _PartRows(mention_query(), (tables.relation.c.key,), records.mention_of),
    StorePart.SETTINGS_OF: _links(
        tables.settings_links(), tables.settings_of, lambda row: (row.id, bytes(row.what))
    ),
    StorePart.CONFIG_FILES_OF: _links(
        tables.config_file_links(), tables.config_file_of, lambda row: (row.id, row.what)
    ),
    StorePart.RELATIONS: _PartRows(relation_query(), (tables.relation.c.key,), stored_relation_of),
    StorePart.LOADS: _of(tables.load, load_of),
    StorePart.ASSERTIONS: _of(tables.assertion, assertion_of),
}
