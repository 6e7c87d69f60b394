"""ctapipe itself runs here: its log is loaded and asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from provgraph.ingest.loading import load
from provgraph.model.vocabulary import Kind
from provgraph.questions.tracing import find, lineage
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from tests.conftest import PRODUCTS

pytest.importorskip("ctapipe", reason="ctapipe is in the test environment (requirements/test.lock)")

pytestmark = pytest.mark.slow

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
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _loaded(log: Path) -> Store:
    store = open_store("sqlite://")
    (report,) = load(store, [str(log)])
    assert (report.status, report.format) == ("loaded", "ctapipe")
    return store


def test_a_real_tool_on_a_real_file(tmp_path: Path) -> None:
    log = tmp_path / "run.provlog"
    merge = str(Path(sys.executable).parent / "ctapipe-merge")
    source = PRODUCTS / "gamma_train.dl2.h5"
    _run(tmp_path, merge, str(source), "-o", "merged.dl2.h5", "--provenance-log", str(log))
    store = _loaded(log)
    answer = lineage(store, find(store, "merged.dl2.h5", tmp_path))
    (run,) = answer.of_kind(Kind.ACTIVITY)
    assert (run.name, run.status) == ("ctapipe-merge", "completed")
    assert [node.location for node in answer.of_kind(Kind.ENTITY)] == [
        str(tmp_path / "merged.dl2.h5"),
        str(source),
    ]
    assert answer.nodes[-1].id == "product:68a5b9db-d696-4f9d-9a4e-8438191e231a"
    assert answer.root.data_level == "DL2"
    parameters = {
        name for settings in store.parameters_of([run.key])[run.key] for name in settings.values
    }
    assert {"MergeTool.overwrite", "numpy"} <= parameters
    store.close()


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
