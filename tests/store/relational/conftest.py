"""An empty relational store in memory, and its tables to look into."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event

from provgraph.store.relational.connection import OneEngine, memory_engine
from provgraph.store.relational.store import RelationalStore


@pytest.fixture
def engine() -> Engine:
    return memory_engine()


@pytest.fixture
def store(engine: Engine) -> Iterator[RelationalStore]:
    opened = RelationalStore(OneEngine(engine))
    opened.make()
    yield opened
    opened.close()


def indexed_terms(engine: Engine) -> int:
    """How many pairs of a term and of settings that have it are in SQLite's index."""
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed "
            "USING fts5vocab(main, settings_terms, row)"
        )
        found = connection.exec_driver_sql("SELECT coalesce(sum(doc), 0) FROM indexed").scalar()
        assert isinstance(found, int)
        return found


@pytest.fixture
def queries(store: RelationalStore, engine: Engine) -> list[str]:
    """What the store sends from now on."""
    sent: list[str] = []

    def note(*told: object) -> None:
        query = str(told[2])
        if query != "BEGIN":
            sent.append(query)

    event.listen(engine, "before_cursor_execute", note)
    return sent
