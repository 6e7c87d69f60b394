"""Runs migrations on the connection that `provgraph.store.relational.connection` hands over."""

from alembic import context

from provgraph.store.relational.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
