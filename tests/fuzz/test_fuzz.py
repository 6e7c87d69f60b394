"""Every loader under fire: all finds so far again, then new inputs for a fixed time.

``PROVGRAPH_TEST_FUZZ_SECONDS`` says how long for each loader. A new find is written into
``tests/corpus/fuzz/LOADER``, where it stays as a test.
"""

import importlib.util
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import prov.tests
import pytest

from provgraph.loaders.registry import GROUP
from tests.conftest import CORPUS, LOGS
from tests.fuzz.target import Target

FINDS = CORPUS / "fuzz"
ROOT = Path(__file__).parents[2]
SECONDS = int(os.environ.get("PROVGRAPH_TEST_FUZZ_SECONDS", "10"))
PROV = Path(str(prov.tests.__file__)).parent
#: What each loader's inputs are made from: small logs and documents of different kinds.
SEEDS = {
    "ctapipe": [
        LOGS / f"edge_{name}.provlog"
        for name in ("unfinished", "failed_with_output", "inplace", "empty")
    ],
    "ctao": sorted((CORPUS / "fuzz" / "ctao").glob("packed_*")),
    "ctadirac": [CORPUS / "fuzz" / "ctadirac" / "packed_job_48153007"],
    "cwlprov": [CORPUS / "fuzz" / "cwlprov" / "packed_reverse"],
    "logprov": [CORPUS / "logprov" / "prov.log"],
    "opus": [CORPUS / "opus" / "job_database.sqlite"],
    "prov-json": sorted((PROV / "json").glob("*[05].json"))[:40],
    "prov-json-ld": sorted((PROV / "jsonld").glob("*.jsonld")),
    "prov-n": sorted((PROV / "provn").rglob("*.provn"))[:40],
    "prov-o": sorted(path for path in (PROV / "rdf").iterdir() if path.stat().st_size < 2000)[::10],
    "prov-xml": sorted((PROV / "xml").glob("*.xml"))[:40],
}


def test_every_loader_has_its_target() -> None:
    assert SEEDS.keys() == {entry.name for entry in entry_points(group=GROUP)}


@pytest.mark.parametrize(
    "find", sorted(FINDS.glob("*/*")), ids=lambda find: f"{find.parent.name}-{find.name}"
)
def test_what_was_found_once(find: Path, tmp_path: Path) -> None:
    Target(find.parent.name, tmp_path).check(find.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("loader", SEEDS)
def test_new_inputs(loader: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not there: it comes for Linux on x86_64 only")
    (FINDS / loader).mkdir(exist_ok=True)
    seeds = [str(seed) for seed in (*SEEDS[loader], *(FINDS / loader).iterdir())]
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        loader,
        str(SECONDS),
        str(tmp_path),
        str(FINDS / loader),
        *seeds,
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS + 1800, check=False
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert " runs in " in done.stderr
