"""Loads are listed and taken back, files are marked as invalid."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from provgraph.model.values import counted
from tests.commands.shell import Shell
from tests.conftest import LOGS
from tests.processes import PROVGRAPH, environment


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_store_without_loads_says_so(newcomer: Shell, option: tuple[str, ...]) -> None:
    newcomer("load", "-", stdin=b"nothing of ours")
    done = newcomer("loads", *option)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "",
        "provgraph: nothing is loaded yet\n",
    )


def test_a_load_is_listed_and_taken_back(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    newcomer("load", str(LOGS / "run02002.provlog"))
    listed = [json.loads(line) for line in newcomer("loads", "--json").stdout.splitlines()]
    assert [Path(load["source"]).name for load in listed] == [
        "run02001.provlog",
        "run02002.provlog",
    ]
    for load, line in zip(listed, newcomer("loads").stdout.splitlines(), strict=True):
        assert all(load[key] in line for key in ("id", "time", "status", "source"))
    forgotten = newcomer("forget", listed[1]["id"][:8], "--yes")
    assert (forgotten.returncode, listed[1]["source"] in forgotten.stdout) == (0, True)
    assert newcomer("digest").stdout == before
    again = newcomer("forget", listed[1]["id"])
    assert (again.returncode, "provgraph loads" in again.stderr) == (2, True)


def test_a_file_is_marked_as_invalid(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    file = "/data/ctao/dl2/run02001.dl2.h5"
    mark = ("invalidate", file, "--at", "2026-11-20T12:00", "--reason", "withdrawn")
    marked = newcomer(*mark, "--by", "Ada")
    assert marked.returncode == 0
    shown = json.loads(newcomer("show", file, "--json").stdout)
    assert (shown["invalidatedAtTime"], shown["invalidation"]) == (
        None,
        {"time": "2026-11-20T12:00:00.000Z", "reason": "withdrawn", "by": "Ada"},
    )
    takes_back = marked.stdout.split("`")[1].split()
    assert takes_back[:2] == ["provgraph", "forget"]
    assert newcomer(*takes_back[1:]).returncode == 2  # nobody is asked in a script
    assert newcomer(*takes_back[1:], "--yes").returncode == 0
    assert newcomer("digest").stdout == before
    assert newcomer("invalidate", file, "--at", "yesterday", "--reason", "x").returncode == 2
    assert newcomer("invalidate", "nothing.h5", "--reason", "x").returncode == 2


def on_a_terminal(shell: Shell, answer: str, *arguments: str) -> tuple[int, str]:
    """Run a command at a terminal, where somebody types an answer; its exit code and its words."""
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    done = subprocess.run(
        [*PROVGRAPH, *arguments],
        stdin=theirs,
        capture_output=True,
        text=True,
        env=environment(shell.folder, f"sqlite:///{shell.store}"),
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout + done.stderr


def test_a_load_is_not_forgotten_by_a_letter(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    load = json.loads(newcomer("loads", "--json").stdout)["id"]
    for beginning in (load[0], load[:5], ""):
        done = newcomer("forget", beginning, "--yes")
        assert done.returncode == 2
        assert "is too short to name a load: give 6 characters of its id or more" in done.stderr
    assert newcomer("forget", "abcdefgh", "--yes").returncode == 2
    assert newcomer("digest").stdout == before


def test_what_would_go_is_said_and_stays(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    stats = json.loads(newcomer("stats", "--json").stdout)
    load = json.loads(newcomer("loads", "--json").stdout)
    done = newcomer("forget", load["id"][:6], "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith(f"load {load['id']} of {load['source']}, ")
    assert f": {counted(stats['activities'], 'activity')}, " in done.stdout
    assert f" {counted(stats['entities'], 'entity')}, " in done.stdout
    assert done.stdout.endswith(" would go\n")
    assert newcomer("digest").stdout == before


def test_a_script_has_to_say_yes_and_a_person_is_asked(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    load = json.loads(newcomer("loads", "--json").stdout)["id"]
    script = newcomer("forget", load)
    assert (script.returncode, script.stdout) == (2, "")
    assert "give --yes to take the load back, or --dry-run" in script.stderr
    for answer in ("n\n", "\n"):
        code, said = on_a_terminal(newcomer, answer, "forget", load)
        assert code == 1
        assert "would go\nTake it back? [y/N]: " in said
        assert said.endswith("provgraph: nothing was changed\n")
    assert newcomer("digest").stdout == before
    code, said = on_a_terminal(newcomer, "y\n", "forget", load)
    assert (code, f"forgot load {load} of " in said) == (0, True)
    assert newcomer("loads").stdout == ""
