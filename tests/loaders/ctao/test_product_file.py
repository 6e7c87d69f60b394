"""The headers of product files: found whatever the format, and never more than the header read."""

import gzip
import json
import tracemalloc
from io import BufferedReader, BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from provgraph.errors import LoadError, UnknownFormatError
from provgraph.loaders.ctao.product_file import (
    MAGIC,
    headers_in,
    is_product,
    packed_header,
    unpacked_header,
)
from tests.loaders.ctao.examples import COUNTS, DL3, INDEX, PRODUCTS, RUNS

HEADER = {"CTAOMETA": "2.1.0", "DATAID": "P", "ACTID": "A"}


def fields_of(path: Path) -> dict[str, object]:
    packed = packed_header(path, str(path))
    return dict(unpacked_header(BufferedReader(BytesIO(packed)))[0])


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.name)
def test_every_format_tells_the_product_and_its_run(path: Path, tmp_path: Path) -> None:
    assert is_product(path)
    fields = fields_of(path)
    assert fields["instance.id"] == PRODUCTS[path]
    assert fields["activity.id"] == RUNS[path]
    assert fields["activity.inputs.0.role"] == "event-data"
    renamed = tmp_path / "x"
    renamed.write_bytes(path.read_bytes())
    assert fields_of(renamed) == fields


@pytest.mark.parametrize("path", [DL3, COUNTS, INDEX], ids=lambda path: path.name)
def test_what_is_packed_says_the_same(path: Path, tmp_path: Path) -> None:
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert is_product(packed)
    assert fields_of(packed) == fields_of(path)


def test_a_packed_hdf5_file_has_to_be_unpacked_first(tmp_path: Path) -> None:
    packed = tmp_path / "x.h5.gz"
    packed.write_bytes(gzip.compress(b"\x89HDF\r\n\x1a\n" + bytes(100)))
    with pytest.raises(LoadError, match="unpack it"):
        packed_header(packed, None)


def test_a_fits_header_behind_data_and_other_headers(tmp_path: Path) -> None:
    table = fits.BinTableHDU(Table({"x": [1, 2]}))
    table.header.update(HEADER)
    images = [fits.ImageHDU(np.zeros((40, 50))), fits.ImageHDU(np.zeros(3, dtype="i2"))]
    path = tmp_path / "x.fits"
    fits.HDUList([fits.PrimaryHDU(), *images, table]).writeto(path)
    assert fields_of(path)["activity.id"] == "A"
    assert len(list(headers_in(path))) == 4


def test_hdf5_headers_of_a_group_of_a_table_and_of_what_astropy_noted(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file.create_group("dl2").attrs.update(HEADER)
    assert fields_of(path)["activity.id"] == "A"
    path.unlink()
    table = Table({"x": [1]}, meta=HEADER)
    table.write(path, path="events", serialize_meta=True)
    assert fields_of(path)["activity.id"] == "A"


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_group("dl2").attrs.update(HEADER)
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["link"] = h5py.ExternalLink("other.h5", "/dl2")
    with pytest.raises(UnknownFormatError):
        packed_header(path, None)


def test_tags_in_an_ecsv_header_make_plain_data(tmp_path: Path) -> None:
    path = tmp_path / "x.ecsv"
    path.write_text(
        "# %ECSV 1.0\n# ---\n# meta: !!omap\n# - DATAID: !!python/object/apply:os.getcwd []\n"
        "# - CTAOMETA: !x 2.1.0\n# - CREATED: 2026-11-20 21:00:00\nx\n1\n"
    )
    fields = fields_of(path)
    assert fields["ctao_metadata_version"] == "2.1.0"
    assert fields["creation_time"] == "2026-11-20 21:00:00"
    assert "/" not in str(fields.get("instance.id"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"# %ECSV 1.0\n# ---\n# {[\n", "no YAML"),
        (b"# %ECSV 1.0\n# ---\n# " + b"[" * 5000 + b"\n", "no YAML"),
        (b"# %ECSV 1.0\n# ---\n" + b"# - a\n" * 300_000, "longer than 1 MiB"),
        (b"\x89HDF\r\n\x1a\n" + bytes(3000), "can't be read"),
    ],
)
def test_a_damaged_header_is_told(content: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(LoadError, match=what):
        packed_header(path, None)


@pytest.mark.parametrize(
    "content",
    [
        b"SIMPLE  =                    T",
        b"SIMPLE  =".ljust(3000),
        b"# %ECSV 1.0\n# ---\n# meta: [1]\n",
        gzip.compress(DL3.read_bytes())[:900],
    ],
)
def test_a_file_without_ctaos_header_is_of_no_known_format(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(LoadError):
        packed_header(path, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        b"[1]",
        b'{"ctao_metadata_version": ',
        b'{"entity": {"a": {"ctao_metadata_version": "x"}}}',
        json.dumps({"x": '"ctao_metadata_version"'}).encode(),
        b"\x1f\x8b damaged",
    ],
)
def test_what_is_no_product(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert not is_product(path)


def test_only_the_header_of_a_large_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.fits"
    path.write_bytes(DL3.read_bytes())
    with path.open("r+b") as file:
        file.truncate(8 << 30)
    endless = tmp_path / "endless.fits.gz"
    endless.write_bytes(gzip.compress(b"SIMPLE  =".ljust(64 << 20), 1))
    tracemalloc.start()
    try:
        assert fields_of(path)["instance.id"] == PRODUCTS[DL3]
        with pytest.raises(UnknownFormatError):
            packed_header(endless, None)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content", [MAGIC, MAGIC + b"[]", MAGIC + b'{"path": null, "header": {}}', b""]
)
def test_a_damaged_packed_header_is_refused(content: bytes) -> None:
    with pytest.raises(LoadError, match="no data product"):
        unpacked_header(BufferedReader(BytesIO(content)))


def test_secrets_are_masked_and_the_same_header_packs_to_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        json.dumps(
            {
                "ctao_metadata_version": "2.1.0",
                "activity": {"configuration_id": "https://me:hunter2@host/x?token=hunter2"},
            }
        )
    )
    packed = packed_header(path, "/x")
    assert b"hunter2" not in packed
    assert packed == packed_header(path, "/x")
    assert packed != packed_header(path, "/y")
