"""Which store the mirror is of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; a mirror that an older provgraph made does not know its store yet."""
    op.add_column("mirror", sa.Column("store", sa.Text), schema="provgraph")
    op.add_column("mirror", sa.Column("store_at", sa.Text), schema="provgraph")
