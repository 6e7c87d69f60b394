"""Descriptions: what every run of a kind of job has in common."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "description",
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
    )
