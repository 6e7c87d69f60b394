"""What records say is kept compressed."""

import sqlalchemy as sa
from alembic import op

from provgraph.store.packing import packed

revision = "0014"
down_revision = "0013"
_PAGE = 1_000
#: Table → the column with JSON that no query looks into.
_PACKED = {
    "activity": "facts",
    "entity": "attributes",
    "stated_entity": "attributes",
    "agent": "attributes",
    "settings": "parameters",
}


def upgrade() -> None:
    """Pack the columns. In PostgreSQL they become bytes; SQLite's take bytes as they are."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, column in _PACKED.items():
        if not is_sqlite:
            as_bytes = f"convert_to({column}, 'UTF8')"
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING {as_bytes}")
        _pack(table, column)


def _pack(name: str, column: str) -> None:
    connection = op.get_bind()
    # Without their types values come as they are kept, and are written so.
    table = sa.table(name, sa.column("key", sa.LargeBinary), sa.column(column))
    query = sa.select(table.c.key, table.c[column]).order_by(table.c.key).limit(_PAGE)
    packing = sa.update(table).where(table.c.key == sa.bindparam("of"))
    packing = packing.values({column: sa.bindparam("kept", type_=sa.LargeBinary)})
    after = b""
    while rows := connection.execute(query.where(table.c.key > after)).all():
        texts = ((row.key, row[1]) for row in rows)
        made = [
            {"of": key, "kept": packed(text if isinstance(text, str) else bytes(text).decode())}
            for key, text in texts
        ]
        connection.execute(packing, made)
        after = rows[-1].key
