"""A relational store as the original of a copy: each part in the order of its keys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Label,
    Row,
    Select,
    Table,
    func,
    select,
    tuple_,
)
from typing_extensions import override

from provgraph.model.identifiers import is_strong
from provgraph.model.records import StatedEntity
from provgraph.model.vocabulary import Kind
from provgraph.store.copying import PIECE, Original, Piece, StorePart
from provgraph.store.records import EntityRecord, StoredRelation
from provgraph.store.relational import configuration, former, records, tables
from provgraph.store.relational.facts import (
    assertion_of,
    load_of,
    mention_query,
    relation_query,
    stored_relation_of,
)

#: What gives rows their order.
_Named = Column[Any] | Label[Any]


class _PartRows(NamedTuple):
    """How the records of a part are read.

    Attributes:
        query: of all rows.
        keys: the columns of the primary key, which give the order and the cursor.
        record: makes a record of a row.
    """

    query: Select[Any]
    keys: tuple[_Named, ...]
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
        if part in (StorePart.ENTITIES, StorePart.NAMED_ENTITIES):
            yield from self._entities(after, with_stated=part is StorePart.NAMED_ENTITIES)
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
        bearers = former.bearers(self._connection, lost) if lost else {}
        return [
            StoredRelation(
                each.relation,
                bearers.get(each.source, each.source),
                bearers.get(each.target, each.target),
            )
            for each in found
        ]

    # Entities.

    def _entities(self, after: str, *, with_stated: bool) -> Iterator[Piece]:
        """Entities with their former names, which a store of an older revision does not keep."""
        has_former = former.are_any_stated(self._connection)
        for rows in self._rows(_READINGS[StorePart.ENTITIES], after):
            found = [records.entity_of(row) for row in rows]
            if has_former:
                named = former.names_of(self._connection, [record.id for record in found])
                found = [replace(each, former=named.get(each.id, ())) for each in found]
            piece = self._with_stated(found) if with_stated else found
            yield Piece(piece, _cursor(rows[-1], (tables.entity.c.key,)))

    def _with_stated(
        self, found: Sequence[EntityRecord]
    ) -> list[tuple[EntityRecord, tuple[StatedEntity, ...]]]:
        """Entities with what is stated of their ids, strong identifiers and former names."""
        names = {
            record.id: dict.fromkeys(
                (record.id, *filter(is_strong, record.identifiers), *record.former)
            )
            for record in found
        }
        stated = self._stated({name for mine in names.values() for name in mine})
        return [
            (record, tuple(stated[name] for name in names[record.id] if name in stated))
            for record in found
        ]

    def _stated(self, names: set[str]) -> dict[str, StatedEntity]:
        table = tables.stated_entity
        rows = records.in_chunks(
            self._connection, select(table), table.c.key.in_, map(records.name_key, names)
        )
        return {row.identifier: records.stated_of(row) for row in rows}


def _cursor(row: Row[Any], keys: Sequence[_Named]) -> str:
    """The keys of a row as a text: bytes in hexadecimal, all else as it is."""
    values = (getattr(row, column.name) for column in keys)
    return " ".join(
        bytes(each).hex() if isinstance(each, bytes | memoryview) else str(each) for each in values
    )


def _values(after: str, keys: Sequence[_Named]) -> list[Any]:
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


def _links(
    query: Select[Any], keys: tuple[_Named, ...], record: Callable[[Row[Any]], Any]
) -> _PartRows:
    """Runs joined to something, in the order of some columns, which tell the rows apart."""
    return _PartRows(query.add_columns(*keys), keys, record)


_READINGS = {
    StorePart.RUNS: _of(tables.activity, records.run_of),
    StorePart.AGENTS: _of(tables.agent, records.agent_of),
    StorePart.DESCRIPTIONS: _of(tables.description, records.description_of),
    StorePart.ENTITIES: _of(tables.entity, records.entity_of),
    StorePart.STATED: _of(tables.stated_entity, records.stated_of),
    StorePart.SETTINGS: _of(tables.settings, configuration.settings_of),
    StorePart.MENTIONS: _PartRows(mention_query(), (tables.relation.c.key,), records.mention_of),
    StorePart.SETTINGS_OF: _links(
        tables.SETTINGS_LINKS,
        (*tables.settings_of.primary_key.columns, tables.SETTINGS_KEY.label("settings")),
        lambda row: (row.id, bytes(row.what)),
    ),
    StorePart.CONFIG_FILES_OF: _links(
        tables.CONFIG_FILE_LINKS,
        tuple(tables.config_file_of.primary_key.columns),
        lambda row: (row.id, row.what),
    ),
    StorePart.RELATIONS: _PartRows(relation_query(), (tables.relation.c.key,), stored_relation_of),
    StorePart.LOADS: _of(tables.load, load_of),
    StorePart.ASSERTIONS: _of(tables.assertion, assertion_of),
}
