"""``provgraph jobs``: a definition on its way from a draft to what is run."""

import json
from pathlib import Path

from tests.commands.shell import Shell
from tests.conftest import CORPUS

VOTABLE = CORPUS / "jobs" / "stack_maps_vot.xml"


def test_a_definition_is_added_approved_and_exported(newcomer: Shell, tmp_path: Path) -> None:
    done = newcomer("jobs", "add", str(VOTABLE), "--by", "Ann")
    assert (done.returncode, done.stdout) == (0, "added      stack_maps 2.1, revision 1\n")
    assert newcomer("jobs", "list").stdout == "stack_maps  2.1  revision 1, draft\n"
    done = newcomer("jobs", "approve", "stack_maps", "--by", "Eve", "--json")
    assert json.loads(done.stdout) == {
        "job": "stack_maps",
        "version": "2.1",
        "revision": 1,
        "status": "approved",
    }
    listed = json.loads(newcomer("jobs", "list", "--json").stdout)
    assert (listed["name"], listed["approvedBy"], listed["by"]) == ("stack_maps", "Eve", "Ann")
    exported = tmp_path / "out.xml"
    newcomer("jobs", "export", "stack_maps", "-o", str(exported))
    assert exported.read_bytes() == VOTABLE.read_bytes()


def test_an_edit_is_a_draft(newcomer: Shell) -> None:
    newcomer("jobs", "add", str(VOTABLE))
    newcomer("jobs", "approve", "stack_maps")
    done = newcomer("jobs", "edit", "stack_maps", EDITOR="sed -i s/between/among/")
    assert done.stdout == "added      stack_maps 2.1, revision 2\n"
    assert "between" in newcomer("jobs", "show", "stack_maps").stdout
    done = newcomer("jobs", "edit", "stack_maps", EDITOR="true")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing was saved" in done.stderr


def test_what_is_no_job(newcomer: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"name": "bad", "script": "true", "parameters": {"PATH": {}}}')
    done = newcomer("jobs", "add", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "'PATH' can't be a variable of the script" in done.stderr
    newcomer("jobs", "add", str(VOTABLE))
    done = newcomer("jobs", "approve", "bad")
    assert done.returncode == 2
    assert "no job of this name and version is defined here (stack_maps)" in done.stderr
