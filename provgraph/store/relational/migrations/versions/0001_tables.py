"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "activity",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("start_time", sa.Text(), nullable=True),
        sa.Column("end_time", sa.Text(), nullable=True),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "agent",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "config_file_of",
        sa.Column("activity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("activity", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entity",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("standings", sa.Text(), nullable=False),
        sa.Column("generated_at", sa.Text(), nullable=True),
        sa.Column("invalidated_at", sa.Text(), nullable=True),
        sa.Column("data_level", sa.Text(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "load",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("load_sha256", "load", ["sha256"], unique=False)
    op.create_table(
        "name",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("base_key", sa.LargeBinary(length=16), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("name_base", "name", ["base_key"], unique=False)
    op.create_table(
        "naming",
        sa.Column("name", sa.LargeBinary(length=16), nullable=False),
        sa.Column("entity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "entity"),
        sqlite_with_rowid=False,
    )
    op.create_index("naming_entity", "naming", ["entity"], unique=False)
    op.create_table(
        "relation",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(length=16), nullable=False),
        sa.Column("target", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("time", sa.Text(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=True),
        sa.Column("place", sa.LargeBinary(length=16), nullable=True),
        sa.Column("identifier", sa.LargeBinary(length=16), nullable=True),
        sa.Column("twin", sa.LargeBinary(length=16), nullable=True),
        sa.Column("structural", sa.Boolean(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("stated", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        "relation_identifier",
        "relation",
        ["identifier"],
        unique=False,
        sqlite_where=sa.text("identifier IS NOT NULL"),
        postgresql_where=sa.text("identifier IS NOT NULL"),
    )
    op.create_index("relation_place", "relation", ["place", "structural"], unique=False)
    op.create_index("relation_source", "relation", ["source", "type", "target"], unique=False)
    op.create_index("relation_target", "relation", ["target", "type", "source"], unique=False)
    op.create_index(
        "relation_twin",
        "relation",
        ["twin"],
        unique=False,
        sqlite_where=sa.text("twin IS NOT NULL"),
        postgresql_where=sa.text("twin IS NOT NULL"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "settings_of",
        sa.Column("activity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("settings", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("activity", "settings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stated_entity",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
