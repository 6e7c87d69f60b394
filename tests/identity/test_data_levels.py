"""A product's data level does not depend on the order of loading (docs/contract.md, rule 8)."""

from contextlib import closing
from itertools import permutations

import pytest

from provgraph.questions.tracing import find
from provgraph.store.digest import digest
from provgraph.store.registry import open_store
from tests.graphs import put
from tests.identity.examples import run
from tests.records import Said

WRITES = run("A", 0, 1, "", "/x", role="DL1/Event")
READS = run("B", 2, 3, "/x", role="DL2/Event")
NAMES = run("C", 4, 5, "/x=P", role="DL0/Event")
COPIES = run("D", 6, 7, "/copy=P", role="DL0/Event")
ALSO_READS = run("E", 8, 9, "/x", role="DL0/Event")


@pytest.mark.slow
@pytest.mark.parametrize(
    "history",
    [
        [WRITES, READS, ALSO_READS],  # the level of a version is not forgotten by another reader
        [WRITES, READS, NAMES],  # nor when a late name makes the version a product
        [WRITES, READS, NAMES, COPIES],  # nor when the product is seen at another path
    ],
)
def test_the_highest_level_is_kept_in_any_order(history: list[Said]) -> None:
    digests = set()
    for order in permutations(history):
        with closing(open_store("sqlite://")) as store:
            for each in order:
                put(store, [each])
            assert find(store, "/x").data_level == "DL2"
            digests.add(digest(store.scan()))
    assert len(digests) == 1
