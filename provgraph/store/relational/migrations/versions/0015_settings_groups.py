"""Which runs have which settings: what many runs have together is one group."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from provgraph.model.records import batches
from provgraph.store.relational.configuration import grouped

revision = "0015"
down_revision = "0014"
#: So many runs are linked at a time.
_PAGE = 1_000
_FORMER = sa.table("former_settings_of", sa.column("activity"), sa.column("settings"))


def upgrade() -> None:
    """Make the tables, and fill them from the links of before."""
    op.drop_index("settings_of_settings", "settings_of")
    op.rename_table("settings_of", "former_settings_of")
    links, groups = _make_tables()
    alone = _alone()
    for some in batches(_runs(), _PAGE):
        parts, members = grouped(dict(some), alone)
        _add(links, parts)
        _add(groups, members)
    op.drop_table("former_settings_of")
    op.create_index("settings_of_part", "settings_of", ["part", "activity"])
    op.create_index("settings_group_settings", "settings_group", ["settings", "key"])


def _make_tables() -> tuple[sa.Table, sa.Table]:
    return (
        op.create_table("settings_of", _key("activity"), _key("part"), sqlite_with_rowid=False),
        op.create_table("settings_group", _key("key"), _key("settings"), sqlite_with_rowid=False),
    )


def _key(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(16), primary_key=True)


def _alone() -> set[bytes]:
    """The settings that one run has alone."""
    key = _FORMER.c.settings
    query = sa.select(key).group_by(key).having(sa.func.count() == 1)
    return {bytes(each) for each in op.get_bind().execute(query).scalars()}


def _runs() -> Iterator[tuple[bytes, list[bytes]]]:
    """Each run with the keys of its settings."""
    query = sa.select(_FORMER).order_by(_FORMER.c.activity).execution_options(yield_per=_PAGE)
    with op.get_bind().execute(query) as found:
        for run, rows in groupby(found, lambda row: bytes(row.activity)):
            yield run, [bytes(row.settings) for row in rows]


def _add(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, of which the members of a group may be there already."""
    dialect = sqlite if op.get_bind().dialect.name == "sqlite" else postgresql
    if rows:
        op.get_bind().execute(dialect.insert(table).on_conflict_do_nothing(), rows)
