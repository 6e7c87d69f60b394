"""Makes and migrates the embedded store's tables, by Alembic."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from provgraph.errors import StoreError
from provgraph.store.relational import tables
from provgraph.store.relational.connection import lock_for_writing

MIGRATIONS = Path(__file__).parent / "migrations"
#: The newest revision in `MIGRATIONS`; a test holds it true.
NEWEST = "0004"


def migrate(engine: Engine) -> None:
    """Bring a database to the newest revision, making all tables in an empty one.

    Args:
        engine: of the database.

    Raises:
        StoreError: the database holds tables that are none of ours, or is of a newer provgraph.
    """
    if _revision(engine) == NEWEST:
        return
    from alembic import command  # noqa: PLC0415 - a third of a second that only a first use needs to spend
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        lock_for_writing(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"the store is of a newer provgraph: {error}; install that version"
            ) from None


def _revision(engine: Engine) -> str | None:
    """The database's revision; None when it is empty."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        if {"alembic_version", tables.activity.name} <= names:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if names:
        raise StoreError(
            "the database holds tables of another program; give provgraph one of its own"
        )
    return None
