"""Which files no known run made, and an index of those."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
_FIND = (
    "UPDATE {table} SET external = true WHERE {condition}NOT EXISTS (SELECT 1 FROM relation "
    "WHERE relation.source = {table}.key AND relation.type = 'wasGeneratedBy')"
)


def upgrade() -> None:
    """Make the columns, fill them from the outputs of runs, and make the index."""
    for table, condition in (("entity", ""), ("search", "kind = 'entity' AND ")):
        column = sa.Column("external", sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, column)
        op.execute(_FIND.format(table=table, condition=condition))
    for column_name in ("time", "name"):
        op.create_index(
            f"search_external_{column_name}",
            "search",
            ["kind", column_name, "key"],
            sqlite_where=sa.text("external"),
            postgresql_where=sa.text("external"),
        )
