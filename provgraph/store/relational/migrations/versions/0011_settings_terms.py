"""By which terms of their settings runs are searched: one entry for all terms of a set."""

import sqlalchemy as sa
from alembic import op

from provgraph.store.relational.configuration import settings_of
from provgraph.store.terms import terms_of_settings

revision = "0011"
down_revision = "0010"
_PAGE = 1_000


def upgrade() -> None:
    """Number all settings, and make the index of their terms in place of the table."""
    op.drop_table("parameter")
    op.add_column("settings", sa.Column("number", sa.BigInteger))
    dialect = op.get_bind().dialect.name
    op.execute(_INDEX[dialect])
    _fill(dialect)
    op.create_index("settings_number", "settings", ["number"], unique=True)
    if dialect == "postgresql":
        # What is not yet sorted into the index is read by each search: 256 kB of it at most.
        op.execute(
            "CREATE INDEX settings_terms_terms ON settings_terms USING gin (terms) "
            "WITH (gin_pending_list_limit = 256)"
        )


def _fill(dialect: str) -> None:
    connection = op.get_bind()
    settings = sa.Table("settings", sa.MetaData(), autoload_with=connection)
    query = sa.select(settings).order_by(settings.c.key).limit(_PAGE)
    number, after = 0, b""
    while rows := connection.execute(query.where(settings.c.key > after)).all():
        found = [
            {"of": row.key, "number": each, "terms": " ".join(terms_of_settings(settings_of(row)))}
            for each, row in enumerate(rows, number + 1)
        ]
        numbering = settings.update().where(settings.c.key == sa.bindparam("of"))
        connection.execute(numbering.values(number=sa.bindparam("number")), found)
        if with_terms := [each for each in found if each["terms"]]:
            connection.execute(sa.text(_ADD[dialect]), with_terms)
        number, after = number + len(rows), rows[-1].key


#: SQLite's keeps no texts, only which settings have a term. The tokenizer splits at spaces and at
#: nothing else that is in them. PostgreSQL's holds the hashes as numbers.
#:
#: Source: SQLite, FTS5 Extension, 4.4.2, Contentless Tables.
_INDEX = {
    "sqlite": "CREATE VIRTUAL TABLE settings_terms USING fts5(terms, content='', detail=none, "
    "columnsize=0, tokenize=\"ascii tokenchars '_'\")",
    "postgresql": "CREATE TABLE settings_terms "
    "(number bigint PRIMARY KEY, terms bigint[] NOT NULL)",
}
_ADD = {
    "sqlite": "INSERT INTO settings_terms(rowid, terms) VALUES (:number, :terms)",
    "postgresql": "INSERT INTO settings_terms VALUES (:number, ARRAY("
    "SELECT CAST(CAST('x' || substr(term, 2) AS bit(64)) AS bigint) "
    "FROM unnest(string_to_array(:terms, ' ')) AS term))",
}
