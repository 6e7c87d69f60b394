"""All files that stood at a path, in their order."""

import pytest

from provgraph.errors import NotFoundError
from provgraph.questions.versions import versions
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.questions.runs import put, run

ENERGY = "/data/ctao/models/energy.pkl"


def test_the_versions_of_a_real_path(corpus: Store) -> None:
    path, found = versions(corpus, ENERGY)
    assert path == ENERGY
    assert [each.maker.name if each.maker else None for each in found] == [
        "ctapipe-train-energy-regressor"
    ] * len(found)
    assert len(found) > 1
    times = [each.node.generated_at or "" for each in found]
    assert times == sorted(times)
    assert [each.until for each in found] == [*times[1:], None]
    assert versions(corpus, "energy.pkl") == (path, found)
    assert versions(corpus, found[0].node.id) == (path, found)


def test_an_external_file_stood_there_first() -> None:
    store = open_store("sqlite://")
    put(store, run("a-1", 0, {"/x": ""}, {"/y": ""}), run("a-2", 5, {}, {"/x": ""}))
    _, (first, second) = versions(store, "/x")
    assert (first.node.id, first.maker) == ("file:/x", None)
    assert first.until == second.node.generated_at
    assert second.maker is not None
    assert (second.maker.id, second.until) == ("a-2", None)
    store.close()


def test_what_never_stood_at_a_path(corpus: Store) -> None:
    with pytest.raises(NotFoundError):
        versions(corpus, "/no/such/file")
    with pytest.raises(NotFoundError, match="never stood at a path"):
        versions(corpus, "da1d4921-7e79-4504-903b-9ea17261a984")
