"""Who a product file on disk says it is."""

import gzip
import os
import pickle
import random
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from provgraph.loaders.headers import identifiers_in
from provgraph.model.identifiers import product_identifier
from tests.loaders.examples import PRODUCTS

IDS = {
    "run02001.dl1.h5": "0ca26da2-c10d-46a8-add5-4380ba2ac4b1",
    "run02001.dl2.h5": "c94c3a79-0276-4bfe-b540-8cec9ed4aa8f",
    "gamma_train.dl2.h5": "68a5b9db-d696-4f9d-9a4e-8438191e231a",
    "run02001_full.dl2.h5": "5a4a9d13-a646-4ef6-acc4-ab1dc521c011",
    "int_SIGINT.dl1.h5": "541d6d8b-7dc3-401b-8a96-522ae8b53009",
    "run02001.dl3.fits": "70de1f24-6744-4ced-99bb-c74834735e51",
    "run02002.dl3.fits": "2de2d725-df9c-4bc5-9331-9b145151b96c",
    "run02002_v2.dl3.fits": "8bb75283-e69d-4078-8494-e38bc3bd3673",
    "summary.ecsv": "391ef284-827e-41a1-b7a9-0c1a006518f9",
    "count00001.ecsv": "0c07aa41-be1d-4438-b8cc-864283976279",
}
WITHOUT = (
    "irf.fits",
    "cuts.fits",
    "benchmarks.fits",
    "energy_cv.h5",
)


@pytest.mark.parametrize(("name", "product"), IDS.items())
def test_real_products_name_themselves(name: str, product: str) -> None:
    assert identifiers_in(PRODUCTS / name) == (f"product:{product}",)


@pytest.mark.parametrize("name", WITHOUT)
def test_products_without_a_header_do_not(name: str) -> None:
    assert identifiers_in(PRODUCTS / name) == ()


def test_the_header_is_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    shutil.copy(PRODUCTS / "run02001.dl3.fits", tmp_path / "renamed.txt")
    assert identifiers_in(tmp_path / "renamed.txt") == (f"product:{IDS['run02001.dl3.fits']}",)


def test_a_gzipped_fits_file(tmp_path: Path) -> None:
    packed = tmp_path / "x.fits.gz"
    packed.write_bytes(gzip.compress((PRODUCTS / "run02001.dl3.fits").read_bytes()))
    assert identifiers_in(packed) == (f"product:{IDS['run02001.dl3.fits']}",)
    packed.write_bytes(gzip.compress((PRODUCTS / "irf.fits").read_bytes()))
    assert identifiers_in(packed) == ()


@pytest.mark.parametrize(
    ("header", "identifier"),
    [
        ({}, None),
        ({"CTA PRODUCT ID": "P"}, None),
        ({"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": ""}, None),
        ({"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": None}, None),
        ({"CTA PRODUCT ID": "", "CTA ACTIVITY ID": "A"}, None),
        ({"CTA ACTIVITY ID": "A"}, None),
        ({"CTA PRODUCT ID": "P", "CTA ACTIVITY ID": "A"}, "product:P"),
    ],
)
def test_a_made_up_header_names_nothing(
    header: dict[str, str], identifier: str | None, tmp_path: Path
) -> None:
    assert product_identifier(header) == identifier
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.attrs.update({key: value for key, value in header.items() if value is not None})
    assert identifiers_in(tmp_path / "x.h5") == ((identifier,) if identifier else ())


def test_an_empty_activity_id_as_pytables_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.attrs["CTA PRODUCT ID"] = np.bytes_(b"P")
        file.attrs["CTA ACTIVITY ID"] = h5py.Empty("S1")
    assert identifiers_in(path) == ()


@pytest.mark.parametrize(
    "value", [5, [1, 2], np.array(["a", "b"], dtype="S1"), h5py.Empty("f8")], ids=str
)
def test_an_id_that_is_no_text_names_nothing(value: object, tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.attrs["CTA PRODUCT ID"] = value
        file.attrs["CTA ACTIVITY ID"] = "A"
    assert identifiers_in(path) == ()


# astropy leaves damaged files open.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("name", ["run02001.dl3.fits", "int_SIGINT.dl1.h5", "energy_cv.h5"])
@pytest.mark.parametrize("packed", [False, True])
def test_damage_never_raises(name: str, packed: bool, tmp_path: Path) -> None:
    source = (PRODUCTS / name).read_bytes()
    if packed:
        source = gzip.compress(source)
    path = tmp_path / "x"
    dice = random.Random(1)
    for _ in range(60):
        data = bytearray(source)
        for _ in range(dice.choice([1, 5, 50])):
            data[dice.randrange(9, min(len(data), 6000))] = dice.randrange(256)
        path.write_bytes(data[: dice.choice([len(data), dice.randrange(len(data))])])
        found = identifiers_in(path)
        assert all(name.startswith("product:") for name in found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"\x89HDF\r\n\x1a\n",
        b"SIMPLE  =",
        b"\x1f\x8b",
        gzip.compress(b"text", mtime=0),
        b"\0" * 99,
    ],
    ids=str,
)
def test_what_is_no_product_names_nothing(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    assert identifiers_in(tmp_path / "x") == ()


def test_folders_and_missing_files_name_nothing(tmp_path: Path) -> None:
    assert identifiers_in(tmp_path) == ()
    assert identifiers_in(tmp_path / "missing") == ()
    os.symlink(tmp_path / "loop", tmp_path / "loop")
    assert identifiers_in(tmp_path / "loop") == ()


class _Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_attributes_are_not_unpickled(tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "x.h5"
    evil = np.bytes_(pickle.dumps(_Evil(mark), protocol=0))
    with h5py.File(path, "w") as file:
        file.attrs["CLASS"] = np.bytes_(b"GROUP")
        file.attrs["VERSION"] = np.bytes_(b"1.0")
        file.attrs["PYTABLES_FORMAT_VERSION"] = np.bytes_(b"2.1")
        file.attrs["evil"] = evil
        file.attrs["CTA PRODUCT ID"] = evil
        file.attrs["CTA ACTIVITY ID"] = np.bytes_(b"A")
    found = identifiers_in(path)
    assert not mark.exists()
    assert found[0].startswith("product:")


@pytest.mark.parametrize("settings", [None, "nowhere", "empty", "filled"])
def test_reading_a_fits_file_leaves_no_folder_at_home(tmp_path: Path, settings: str | None) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "config"
    home.mkdir()
    if settings != "nowhere":
        elsewhere.mkdir()
    if settings == "filled":
        (elsewhere / "astropy").mkdir()
    given = {} if settings is None else {"XDG_CONFIG_HOME": str(elsewhere)}
    script = (
        "import os\nfrom pathlib import Path\n"
        "from provgraph.loaders.headers import identifiers_in\n"
        f"print(*identifiers_in(Path({str(PRODUCTS / 'run02001.dl3.fits')!r})))\n"
        "print(os.environ.get('XDG_CONFIG_HOME'))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "XDG_CONFIG_HOME"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment, "HOME": str(home), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    product, variable = done.stdout.split()
    assert product == f"product:{IDS['run02001.dl3.fits']}"
    assert variable == given.get("XDG_CONFIG_HOME", "None")
    assert list(home.iterdir()) == []
