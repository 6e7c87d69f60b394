"""Since when a record is marked as invalid, apart from when a file was overwritten."""

import json

import sqlalchemy as sa
from alembic import op

from provgraph.identity.entities import Standing, loss_of_all
from provgraph.model.derived import invalid_since

revision = "0007"
down_revision = "0006"

#: Table → the column with the attributes of its records.
_ATTRIBUTES = {"activity": "facts", "entity": "attributes"}


def upgrade() -> None:
    """Make the columns and fill them from what is stored.

    Until now a mark could stand in the place of the time at which a file was overwritten.
    """
    for table, attributes in _ATTRIBUTES.items():
        op.add_column(table, sa.Column("invalid_since", sa.Text))
        op.create_index(
            f"{table}_invalid",
            table,
            ["invalid_since"],
            sqlite_where=sa.text("invalid_since IS NOT NULL"),
            postgresql_where=sa.text("invalid_since IS NOT NULL"),
        )
        _fill(table, attributes)


def _fill(name: str, attributes: str) -> None:
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    marked = sa.select(table).where(table.c[attributes].contains('"invalidated":'))
    for row in op.get_bind().execute(marked).mappings().all():
        values = {"invalid_since": invalid_since(json.loads(row[attributes]))}
        if "standings" in row:
            places = [Standing(*each) for each in json.loads(row["standings"])]
            values["invalidated_at"] = loss_of_all(places)
        op.get_bind().execute(table.update().where(table.c.key == row["key"]).values(values))
