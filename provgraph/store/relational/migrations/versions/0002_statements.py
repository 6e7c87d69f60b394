"""What each load says, where its source was read to, and the turns of writers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; loads of before keep no statements and can't be gone on from."""
    op.add_column("load", sa.Column("size", sa.BigInteger, nullable=False, server_default="-1"))
    op.add_column("load", sa.Column("read_to", sa.BigInteger))
    op.add_column("load", sa.Column("continues", sa.Text))
    op.create_index("load_source", "load", ["source"])
    op.create_table(
        "statement",
        sa.Column("load", sa.LargeBinary(16), primary_key=True),
        sa.Column("subject", sa.LargeBinary(16), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("statement_subject", "statement", ["subject"])
    op.create_table(
        "turn",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("touched", sa.LargeBinary),
    )
