"""Which store a URL opens."""

from pathlib import Path

import pytest

from provgraph.errors import SettingsError
from provgraph.store.registry import open_store
from provgraph.store.relational.store import RelationalStore


def test_a_url_opens_the_store_of_its_scheme(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    assert isinstance(store, RelationalStore)
    assert list(tmp_path.iterdir()) == []
    store.make()
    assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0
    store.close()


@pytest.mark.parametrize("url", ["", "x.db", "mysql://u:very-secret@host/db", "sqlite:/x.db"])
def test_what_is_no_store_is_said_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"begins with .*neo4j://.*sqlite://") as raised:
        open_store(url)
    assert "very-secret" not in str(raised.value)
