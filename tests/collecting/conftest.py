"""What tests of collecting share: a small store."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from provgraph.store.protocol import Store
from provgraph.store.registry import open_store


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory, where the kind of store does not matter."""
    with closing(open_store("sqlite://")) as opened:
        yield opened
