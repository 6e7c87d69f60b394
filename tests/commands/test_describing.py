"""What tools are and what parameters mean, said by command and shown with a run."""

import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.conftest import LOGS

MERGE = "317167d3-4a20-4cf4-8950-841e0e1874f3"
SAID = {
    "name": "ctapipe-merge",
    "version": "0.28.0",
    "description": "Joins files.\nIn their order.",
    "parameters": {
        "HDF5Merger.overwrite": {"default": True, "description": "Whether to\noverwrite."},
        "HDF5Merger.append": {"default": False},
    },
}


@pytest.fixture
def described(newcomer: Shell, tmp_path: Path) -> Shell:
    """A store in which the tool of a run is described."""
    path = tmp_path / "d.json"
    path.write_text(json.dumps(SAID))
    newcomer("load", str(LOGS / "merge.provlog"), "--quiet")
    done = newcomer("describe", str(path), "--by", "Ann")
    assert (done.returncode, done.stdout) == (0, "added      ctapipe-merge_0.28.0, revision 1\n")
    return newcomer


def test_show_begins_with_what_differs(described: Shell) -> None:
    lines = described("show", MERGE).stdout.splitlines()
    begin = lines.index("what it is: ctapipe-merge 0.28.0")
    assert lines[begin + 1 : begin + 6] == [
        "  Joins files.",
        "  In their order.",
        "  description ctapipe-merge_0.28.0, revision 1, by Ann, not approved",
        "parameters that differ from their default:",
        "  MergeTool.HDF5Merger.overwrite = false  (default true: Whether to overwrite.)",
    ]
    assert "1 parameter has its default (--all lists them)" in lines
    assert "MergeTool.HDF5Merger:" not in lines
    whole = described("show", MERGE, "--all").stdout.splitlines()
    assert "MergeTool.HDF5Merger:" in whole
    assert "  append = false" not in whole
    assert "  MergeTool.HDF5Merger.append = false" in whole


def test_show_as_json(described: Shell) -> None:
    found = json.loads(described("show", MERGE, "--json").stdout)
    assert found["description"]["id"] == "ctapipe-merge_0.28.0"
    assert found["description"]["description"] == SAID["description"]
    assert found["differing"] == [
        {
            "name": "MergeTool.HDF5Merger.overwrite",
            "value": False,
            "default": True,
            "differs": True,
            "description": "Whether to\noverwrite.",
        }
    ]


def test_editing_and_approving(described: Shell, tmp_path: Path) -> None:
    version = ("--tool-version", "0.28.0")
    done = described("describe", "--approve", "ctapipe-merge", *version, "--by", "Eve", "--json")
    assert json.loads(done.stdout) == {
        "description": "ctapipe-merge_0.28.0",
        "revision": 1,
        "status": "approved",
    }
    shown = described("describe", "--show", "ctapipe-merge", *version)
    assert json.loads(shown.stdout) == SAID
    edited = tmp_path / "edited.json"
    edited.write_text(shown.stdout.replace("Joins files.", "Joins."))
    assert described("describe", str(edited)).stdout.endswith("revision 2\n")
    assert described("describe", str(edited)).stdout.startswith("unchanged")
    # The approved one counts until the newer one is approved.
    shown = described("describe", "--show", "ctapipe-merge", *version, "--json")
    assert json.loads(shown.stdout)["approvedBy"] == "Eve"
    assert "revision 2 is not approved yet" in shown.stderr
    assert ", approved by Eve at 20" in described("show", MERGE).stdout


def test_wrong_usage(described: Shell, tmp_path: Path) -> None:
    assert described("describe").returncode == 2
    unknown = described("describe", "--show", "nothing")
    assert unknown.returncode == 2
    assert "no tool of this name and version is described here" in unknown.stderr
    bad = tmp_path / "bad"
    bad.write_text("5")
    done = described("describe", str(bad))
    assert done.returncode == 1
    assert "a description is an object with a name" in done.stderr
