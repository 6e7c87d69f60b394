"""The names by which people may ask for a record, besides its identifiers."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from provgraph.model.vocabulary import Kind
from provgraph.store.nodes import agent_name, asked_names, entity_name, run_name
from provgraph.store.relational.records import agent_of, entity_from, run_of

revision = "0006"
down_revision = "0005"
_NAMES = ("called", "local", "head")
_PAGE = 1_000


def upgrade() -> None:
    """Add the columns, and fill them from what the records say."""
    for kind, name in _NAME_OF.items():
        plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
        for each in _NAMES:
            op.add_column(kind.value, sa.Column(each, plain, nullable=True))
        _fill(kind, name)
        for each in _NAMES:
            given = sa.text(f"{each} IS NOT NULL")
            op.create_index(
                f"{kind.value}_{each}",
                kind.value,
                [each],
                sqlite_where=given,
                postgresql_where=given,
            )


def _fill(kind: Kind, name_of: Callable[[Any], str | None]) -> None:
    connection = op.get_bind()
    table = sa.Table(kind.value, sa.MetaData(), autoload_with=connection)
    names: dict[str, Any] = {each: sa.bindparam(f"new_{each}") for each in _NAMES}
    update = sa.update(table).where(table.c.key == sa.bindparam("of")).values(names)
    after = b""
    while rows := connection.execute(
        sa.select(table).where(table.c.key > after).order_by(table.c.key).limit(_PAGE)
    ).all():
        asked = [(row.key, asked_names(kind, row.id, name_of(row))) for row in rows]
        connection.execute(
            update,
            [
                {"of": key, **{f"new_{each}": value for each, value in found.items()}}
                for key, found in asked
            ],
        )
        after = rows[-1].key


_NAME_OF: dict[Kind, Callable[[Any], str | None]] = {
    Kind.ACTIVITY: lambda row: run_name(run_of(row)),
    Kind.ENTITY: lambda row: entity_name(
        entity_from(
            row.id,
            *(row.type, row.data_level, row.attributes, row.identifiers, row.standings),
            *(row.generated_at, row.invalidated_at),
        )
    ),
    Kind.AGENT: lambda row: agent_name(agent_of(row)),
}
