"""ctapipe itself runs here: its log is loaded and asked."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.model.vocabulary import Kind
from provgraph.questions.remaking import recipe_of
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.writers import shell
from tests.conftest import PRODUCTS

pytest.importorskip("ctapipe", reason="ctapipe is in the test environment (requirements/test.lock)")

pytestmark = pytest.mark.slow

PROGRAMS = Path(sys.executable).parent
_NESTED = """
import sys
from pathlib import Path
from ctapipe.core import Provenance

provenance = Provenance()
raw, partial, report = map(Path, sys.argv[1:4])
provenance.start_activity("outer")
provenance.start_activity("inner")
provenance.add_input_file(raw, role="events")
partial.write_text("1")
provenance.add_output_file(partial, role="counts")
provenance.finish_activity("inner")
provenance.add_input_file(partial, role="counts")
report.write_text("2")
provenance.add_output_file(report, role="report")
provenance.finish_activity("outer")
Path(sys.argv[4]).write_text(provenance.as_json())
"""


def _run(folder: Path, *command: str) -> None:
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _loaded(log: Path) -> Store:
    store = open_store("sqlite://")
    (report,) = load(store, [str(log)])
    assert (report.status, report.format) == ("loaded", "ctapipe")
    return store


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ctapipe-merge has run, with a configuration file."""
    folder = tmp_path_factory.mktemp("my files")
    (folder / "c.yaml").write_text("MergeTool:\n  HDF5Merger:\n    dl1_parameters: false\n")
    source = PRODUCTS / "gamma_train.dl2.h5"
    merge = str(PROGRAMS / "ctapipe-merge")
    options = ("-o", "merged.dl2.h5", "-c", "c.yaml", "--provenance-log", "run.provlog")
    _run(folder, merge, str(source), *options)
    return folder


def test_a_real_tool_on_a_real_file(merged: Path) -> None:
    store = _loaded(merged / "run.provlog")
    answer = lineage(store, find(store, "merged.dl2.h5", merged))
    (run,) = answer.of_kind(Kind.ACTIVITY)
    assert (run.name, run.status) == ("ctapipe-merge", "completed")
    assert [node.location for node in answer.of_kind(Kind.ENTITY)] == [
        str(merged / "merged.dl2.h5"),
        str(merged / "c.yaml"),
        str(PRODUCTS / "gamma_train.dl2.h5"),
    ]
    assert answer.nodes[-1].id == "product:68a5b9db-d696-4f9d-9a4e-8438191e231a"
    assert answer.root.data_level == "DL2"
    parameters = {
        name for settings in store.parameters_of([run.key])[run.key] for name in settings.values
    }
    assert {"MergeTool.overwrite", "numpy"} <= parameters
    store.close()


def test_a_product_is_made_again(merged: Path, tmp_path: Path) -> None:
    """The script makes the same tables, without the configuration file that was read."""
    store = _loaded(merged / "run.provlog")
    recipe = recipe_of(store, find(store, "merged.dl2.h5", merged))
    store.close()
    assert recipe.gaps == ()
    script = tmp_path / "again.sh"
    script.write_text(shell.write(recipe).replace("same_version ctapipe", "# ctapipe"))
    _run(tmp_path, "bash", str(script), "after")
    made = tmp_path / "after" / "01-ctapipe-merge" / "merged.dl2.h5"
    old, new = _tables(merged / "merged.dl2.h5"), _tables(made)
    assert old == new
    assert len(old) > 30
    assert "/dl1/event/telescope/parameters/tel_001" not in old


def _tables(path: Path) -> dict[str, bytes]:
    """Name → bytes of each table of an HDF5 file."""
    with import_module("tables").open_file(path) as file:
        return {node._v_pathname: node[:].tobytes() for node in file.walk_nodes("/", "Table")}


def test_nested_activities_of_one_process(tmp_path: Path) -> None:
    """The outer run reads what the inner one wrote inside its own interval (docs/contract.md, rule
    5a).
    """
    files = [tmp_path / name for name in ("raw.txt", "partial.txt", "report.txt")]
    files[0].write_text("0")
    log = tmp_path / "nested.provlog"
    _run(tmp_path, sys.executable, "-c", _NESTED, *map(str, files), str(log))
    assert [record["activity_name"] for record in json.loads(log.read_text())] == ["inner", "outer"]
    store = _loaded(log)
    answer = lineage(store, find(store, str(files[2])))
    assert [node.name for node in answer.nodes] == [
        "report.txt",
        "outer",
        "partial.txt",
        "inner",
        "raw.txt",
    ]
    store.close()
