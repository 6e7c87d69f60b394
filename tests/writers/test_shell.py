"""The script does what the recipe says, whatever a source has written into it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provgraph.model.recipes import RecipeFile
from provgraph.writers.recipes import Rerun
from provgraph.writers.shell import write
from tests.writers.recipes import HOSTILE, KNOWN, MADE, recipe

#: A tool that writes down its arguments, and whatever it is told to make.
_TOOL = """#!/bin/sh
[ "$1" = --version ] && { echo 1.0; exit; }
for last; do :; done
for word; do printf '<%s>' "$word"; done >> "$last"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tool and the input of the recipe."""
    (tmp_path / "tool").write_text(_TOOL)
    (tmp_path / "tool").chmod(0o755)
    (tmp_path / "raw $(touch pwned) 'x").write_text("raw")
    return tmp_path


def the_input(folder: Path) -> RecipeFile:
    path = folder / "raw $(touch pwned) 'x"
    return RecipeFile("raw", "raw", None, str(path))


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    (folder / "again.sh").write_text(script)
    return subprocess.run(
        ["bash", "again.sh", "out"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_script_makes_the_file(folder: Path) -> None:
    raw = the_input(folder)
    done = run(folder, write(recipe(raw, str(folder / "tool"))))
    made = folder / "out" / "02-other" / "m.h5"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"made {made}\n"
    assert made.read_text() == (
        f"<--config><configuration.json><--in={raw.location}><{HOSTILE}><><-o><sub/m.h5>"
        "<in place><m.h5>"
    )
    configuration = folder / "out" / "01-tool" / "configuration.json"
    assert json.loads(configuration.read_text()) == {"Tool": {"x": HOSTILE, "END": 1}}
    # Nothing else was run or written.
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        *("tool", "again.sh", Path(str(raw.location)).name, "requirements-1.txt"),
        *("configuration.json", "m.h5"),
    }


def test_configuration_in_files_of_its_own(folder: Path) -> None:
    whole = replace(recipe(the_input(folder), str(folder / "tool")))
    files = Rerun(whole).files("sh")
    assert list(files) == ["rerun.sh", "01-tool.json", "02-other.json", "requirements-1.txt"]
    for name, text in files.items():
        (folder / name).write_text(text)
    done = run(folder, files["rerun.sh"])
    assert (done.returncode, done.stderr) == (0, "")
    configuration = folder / "out" / "01-tool" / "configuration.json"
    assert configuration.read_text() == files["01-tool.json"]


def test_an_input_that_is_not_there(folder: Path) -> None:
    done = run(folder, write(recipe(KNOWN)))
    assert (done.returncode, done.stderr) == (2, "missing input: /r/k\n")


def test_an_input_with_other_bytes(folder: Path) -> None:
    raw = replace(the_input(folder), sha256="0" * 64)
    done = run(folder, write(recipe(raw, str(folder / "tool"))))
    assert done.returncode == 1
    assert "FAILED" in done.stdout


def test_another_version_is_told(folder: Path) -> None:
    whole = recipe(the_input(folder), str(folder / "tool"))
    older = replace(whole, steps=(replace(whole.steps[0], version="0.9"), whole.steps[1]))
    done = run(folder, write(older))
    assert (done.returncode, done.stderr) == (0, f"{folder / 'tool'} was 0.9, here it is 1.0\n")


def test_a_command_that_is_not_known_stops_the_script(folder: Path) -> None:
    whole = recipe(the_input(folder), str(folder / "tool"))
    unknown = replace(whole, steps=(replace(whole.steps[0], command=()), whole.steps[1]))
    done = run(folder, write(unknown))
    assert (done.returncode, done.stderr) == (1, "write the command of step 1 yourself\n")


def test_for_people() -> None:
    lines = write(recipe()).splitlines()
    assert lines[:8] == [
        "#!/usr/bin/env bash",
        lines[1],
        "# The commands are those that provenance recorded: read them before you run them.",
        "# Usage: bash THIS-FILE [FOLDER]    works in FOLDER (remade) and writes nowhere else",
        "#",
        "# What can't be rebuilt from what is recorded:",
        "# - gone (x and 1 more)",
        lines[7],
    ]
    assert lines[1].startswith("# Makes /data/m.h5 again. Written by provgraph ")
    assert "# Step 2 of 2: other (run run-2)" in lines
    assert f'cp -- "$work"/01-tool/{MADE.name} m.h5' in lines


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    script = tmp_path / "again.sh"
    script.write_text(write(recipe()))
    check = Path(sys.executable).parent / "shellcheck"
    # SC2016 warns that nothing expands in single quotes: that is what they are for.
    command = [str(check), "--exclude=SC2016", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
