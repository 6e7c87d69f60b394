"""The runs of settings, and a table of terms, which the next revision takes away again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table, without terms, and the index of runs."""
    plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "parameter",
        sa.Column("term", plain, primary_key=True),
        sa.Column("settings", sa.LargeBinary(16), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("settings_of_settings", "settings_of", ["settings", "activity"])
