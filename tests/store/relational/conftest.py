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
