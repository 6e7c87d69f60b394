"""What a file may be called, and what a name means when several files bear it."""

from pathlib import Path

import pytest

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.model.vocabulary import Kind
from provgraph.questions.names import find
from provgraph.store.protocol import Store
from tests.conftest import PRODUCTS

DL3 = "/data/ctao/dl3/run02001.dl3.fits"
PRODUCT = "product:70de1f24-6744-4ced-99bb-c74834735e51"
ENERGY = "/data/ctao/models/energy.pkl"
TRAINING = "5a620a10-d7a4-41b7-9814-f9e5bac5287f"


@pytest.mark.parametrize(
    "name",
    [
        PRODUCT,
        PRODUCT.removeprefix("product:"),
        DL3,
        f"file:{DL3}",
        f"/data/ctao/../ctao//dl3/{Path(DL3).name}",
        f"{DL3}@2f40ac73-6c59-489f-b40f-081b9bcac17d",
        Path(DL3).name,
    ],
)
def test_one_file_has_many_names(corpus: Store, name: str) -> None:
    assert find(corpus, name).id == PRODUCT


def test_a_relative_path_is_one_of_the_users_folder(corpus: Store) -> None:
    assert find(corpus, "dl3/run02001.dl3.fits", Path("/data/ctao")).id == PRODUCT
    with pytest.raises(NotFoundError):
        find(corpus, "dl3/run02001.dl3.fits")


def test_a_product_on_disk_is_known_by_its_header(corpus: Store) -> None:
    """The path of the copy is in no log; its header names the product."""
    copy = PRODUCTS / "run02001.dl3.fits"
    assert find(corpus, str(copy), Path.cwd()).id == PRODUCT
    with pytest.raises(NotFoundError):
        find(corpus, str(copy))


def test_a_path_means_its_newest_version(corpus: Store) -> None:
    newest = find(corpus, ENERGY)
    assert newest.id == f"file:{ENERGY}@ac2355f2-77c1-4ea9-8ecc-29e9f094ad37"
    assert find(corpus, f"{ENERGY}@{TRAINING}").id == f"file:{ENERGY}@{TRAINING}"
    assert find(corpus, "energy.pkl").id == newest.id


def test_a_run_is_found_by_its_id(corpus: Store) -> None:
    assert find(corpus, TRAINING).kind is Kind.ACTIVITY


def test_a_file_name_of_several_paths_is_ambiguous(corpus: Store) -> None:
    with pytest.raises(AmbiguousError) as raised:
        find(corpus, "run00001.dl2.h5")
    assert len(raised.value.candidates) > 1
    assert {find(corpus, each).id for each in raised.value.candidates} == set(
        raised.value.candidates
    )


@pytest.mark.parametrize(
    "name", ["", "@", "nobody", "a\0b", "\ud800", "x" * 10_000, f"{DL3}@nobody"]
)
def test_a_name_that_nobody_bears(corpus: Store, name: str) -> None:
    with pytest.raises(NotFoundError):
        find(corpus, name, Path.cwd())
