"""How to make a file again: as a script, a workflow, a folder, JSON; and what can't be rebuilt."""

import json
from pathlib import Path

from tests.commands.shell import Shell

DL3 = "run02001.dl3.fits"


def test_a_script_on_stdout(full_shell: Shell) -> None:
    done = full_shell("rerun", DL3)
    assert done.returncode == 0
    assert done.stdout.startswith("#!/usr/bin/env bash\n# Makes /data/ctao/dl3/run02001.dl3.fits")
    assert '    --cuts "$work"/25-ctapipe-optimize-event-selection/cuts.fits \\\n' in done.stdout
    assert done.stderr.splitlines()[0] == "provgraph: 3 things can't be rebuilt:"
    assert "  It ran the script /opt/pipeline/create_dl3.py, whose text isn't kept." in done.stderr


def test_the_ending_names_the_format(full_shell: Shell, tmp_path: Path) -> None:
    workflow = tmp_path / "again.cwl"
    done = full_shell("rerun", DL3, "-o", str(workflow))
    assert done.returncode == 0
    assert json.loads(workflow.read_text())["class"] == "Workflow"
    refused = full_shell("rerun", DL3, "-o", str(tmp_path / "again.txt"))
    assert refused.returncode == 2
    assert "no format has the ending .txt; the endings are .sh, .cwl" in refused.stderr


def test_a_folder(full_shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    done = full_shell("rerun", DL3, "-o", f"{folder}/")
    assert done.returncode == 0
    assert f"wrote {folder}/rerun.sh and 28 files for it" in done.stderr
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "01-ctapipe-process.json"
    assert names[-2:] == ["requirements-1.txt", "rerun.sh"]
    again = full_shell("rerun", DL3, "--format", "cwl", "-o", str(folder))
    assert (again.returncode, (folder / "rerun.cwl").exists()) == (0, True)


def test_a_folder_that_can_not_be_written(full_shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = full_shell("rerun", DL3, "-o", f"{tmp_path}/file/")
    assert done.returncode == 1
    assert "can't be written" in done.stderr


def test_as_json(full_shell: Shell) -> None:
    found = json.loads(full_shell("rerun", DL3, "--json").stdout)
    assert len(found["steps"]) == 27
    assert found["product"]["step"] == 27
    assert len(found["gaps"]) == 3


def test_what_no_run_made(full_shell: Shell) -> None:
    done = full_shell("rerun", "gamma_run02001.simtel.zst")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no known run made it" in done.stderr


def test_a_command_that_is_not_recorded(newcomer: Shell, tmp_path: Path) -> None:
    document = tmp_path / "d.json"
    document.write_text(
        json.dumps(
            {
                "prefix": {"e": "http://e.org/"},
                "activity": {"e:draw": {}},
                "entity": {"e:plot": {}},
                "wasGeneratedBy": {"_:g": {"prov:entity": "e:plot", "prov:activity": "e:draw"}},
            }
        )
    )
    assert newcomer("load", str(document)).returncode == 0
    done = newcomer("rerun", "http://e.org/plot")
    assert done.returncode == 1
    assert "Its command line isn't recorded: write it yourself." in done.stderr
    assert "write the command of step" in done.stdout
