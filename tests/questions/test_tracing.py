"""What a name means, also when several files bear it; lineages and chains of the record."""

import shutil
from pathlib import Path

import pytest

from provgraph.errors import AmbiguousError, NotFoundError
from provgraph.ingest.loading import load
from provgraph.model.lineage import Direction, Lineage
from provgraph.model.vocabulary import Kind, RelationType
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import PRODUCTS
from tests.loaders.ctao.examples import DL3 as CTAO_DL3

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
        find(corpus, "ctao/run02001.dl3.fits")


@pytest.mark.parametrize(
    "name",
    [
        "dl3/run02001.dl3.fits",
        "./ctao/dl3/run02001.dl3.fits",
        "70de1f24-67",
        "product:70de1f",
        f"{DL3}@2f40ac73",
    ],
)
def test_the_end_of_a_path_and_the_beginning_of_an_id_name_a_record(
    corpus: Store, name: str
) -> None:
    assert find(corpus, name).id == PRODUCT


def test_the_beginning_of_an_id_has_six_characters_or_more(corpus: Store) -> None:
    assert find(corpus, "5a620a").id == TRAINING
    assert find(corpus, "energy.pkl@5a620a").id == f"file:{ENERGY}@{TRAINING}"
    assert find(corpus, f"{ENERGY}@5a620a").id == f"file:{ENERGY}@{TRAINING}"
    for short in ("5a620", "product:70de1"):
        with pytest.raises(NotFoundError):
            find(corpus, short)


def test_an_end_of_several_paths_is_ambiguous(corpus: Store) -> None:
    with pytest.raises(AmbiguousError):
        find(corpus, "file:/data/ctao/models")


def test_a_product_on_disk_is_known_by_its_header(corpus: Store) -> None:
    """The path of the copy is in no log; its header names the product."""
    copy = PRODUCTS / "run02001.dl3.fits"
    assert find(corpus, str(copy), Path.cwd()).id == PRODUCT
    with pytest.raises(NotFoundError):
        find(corpus, str(copy))


def test_a_file_that_took_the_path_of_another_product_is_not_that_product(tmp_path: Path) -> None:
    """What a load knows of the path is about the file that stood there before."""
    store = open_store("sqlite://")
    path = tmp_path / "x.fits"
    shutil.copy(CTAO_DL3, path)
    list(load(store, [str(path)]))
    known = find(store, str(path), tmp_path).id
    shutil.copy(PRODUCTS / "run02001.dl3.fits", path)
    with pytest.raises(NotFoundError, match=PRODUCT):
        find(store, str(path), tmp_path)
    # Whoever asks from elsewhere, or for the id, is told what is known.
    assert find(store, str(path)).id == find(store, known, tmp_path).id == known
    store.close()


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
