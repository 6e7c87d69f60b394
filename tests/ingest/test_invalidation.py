"""Files that somebody declares invalid: deleted, damaged, withdrawn."""

from contextlib import closing
from pathlib import Path

import pytest

from provgraph.errors import LookupFailedError, SettingsError
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.derived import Invalidation
from provgraph.model.lineage import Node
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.ingest.test_history import newest

SINCE = "2020-01-01T00:00:00.000Z"


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
        old = find(night, identifier)
        assert old.invalidation is None
        done = invalidate(night, old, "2020-01-01T00:00:00Z", "deleted by hand", "Ada")
        marked = find(night, identifier)
        assert marked.invalidation == Invalidation(SINCE, "deleted by hand", "Ada")
        assert marked.invalidated_at == old.invalidated_at
        again = invalidate(night, old, "2020-01-01T00:00", "deleted by hand", "Ada")
        assert again.id == done.id
        assert newest(night).format == "invalidation"
        forget(night, done.id)
        assert find(night, identifier) == old
    assert digest(night.scan()) == before


def test_a_bad_run_is_marked(night: Store) -> None:
    before = digest(night.scan())
    run = find(night, a_run(night))
    done = invalidate(night, run, "2020-01-01", "wrong pointing")
    marked = find(night, run.id)
    assert marked.invalidation == Invalidation(SINCE, "wrong pointing")
    assert (marked.status, marked.start_time) == (run.status, run.start_time)
    forget(night, done.id)
    assert (find(night, run.id), digest(night.scan())) == (run, before)


def test_several_marks_are_told_together(night: Store) -> None:
    file = find(night, kinds_of_entity(night)["product"])
    invalidate(night, file, "2021-01-01", "wrong gain", "Ada")
    invalidate(night, file, "2020-01-01", "moonlight", "Bob")
    marked = find(night, file.id)
    assert marked.invalidation == Invalidation(SINCE, "moonlight; wrong gain", "Ada; Bob")


def a_run(store: Store) -> str:
    """The id of any run."""
    contents = (content for kind, content in store.scan() if kind == "activity")
    return min(str(content[0]) for content in contents if isinstance(content, list))


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


def test_agents_do_not_become_invalid_and_a_mark_has_a_time_and_a_reason(night: Store) -> None:
    agent = Node(b"a", "a", Kind.AGENT)
    with pytest.raises(LookupFailedError, match="only entities"):
        invalidate(night, agent, None, "x")
    file = find(night, kinds_of_entity(night)["product"])
    with pytest.raises(SettingsError, match="reason"):
        invalidate(night, file, None, " ")
    with pytest.raises(SettingsError, match="2026-11-21T08:30:00"):
        invalidate(night, file, "yesterday", "x")
