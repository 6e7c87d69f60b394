"""Runs migrations on the connection that `provgraph.relational_mirror.schema` hands over."""

from alembic import context

from provgraph.relational_mirror.tables import OWN_SCHEMA

context.configure(
    connection=context.config.attributes["connection"], version_table_schema=OWN_SCHEMA
)
with context.begin_transaction():
    context.run_migrations()
