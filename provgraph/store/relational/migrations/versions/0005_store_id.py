"""The store's own id, by which a mirror knows it again."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, and the id that the store keeps from now on."""
    store = op.create_table("store", sa.Column("id", sa.Text, primary_key=True))
    op.bulk_insert(store, [{"id": str(uuid4())}])
