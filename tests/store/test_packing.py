"""Texts come back as they were, whatever they are, and ctapipe's take little room."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.model.attributes import kept_json
from provgraph.model.records import Document
from provgraph.store.packing import MARK, packed, unpacked
from tests.conftest import LOGS


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"short":["é"]}',
        '{"long":["' + "é" * 100 + '"]}',
        '{"longer than the window":["' + "".join(map(str, range(50_000))) + '"]}',
    ],
)
def test_a_text_comes_back(text: str) -> None:
    kept = packed(text)
    assert unpacked(kept) == text
    assert len(kept) <= len(text.encode())


def test_a_text_that_stands_in_several_rows_is_packed_once() -> None:
    text = '{"name":["' + "x" * 100 + '"]}'
    assert packed(text) is packed(str(text.encode(), "utf-8"))
    long = '{"name":["' + "x" * 10_000 + '"]}'
    assert packed(long) is not packed(long)


def test_what_compression_makes_no_shorter_is_kept_as_it_is() -> None:
    text = "".join(random.Random(1).sample("".join(map(chr, range(0x21, 0x7F))), 80))
    assert packed(text) == text.encode()


def test_a_text_of_an_older_store_is_read() -> None:
    assert unpacked('{"a":[1]}') == '{"a":[1]}'


def test_threads_pack_side_by_side() -> None:
    texts = [f'{{"system.platform.release":["{number}"],"name":["x"]}}' * 9 for number in range(99)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: unpacked(packed(text)), texts)) == texts


def test_records_of_ctapipe_take_a_fifth_of_their_text() -> None:
    with (LOGS / "run02001.provlog").open("rb") as log:
        documents = list(CtapipeLoader().documents(log, "default"))
    texts = [
        kept_json(said)
        for document in documents
        if isinstance(document, Document) and document.run is not None
        for said in (document.run.facts, *(entity.attributes for entity in document.entities))
    ]
    assert len(texts) > 3
    for text in texts:
        kept = packed(text)
        assert kept[:1] == MARK
        assert len(kept) < len(text) / 5
