"""How much is read to find a way; tests/store/test_contract_ways.py says what is found."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from itertools import pairwise

import pytest

from provgraph.errors import NotFoundError
from provgraph.model.lineage import Direction, Lineage, Node
from provgraph.model.vocabulary import RelationType
from provgraph.questions.tracing import find
from provgraph.questions.ways import common_ancestors, path
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.store.test_contract import put, run

READERS = 300
DL3, DL1 = "/data/ctao/dl3/run02001.dl3.fits", "/data/ctao/dl1/run02001.dl1.h5"


def ids(answer: Lineage) -> list[str]:
    return [node.id for node in answer.nodes]


class Readings:
    """Counts what a store gives."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.links = self.nodes = 0
        links, nodes = store.links, store.nodes

        def counted_links(
            keys: Collection[bytes], way: Direction, relations: Sequence[RelationType]
        ) -> list[tuple[bytes, bytes]]:
            found = links(keys, way, relations)
            self.links += len(found)
            return found

        def counted_nodes(keys: Collection[bytes]) -> dict[bytes, Node]:
            found = nodes(keys)
            self.nodes += len(found)
            return found

        patch.setattr(store, "links", counted_links)
        patch.setattr(store, "nodes", counted_nodes)


@pytest.fixture
def store() -> Iterator[Store]:
    """Very many runs that read one calibration file, each with a file of its own."""
    with closing(open_store("sqlite://")) as opened:
        put(
            opened,
            *(
                run(f"r{number}", 1, 2, ("/calibration", f"/raw{number}"), (f"/made{number}",))
                for number in range(READERS)
            ),
        )
        yield opened


def test_only_what_is_on_the_way_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made, calibration = find(store, "/made7"), find(store, "/calibration")
    counted = Readings(store, monkeypatch)
    assert len(path(store, made, calibration).nodes) == 3
    assert (counted.links < 10, counted.nodes) == (True, 3)
    assert len(path(store, calibration, made).nodes) == 3
    assert (counted.links < 20, counted.nodes) == (True, 6)


def test_only_common_ancestors_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [find(store, f"/made{number}") for number in range(3)]
    counted = Readings(store, monkeypatch)
    found = common_ancestors(store, records, 10)
    assert [each.node.id for each in found.found] == ["file:/calibration"]
    assert (counted.links < 20, counted.nodes) == (True, 1)


def test_a_chain_is_the_same_from_either_end(corpus: Store) -> None:
    product, earlier = find(corpus, DL3), find(corpus, DL1)
    up, down = path(corpus, product, earlier), path(corpus, earlier, product)
    assert ids(up)[0] == product.id
    assert ids(up)[-1] == earlier.id
    assert len(ids(down)) == len(ids(up))
    assert (ids(down)[0], ids(down)[-1]) == (earlier.id, product.id)
    keys = [node.key for node in up.nodes]
    assert [(edge.source, edge.target) for edge in up.edges] == list(pairwise(keys))


def test_a_chain_to_itself_is_the_record(corpus: Store) -> None:
    product = find(corpus, DL3)
    chain = path(corpus, product, product)
    assert (ids(chain), chain.edges) == ([product.id], ())


def test_records_that_have_nothing_to_do_with_each_other(corpus: Store) -> None:
    one, other = find(corpus, DL3), find(corpus, "/data/ctao/dl3/run02002_v2.dl3.fits")
    with pytest.raises(NotFoundError):
        path(corpus, one, other)
