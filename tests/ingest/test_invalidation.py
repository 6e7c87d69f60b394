"""Files that somebody declares invalid: deleted, damaged, withdrawn."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import LookupFailedError, SettingsError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.ingest.test_history import newest


def attributes_of(store: Store, name: str) -> tuple[str | None, Sequence[object]]:
    found = find(store, name)
    return found.invalidated_at, found.attributes.get("invalidationReason", ())


PRODUCT = "/data/run02001.dl3.fits"


@pytest.fixture
def night(store: Store) -> Store:
    list(load(store, [str(LOGS)]))
    return store


def kinds_of_entity(store: Store) -> dict[str, str]:
    """An entity with a product id, one known by its path and run, and an external file."""
    found: dict[str, str] = {}
    for kind, content in store.scan():
        if kind == "entity":
            assert isinstance(content, list)
            identifier = str(content[0])
            scheme = (
                "product"
                if identifier.startswith("product:")
                else "version"
                if "@" in identifier
                else "external"
            )
            found.setdefault(scheme, identifier)
    return found


def test_an_invalid_file_stays_and_is_marked(night: Store) -> None:
    before = digest(night.scan())
    for identifier in kinds_of_entity(night).values():
        old = attributes_of(night, identifier)
        done = invalidate(night, find(night, identifier), "2020-01-01T00:00:00Z", "deleted by hand")
        assert attributes_of(night, identifier) == (
            "2020-01-01T00:00:00.000Z",
            ("deleted by hand",),
        )
        assert (
            invalidate(night, find(night, identifier), "2020-01-01T00:00", "deleted by hand").id
            == done.id
        )
        assert newest(night).format == "invalidation"
        forget(night, done.id)
        assert attributes_of(night, identifier) == old
    assert digest(night.scan()) == before


def test_a_mark_stays_with_the_file_whatever_is_learnt_of_it(store: Store, tmp_path: Path) -> None:
    """The version that a run wrote is known by its path first, and by its product id when a reader
    names that.
    """
    maker, reader = (LOGS / "run02001.provlog"), (LOGS / "apply_run02001.provlog")
    list(load(store, [str(maker), str(reader)]))
    with closing(open_store("sqlite://")) as other:
        list(load(other, [str(reader)]))
        externals = [key for scheme, key in kinds_of_entity(other).items() if scheme == "external"]
        for identifier in externals:
            for each in (other, store):
                invalidate(each, find(each, identifier), "2020-01-01", "withdrawn")
        list(load(other, [str(maker)]))
        assert digest(other.scan()) == digest(store.scan())


def test_only_files_become_invalid(night: Store) -> None:
    (run, *_) = [
        str(content[0])
        for kind, content in night.scan()
        if kind == "activity" and isinstance(content, list)
    ]
    with pytest.raises(LookupFailedError, match="only entities"):
        invalidate(night, find(night, run), None, "x")
    file = find(night, kinds_of_entity(night)["product"])
    with pytest.raises(SettingsError, match="reason"):
        invalidate(night, file, None, " ")
    with pytest.raises(SettingsError, match="2026-11-21T08:30:00"):
        invalidate(night, file, "yesterday", "x")
