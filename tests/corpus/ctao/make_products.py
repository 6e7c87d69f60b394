"""Makes the CTAO products beside this file, as ctao-datamodel writes their headers.

Needs Python 3.12 or newer, ctao-datamodel and h5py; provgraph's tests read what it made, and don't
run it. The values are invented. ``python make_products.py FOLDER`` makes the files anew.
"""

# mypy: ignore-errors

import gzip
import sys
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import h5py
import numpy as np
from astropy.io import fits
from astropy.table import Table
from ctao_datamodel import instance_to_fits_header
from ctao_datamodel.models import dataproducts as dp

DL1, DL2_A, DL2_B, MODEL, DL3_A, DL3_B, MAP, INDEX = (
    uuid5(NAMESPACE_URL, f"https://provgraph.example/product/{name}")
    for name in ("dl1", "dl2a", "dl2b", "model", "dl3a", "dl3b", "map", "index")
)
RECONSTRUCTION, CREATION_A, CREATION_B, BINNING = (
    uuid5(NAMESPACE_URL, f"https://provgraph.example/activity/{name}")
    for name in ("reconstruction", "creation-a", "creation-b", "binning")
)


def source(uri: str, role: str, product: UUID) -> dp.ExternalDataProduct:
    return dp.ExternalDataProduct(uri=uri, role=role, id=product)


def activity(
    id: UUID, name: str, start: str, inputs: list[dp.ExternalDataProduct], **others
) -> dp.Activity:
    return dp.Activity(
        process=dp.ObservatoryProcess.DATA_PROCESSING,
        name=name,
        id=id,
        start=start,
        software=dp.Software(name="ctapipe", version="0.32.0", url="https://ctapipe.example/"),
        inputs=inputs,
        **others,
    )


def product(
    id: UUID, level: str, title: str, created: str, made_by: dp.Activity, **kind
) -> dp.Product:
    kind = {"division": "Event", "association": "Subarray", "type": "Observation", **kind}
    return dp.Product(
        description=title,
        data=dp.ProductType(level=level, **kind),
        instance=dp.InstanceIdentifier(
            id=id, obs_id=2001, site_id="CTAO-North", facility_name="CTAO"
        ),
        curation=dp.Curation(license="CC-BY-SA-4.0"),
        model=dp.DataModel(name="CTAO-GADF", version="v0.3"),
        creation_time=created,
        contact=dp.Contact(name="CTAO HelpDesk", organization="CTAO", email="help@ctao.org"),
        activity=made_by,
    )


RECONSTRUCTED = activity(
    RECONSTRUCTION,
    "apply-models",
    "2026-11-20T20:00:00",
    [
        source("lfn://ctao/dpps/dl1/run02001.dl1.h5", "event-data", DL1),
        source("file:///data/models/energy v2.pkl", "reconstruction-model", MODEL),
    ],
    configuration_id="dl2/hillas-standard/v1",
    end="2026-11-20T20:30:00",
)
CREATED_A = activity(
    CREATION_A,
    "create-dl3",
    "2026-11-20T21:00:00",
    [source("file://run02001.dl2.h5", "event-data", DL2_A)],
    configuration_id="dl3/hillas-standard/v1",
)
CREATED_B = activity(
    CREATION_B,
    "create-dl3",
    "2026-11-20T21:10:00",
    [source("lfn://ctao/dpps/dl2/run02002.dl2.h5", "event-data", DL2_B)],
    configuration_id="dl3/hillas-standard/v1",
)
BINNED = activity(
    BINNING,
    "bin-events",
    "2026-11-20T22:00:00",
    [
        source("lfn://ctao/dpps/dl3/run02001.dl3.fits", "event-data", DL3_A),
        source("ctao.dpps:/ctao.dpps/dl3/run02002.dl3.fits.gz", "event-data", DL3_B),
        source("doi:10.5281/zenodo.6218687", "catalogue", uuid5(NAMESPACE_URL, "zenodo")),
    ],
    configuration_id="https://config.example/dl4/v2",
    end="2026-11-20T22:05:00",
)


def events(header: fits.Header) -> fits.BinTableHDU:
    table = fits.BinTableHDU(Table({"ENERGY": np.arange(5, dtype="f4")}), name="EVENTS")
    table.header.update(header)
    return table


def main(folder: Path) -> None:
    dl2, dl3, dl4 = (folder / name for name in ("dl2", "dl3", "dl4"))
    for each in (dl2, dl3, dl4):
        each.mkdir(parents=True, exist_ok=True)
    # HDF5: the long keywords as attributes of the root, where ctapipe keeps its own.
    first = product(DL2_A, "DL2", "DL2 events", "2026-11-20T20:29:00", RECONSTRUCTED)
    with h5py.File(dl2 / "run02001.dl2.h5", "w") as file:
        file["energy"] = np.arange(5.0)
        for card in instance_to_fits_header(first, use_short=False).cards:
            file.attrs[card.keyword] = card.value
    # FITS: short keywords in the primary header.
    second = product(DL3_A, "DL3", "DL3 event list", "2026-11-20T21:01:00", CREATED_A)
    fits.HDUList(
        [fits.PrimaryHDU(header=instance_to_fits_header(second)), events(fits.Header())]
    ).writeto(dl3 / "run02001.dl3.fits", overwrite=True)
    # FITS, packed: long keywords in the header of the table.
    third = product(DL3_B, "DL3", "DL3 event list", "2026-11-20T21:11:00", CREATED_B)
    unpacked = dl3 / "run02002.dl3.fits"
    fits.HDUList(
        [fits.PrimaryHDU(), events(instance_to_fits_header(third, use_short=False))]
    ).writeto(unpacked, overwrite=True)
    (dl3 / "run02002.dl3.fits.gz").write_bytes(gzip.compress(unpacked.read_bytes(), mtime=0))
    unpacked.unlink()
    # ECSV and JSON: two products of one run.
    binned = {"division": "Binned", "association": "Target", "type": "Observation"}
    fourth = product(MAP, "DL4", "Binned counts", "2026-11-20T22:03:00", BINNED, **binned)
    table = Table({"counts": [1, 2, 3]}, meta=dict(instance_to_fits_header(fourth)))
    table.write(dl4 / "counts.ecsv", overwrite=True)
    catalog = {"division": "Catalog", "association": "Target", "type": "ObservationCatalog"}
    fifth = product(INDEX, "DL4", "Index of counts", "2026-11-20T22:04:00", BINNED, **catalog)
    (dl4 / "index.json").write_text(fifth.model_dump_json(indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
