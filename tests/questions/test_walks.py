"""The walk that every face asks for, and a chain between two records."""

from itertools import pairwise

import pytest

from provgraph.errors import NotFoundError
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.vocabulary import RelationType
from provgraph.questions.names import find
from provgraph.questions.walks import lineage, path
from provgraph.store.protocol import Store

DL1 = "/data/ctao/dl1/run02001.dl1.h5"
DL3 = "/data/ctao/dl3/run02001.dl3.fits"


def ids(answer: Lineage) -> list[str]:
    return [node.id for node in answer.nodes]


def test_a_walk_goes_to_the_causes_unless_told_otherwise(corpus: Store) -> None:
    product = find(corpus, DL3)
    up = lineage(corpus, product)
    down = lineage(corpus, product, Direction.DOWNSTREAM)
    both = lineage(corpus, product, Direction.BOTH)
    assert up.direction is Direction.UPSTREAM
    assert len(up.nodes) > 70
    assert set(ids(both)) >= set(ids(up)) | set(ids(down))


def test_only_the_relations_asked_for_are_followed(corpus: Store) -> None:
    answer = lineage(corpus, find(corpus, DL3), relations=[RelationType.WAS_GENERATED_BY])
    assert [edge.relation for edge in answer.edges] == [RelationType.WAS_GENERATED_BY]


def test_depth_and_limit_end_the_walk(corpus: Store) -> None:
    product = find(corpus, DL3)
    near = lineage(corpus, product, depth=2)
    assert max(node.distance for node in near.nodes) == 2
    assert not near.truncated
    cut = lineage(corpus, product, limit=5)
    assert (len(cut.nodes), cut.truncated) == (5, True)


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
