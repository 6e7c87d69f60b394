"""The products of the corpus (tests/corpus/ctao/ORIGIN.md), and what their headers say."""

import shutil
from pathlib import Path

from tests.conftest import CORPUS

CTAO = CORPUS / "ctao"
DL2, DL3, PACKED_DL3, COUNTS, INDEX = (
    CTAO / "dl2" / "run02001.dl2.h5",
    CTAO / "dl3" / "run02001.dl3.fits",
    CTAO / "dl3" / "run02002.dl3.fits.gz",
    CTAO / "dl4" / "counts.ecsv",
    CTAO / "dl4" / "index.json",
)
PRODUCTS = {
    DL2: "bd13b396-98f1-5467-807f-28a417e22b9e",
    DL3: "d20687bb-a696-5323-a398-d916b0b093e7",
    PACKED_DL3: "f7f82938-8693-585e-ad02-fa185ef049f5",
    COUNTS: "d31fde8a-a325-5626-8f07-3f13d4ecda16",
    INDEX: "b0914bb9-ef2e-5b9d-b233-aa35ba676bea",
}
RUNS = {
    DL2: "c34a5331-de21-5cb2-a6eb-abcb4c835ddd",
    DL3: "c8ddcf7c-c864-58bf-acfb-d67c96ac8d41",
    PACKED_DL3: "a45a0564-1799-5b04-a9f1-f13b7ea5a239",
    COUNTS: "d9e1e414-69a2-53af-b117-b4a22d58aae3",
    INDEX: "d9e1e414-69a2-53af-b117-b4a22d58aae3",
}


def night(folder: Path) -> Path:
    """A copy of the corpus: its files stand at paths of the test's own."""
    return Path(shutil.copytree(CTAO, folder / "night"))
