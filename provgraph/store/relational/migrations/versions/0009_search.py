"""What records are searched by: an entry of each, and an index of its terms."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.store.nodes import activity_node, agent_node, entity_node
from provgraph.store.relational.records import agent_of, entity_of, run_of
from provgraph.store.terms import entry_of

revision = "0009"
down_revision = "0008"
_PAGE = 1_000


def upgrade() -> None:
    """Make the entries of all records, and the index."""
    plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "search",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", plain, nullable=False),
        sa.Column("time", plain, nullable=False),
        sa.Column("name", plain, nullable=False),
        sa.Column("terms", plain, nullable=False),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for query in _SQLITE if is_sqlite else ():
        op.execute(query)
    for kind, node in _NODE_OF.items():
        _fill(kind, node)
    for column in ("time", "name"):
        op.create_index(f"search_{column}", "search", ["kind", column, "key"])
    if not is_sqlite:
        op.execute("CREATE INDEX search_terms ON search USING gin (CAST(terms AS tsvector))")


def _fill(kind: Kind, node: Callable[[Any], Node]) -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    table = sa.Table(kind.value, tables, autoload_with=connection)
    entries = sa.Table("search", tables, autoload_with=connection)
    columns = entries.columns.keys()
    after = b""
    # A later migration tells which entities are external.
    query = sa.select(table, sa.false().label("external")).order_by(table.c.key).limit(_PAGE)
    while rows := connection.execute(query.where(table.c.key > after)).all():
        made = (entry_of(node(row))._asdict() for row in rows)
        connection.execute(
            sa.insert(entries), [{name: each[name] for name in columns} for each in made]
        )
        after = rows[-1].key


_NODE_OF: dict[Kind, Callable[[Any], Node]] = {
    Kind.ACTIVITY: lambda row: activity_node(run_of(row)),
    Kind.ENTITY: lambda row: entity_node(entity_of(row)),
    Kind.AGENT: lambda row: agent_node(agent_of(row)),
}

#: SQLite's full-text index of the terms, which triggers keep equal to the entries. The terms are
#: words already: this tokenizer splits at spaces and at nothing else that is in them.
#:
#: Source: SQLite, FTS5 Extension, 4.4.4, External Content Tables.
_SQLITE = (
    "CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='search', "
    "content_rowid='number', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_'\")",
    "CREATE TRIGGER search_added AFTER INSERT ON search BEGIN "
    "INSERT INTO search_terms(rowid, terms) VALUES (new.number, new.terms); END",
    "CREATE TRIGGER search_removed AFTER DELETE ON search BEGIN "
    "INSERT INTO search_terms(search_terms, rowid, terms) "
    "VALUES ('delete', old.number, old.terms); END",
    "CREATE TRIGGER search_changed AFTER UPDATE ON search WHEN old.terms <> new.terms BEGIN "
    "INSERT INTO search_terms(search_terms, rowid, terms) "
    "VALUES ('delete', old.number, old.terms); "
    "INSERT INTO search_terms(rowid, terms) VALUES (new.number, new.terms); END",
)
