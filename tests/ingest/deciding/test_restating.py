"""What is stated of a known file changes its attributes at once, as deciding anew would do."""

from collections.abc import Iterator
from contextlib import closing
from unittest.mock import patch

import pytest

from provgraph.ingest.deciding.integration import integrate
from provgraph.ingest.deciding.restating import restated
from provgraph.ingest.forgetting import forget
from provgraph.ingest.invalidation import invalidate
from provgraph.ingest.loading import load
from provgraph.model.records import Document, StatedEntity
from provgraph.model.vocabulary import EntityType, Kind
from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.protocol import Store
from provgraph.store.records import EntityRecord
from provgraph.store.registry import open_store
from tests.conftest import LOGS
from tests.graphs import put
from tests.identity.examples import run

CONFIGURATION = "/data/ctao/config/base.yaml"


@pytest.fixture(scope="module")
def night() -> Iterator[Store]:
    with closing(open_store("sqlite://")) as store:
        list(load(store, [str(LOGS)]))
        yield store


def entities(store: Store, ids: list[str]) -> dict[str, EntityRecord]:
    with store.viewing() as view:
        return view.entities(ids)


@pytest.mark.slow
def test_a_mark_comes_and_goes_as_if_all_were_decided_anew(night: Store) -> None:
    """The same store with and without the short way, after each mark and each undoing."""
    before = digest(night.scan())
    ids = [node.id for node in night.called((), [""], 10_000) if node.kind is Kind.ENTITY]
    for identifier in ids[::3]:
        marked = []
        for short in (True, False):
            way = restated if short else lambda *_: None
            with (
                patch("provgraph.ingest.deciding.integration.restated", way),
                patch("provgraph.ingest.forgetting.restated", way),
            ):
                node = find(night, identifier)
                mark = invalidate(night, node, "2026-11-22", "bad", "Ada")
                again = invalidate(night, node, "2026-11-23", "worse")
                marked += [entities(night, [identifier])]
                forget(night, mark.id)
                forget(night, again.id)
                assert digest(night.scan()) == before, identifier
        assert marked[0] == marked[1] != {}


def test_the_readers_of_a_marked_file_are_not_looked_at(night: Store) -> None:
    read = "provgraph.store.relational.facts.RelationalView.plain_reads"
    with patch(read, side_effect=AssertionError):
        mark = invalidate(night, find(night, CONFIGURATION), None, "bad")
        forget(night, mark.id)


@pytest.mark.parametrize(
    "said",
    [
        StatedEntity(f"file:{CONFIGURATION}", {"prov:location": ("/archive/base.yaml",)}),
        StatedEntity(f"file:{CONFIGURATION}", {"prov:generatedAtTime": ("2026-01-01",)}),
        StatedEntity(f"file:{CONFIGURATION}", {"prov:invalidatedAtTime": ("2026-01-01",)}),
        StatedEntity(f"file:{CONFIGURATION}", {"CTA PRODUCT DATA LEVELS": ("DL2",)}),
        StatedEntity(f"file:{CONFIGURATION}", {}, EntityType.PLAN),
        StatedEntity(f"file:{CONFIGURATION}", {}, EntityType.COLLECTION),
        StatedEntity("file:/never/heard/of"),
        StatedEntity("product:never-heard-of"),
    ],
)
def test_what_says_more_is_decided_anew(night: Store, said: StatedEntity) -> None:
    with night.viewing() as view:
        assert restated(view, {said.identifier: said}) is None


def test_an_entity_of_which_nothing_else_is_known_goes_with_what_is_stated() -> None:
    with closing(open_store("sqlite://")) as store:
        for name in ("product:X", "file:/x"):
            with store.writing() as transaction:
                integrate(transaction, [Document(entities=(StatedEntity(name, {"a": (1,)}),))])
            with store.viewing() as view:
                assert restated(view, {name: None}) is None
                assert restated(view, {name: StatedEntity(name)}) is not None


def test_what_is_stated_of_a_path_is_not_said_of_the_product_there() -> None:
    said = StatedEntity("product:P", {"mark": (1,)})
    with closing(open_store("sqlite://")) as store:
        put(store, [run("A", 0, 1, "", "/x=P")])
        with store.writing() as transaction:
            integrate(transaction, [Document(entities=(StatedEntity("file:/x", {"a": (1,)}),))])
        with store.viewing() as view:
            found = restated(view, {"product:P": said}) or []
    assert [(each.attributes, each.former) for each in found] == [({"mark": (1,)}, ())]
