"""A store that holds the real logs."""

from collections.abc import Iterator

import pytest

from provgraph.ingest.loading import load
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS


@pytest.fixture(scope="session")
def corpus() -> Iterator[Store]:
    """The store, which no test changes."""
    store = open_store("sqlite://")
    list(load(store, [str(LOGS)]))
    yield store
    store.close()
