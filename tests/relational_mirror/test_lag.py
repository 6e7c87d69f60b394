"""How far a mirror is behind is asked without comparing rows."""

import pytest

from provgraph.errors import MirrorError
from provgraph.ingest.loading import load
from provgraph.relational_mirror.lag import lag_of
from provgraph.relational_mirror.syncing import sync
from provgraph.store.registry import open_store
from tests.conftest import LOGS


def test_a_mirror_says_what_it_lacks(mirror_url: str) -> None:
    store = open_store("sqlite://")
    list(load(store, [str(LOGS / "run02001.provlog")]))
    with pytest.raises(MirrorError, match="there is no mirror in schema public"):
        lag_of(store, mirror_url)
    sync(store, mirror_url)
    found = lag_of(store, mirror_url)
    assert found.behind == 0
    assert found.synced >= store.loads()[0].time
    assert "://" in found.address
    list(load(store, [str(LOGS / "apply_run02001.provlog")]))
    assert lag_of(store, mirror_url).behind == 1
    other = open_store("sqlite://")
    list(load(other, [str(LOGS / "run02001.provlog")]))
    with pytest.raises(MirrorError, match="is of the store at"):
        lag_of(other, mirror_url)
