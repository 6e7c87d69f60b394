"""Former names of entities, found by what sources say of files.

A store keeps them with its entities (`provgraph.store.records.EntityRecord.former`). In a store of
an older revision they are found here.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, not_, null, or_, select

from provgraph.identity.entities import bearer_of
from provgraph.identity.rules import Rule
from provgraph.model.identifiers import STRONG_SCHEMES, places_in, version_of
from provgraph.model.records import key_of
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.store.relational import records, tables


def are_any_stated(connection: Connection) -> bool:
    """Whether a source states anything of names without a strong identifier.

    Args:
        connection: to read on.
    """
    name = tables.stated_entity.c.identifier
    strong = (name.startswith(f"{scheme}:") for scheme in sorted(STRONG_SCHEMES))
    query = select(name).where(not_(or_(*strong))).limit(1)
    return connection.execute(query).first() is not None


def names_of(connection: Connection, entities: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The former names of entities.

    Args:
        connection: to read on.
        entities: their ids.

    Returns:
        Id → the names, sorted, of those that have any.
    """
    ids = {key_of(Kind.ENTITY, each): each for each in entities}
    names = set(entities)
    for end, query in _WEAKLY_NAMED:
        for row in records.in_chunks(connection, query, end.in_, ids):
            names.add(_weak_name(row))
    table = tables.stated_entity.c
    rows = records.in_chunks(
        connection, select(table.identifier), table.key.in_, map(records.name_key, names)
    )
    found = bearers(connection, {row.identifier for row in rows})
    named: defaultdict[str, list[str]] = defaultdict(list)
    for name, entity in sorted(found.items()):
        named[entity].append(name)
    return {each: tuple(named[each]) for each in entities if each in named}


def bearers(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """Which entities are meant by names without a strong identifier.

    The names are those of `provgraph.identity.resolution`: an output was known as the version at
    its place, an input without a better name by its place; an entity of which nothing else is
    known is called as it is stated.

    Args:
        connection: to read on.
        names: as they are stated. Strong identifiers find nothing.

    Returns:
        Name → the id of the entity, of those that mean one.
    """
    places = {place for name in names for place in places_in(name)}
    entity, place = tables.entity.c, tables.relation.c.place
    found: defaultdict[str, set[str]] = defaultdict(set)
    keys = (key_of(Kind.ENTITY, name) for name in names if places_in(name))
    for row in records.in_chunks(connection, select(entity.id), entity.key.in_, keys):
        found[row.id].add(row.id)
    for end, query in _WEAKLY_NAMED:
        joined = query.add_columns(entity.id.label("entity"))
        joined = joined.join(tables.entity, entity.key == end)
        for row in records.in_chunks(connection, joined, place.in_, map(records.name_key, places)):
            found[_weak_name(row)].add(row.entity)
    return {name: bearer_of(name, found[name]) for name in names if name in found}


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
#: The end that is an entity, and the query.
_WEAKLY_NAMED = ((_SOURCE, _OUTPUTS), (_TARGET, _INPUTS))
