"""What is said of names that lead nowhere, or to several records."""

import shutil
from pathlib import Path

import pytest

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.questions.misses import MOST_CANDIDATES
from provgraph.questions.tracing import find
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import PRODUCTS
from tests.store.test_contract import put, run


def message(store: Store, name: str, folder: Path | None = None) -> str:
    with pytest.raises(NotFoundError) as raised:
        find(store, name, folder)
    return str(raised.value)


def test_an_empty_store_says_so() -> None:
    store = open_store("sqlite://")
    assert "the store is empty: load something first" in message(store, "run1.dl3.fits")
    store.close()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("run02001.dl3.fts", "run02001.dl3.fits"),
        ("RUN02001.DL3.FITS", "run02001.dl3.fits"),
        ("dl3/run2001.dl3.fits", "run02001.dl3.fits"),
        ("/data/ctao/models/enregy.pkl", "energy.pkl"),
        ("ctapipe-mrege", "ctapipe-merge"),
        ("run02001.dl3", "run02001.dl3.fits"),
    ],
)
def test_names_that_are_spelt_alike_are_suggested(corpus: Store, name: str, meant: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        find(corpus, name)
    assert raised.value.suggestions[0] == meant
    assert f"did you mean {meant!r}" in str(raised.value)


def test_nothing_is_suggested_for_what_is_like_nothing(corpus: Store) -> None:
    assert "did you mean" not in message(corpus, "qqqqqqqqqqqq")
    assert "a name is an identifier, a path" in message(corpus, "qqqqqqqqqqqq")


def test_the_header_of_a_file_that_no_load_names_is_told(tmp_path: Path) -> None:
    store = open_store("sqlite://")
    put(store, run("a", 0, 1, (), ("/data/x",)))
    shutil.copy(PRODUCTS / "run02001.dl3.fits", tmp_path / "mine.fits")
    said = message(store, "mine.fits", tmp_path)
    assert "its header says that it is product:70de1f24-6744-4ced-99bb-c74834735e51" in said
    put(store, run("b", 2, 3, (), ("/data/mine.fits=another",)))
    assert "its header says" in message(store, "mine.fits", tmp_path)
    assert find(store, "mine.fits").id == "product:another"
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    assert "there is a file of this name, but it has no header" in message(
        store, "notes.txt", tmp_path
    )
    assert "no header" not in message(store, "absent.txt", tmp_path)
    store.close()


def test_candidates_bear_what_tells_them_apart(corpus: Store) -> None:
    with pytest.raises(AmbiguousError) as raised:
        find(corpus, "run00001.dl2.h5")
    described = raised.value.described
    assert all((each.path or "").endswith("/run00001.dl2.h5") for each in described)
    (made,) = (each for each in described if each.path == "/data/ctao/dl2/run00001.dl2.h5")
    assert (made.kind, made.data_level) == ("entity", "DL2")
    assert (made.time or "").startswith("2026-11-21T08:27:5")
    assert made.maker == "ctapipe-process 0.28.0"
    assert f"{made.path}  DL2  {made.time}  made by ctapipe-process 0.28.0" in str(raised.value)


def test_many_candidates_are_cut() -> None:
    store = open_store("sqlite://")
    put(store, run("a", 0, 1, (), tuple(f"/{n}/x" for n in range(MOST_CANDIDATES + 5))))
    with pytest.raises(
        AmbiguousError, match=f"names more than {MOST_CANDIDATES} records"
    ) as raised:
        find(store, "x")
    assert len(raised.value.candidates) == MOST_CANDIDATES
    store.close()
