"""Which files stood somewhere before they were made, and an index of those."""

import sqlalchemy as sa
from alembic import op

from provgraph.store.relational.stand_ins import EARLY

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the column, fill it from the places of files, and make the index."""
    column = sa.Column("early", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("search", column)
    op.execute(f"UPDATE search SET early = true WHERE {EARLY[op.get_bind().dialect.name]}")  # noqa: S608 - our own names
    op.create_index(
        "search_early_time",
        "search",
        ["kind", "time", "key"],
        sqlite_where=sa.text("early"),
        postgresql_where=sa.text("early"),
    )
