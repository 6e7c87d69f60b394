"""Who sent the source of a load to a server."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make room for the name; of earlier loads nobody knows it."""
    op.add_column("load", sa.Column("agent", sa.Text()))
