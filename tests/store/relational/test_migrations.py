"""The tables: made in an empty database, refused in another program's, never of the future."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from provgraph.errors import StoreError
from provgraph.store.relational.connection import MIGRATIONS, NEWEST, migrate, sqlite_engine
from provgraph.store.relational.tables import metadata


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return sqlite_engine(f"sqlite:///{tmp_path / 'x.db'}")


def test_the_newest_migration_is_known() -> None:
    revisions = sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert revisions[-1] == NEWEST


def test_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrating_again_keeps_what_is_there(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("INSERT INTO turn (number) VALUES (7)"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT number FROM turn")).scalar() == 7
    engine.dispose()


def test_tables_of_another_program_are_left_alone(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE theirs (x)"))
    with pytest.raises(StoreError, match="another program"):
        migrate(engine)
    engine.dispose()


def test_a_store_of_a_newer_provgraph_is_refused(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer provgraph"):
        migrate(engine)
    engine.dispose()
