"""Loads by time, for those of the last night."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the index."""
    op.create_index("load_time", "load", ["time"])
