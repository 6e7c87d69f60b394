"""A product that no load knows: its own header answers, and the store stays as it is."""

import gzip
from pathlib import Path

import pytest

from provgraph.model.vocabulary import Kind
from provgraph.questions.own_header import store_of_header, told
from provgraph.questions.tracing import lineage
from tests.conftest import PRODUCTS as CTAPIPE_PRODUCTS
from tests.loaders.ctao.examples import COUNTS, CTAO, PRODUCTS, RUNS


def test_the_header_tells_the_run_and_its_inputs() -> None:
    found = store_of_header("dl4/counts.ecsv", CTAO)
    assert found is not None
    store, product = found
    assert product.id == f"product:{PRODUCTS[COUNTS]}"
    answer = lineage(store, product)
    assert [node.id for node in answer.of_kind(Kind.ACTIVITY)] == [RUNS[COUNTS]]
    assert len(answer.of_kind(Kind.ENTITY)) == 4
    assert "its own header says" in told(product)
    store.close()


def test_ctapipes_header_names_a_run_and_makes_none() -> None:
    found = store_of_header("run02001.dl3.fits", CTAPIPE_PRODUCTS)
    assert found is not None
    store, product = found
    answer = lineage(store, product)
    assert [node.name for node in answer.nodes] == ["run02001.dl3.fits"]
    assert "2f40ac73-6c59-489f-b40f-081b9bcac17d" in told(product)
    store.close()


@pytest.mark.parametrize(
    "content", [b"text", gzip.compress(b"SIMPLE  =", mtime=0), b"\x89HDF\r\n\x1a\n"]
)
def test_a_file_without_a_header_tells_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    for name in ("x", "missing", ".", "\0", "http://host/x"):
        assert store_of_header(name, tmp_path) is None
    assert store_of_header("irf.fits", CTAPIPE_PRODUCTS) is None
