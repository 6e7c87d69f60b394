"""The weak names of which a source states something, with the entities that they mean."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from provgraph.model.identifiers import is_strong
from provgraph.model.records import key_of
from provgraph.model.values import canonical_json
from provgraph.model.vocabulary import Kind
from provgraph.store.relational.former import are_any_stated, bearers, names_of
from provgraph.store.relational.records import name_key

revision = "0008"
down_revision = "0007"
_PAGE = 1_000


def upgrade() -> None:
    """Make the column, fill it, and join the stated relations to the entities that they mean.

    Until now a relation could hang on another entity that stood at a path, or on none.
    """
    op.add_column("entity", sa.Column("former", sa.Text))
    if are_any_stated(op.get_bind()):
        _fill()
        _join_again()


def _fill() -> None:
    connection = op.get_bind()
    entity, naming = _table("entity"), _table("naming")
    query = sa.select(entity.c.key, entity.c.id).order_by(entity.c.key).limit(_PAGE)
    after = b""
    while rows := connection.execute(query.where(entity.c.key > after)).all():
        keys = {row.id: row.key for row in rows}
        for identifier, names in names_of(connection, list(keys)).items():
            key = keys[identifier]
            former = {"former": canonical_json(names)}
            connection.execute(entity.update().where(entity.c.key == key).values(former))
            mine = sa.select(naming.c.name).where(naming.c.entity == key)
            known = {bytes(each) for each in connection.execute(mine).scalars()}
            for name in {name_key(each) for each in names} - known:
                connection.execute(naming.insert().values(name=name, entity=key, rank=0))
        after = rows[-1].key


def _join_again() -> None:
    connection = op.get_bind()
    relation = _table("relation")
    columns = (relation.c.key, relation.c.source, relation.c.target, relation.c.stated)
    query = sa.select(*columns).where(relation.c.stated.is_not(None))
    query = query.order_by(relation.c.key).limit(_PAGE)
    after = b""
    while rows := connection.execute(query.where(relation.c.key > after)).all():
        stated = {row.key: _stated_ends(row) for row in rows}
        weak = {name for ends in stated.values() for name in ends.values()}
        found = bearers(connection, weak)
        for row in rows:
            ends = {
                end: key_of(Kind.ENTITY, found[name])
                for end, name in stated[row.key].items()
                if name in found
            }
            if any(bytes(getattr(row, end)) != key for end, key in ends.items()):
                connection.execute(relation.update().where(relation.c.key == row.key).values(ends))
        after = rows[-1].key


def _stated_ends(row: Any) -> dict[str, str]:
    """End of a relation → the weak name of an entity there."""
    source_kind, source, target_kind, target = json.loads(row.stated)
    return {
        end: name
        for end, kind, name in (("source", source_kind, source), ("target", target_kind, target))
        if kind == Kind.ENTITY and not is_strong(name)
    }


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
