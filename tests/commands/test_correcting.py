"""Loads are listed and taken back, files are marked as invalid."""

import json
import os
import pty
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from provgraph.ingest.loading import load as load_sources
from provgraph.ingest.reading.sources import Source
from provgraph.model.values import counted
from provgraph.store.registry import open_store
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


def test_a_load_that_somebody_has_sent_says_so(newcomer: Shell) -> None:
    with closing(open_store(f"sqlite:///{newcomer.store}")) as store:
        log = LOGS / "run02001.provlog"
        list(load_sources(store, [Source(str(log), log, agent="token night")]))
    assert json.loads(newcomer("loads", "--json").stdout)["agent"] == "token night"
    assert newcomer("loads").stdout.endswith(", sent by token night)\n")


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


def test_a_tool_version_is_marked_and_taken_back(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    before = newcomer("digest").stdout
    meant = ("invalidate", "--tool", "ctapipe-process", "--version", "0.28.0")
    marked = newcomer(*meant, "--reason", "wrong gain", "--by", "Ada")
    assert (marked.returncode, marked.stderr) == (0, "")
    assert "ctapipe-process 0.28.0 is marked as invalid: 2 runs, and those" in marked.stdout
    listed = newcomer("search", "--invalid").stdout
    assert "by Ada: wrong gain" in listed
    newcomer("load", str(LOGS / "run00001.provlog"))
    shown = json.loads(newcomer("show", "run00001.dl1.h5", "--json").stdout)
    assert shown["tainted"] == ["prov:urn:provgraph:recall:tool/ctapipe-process/0.28.0"]
    assert "Invalid: ctapipe-process 0.28.0" in newcomer("what-produced", "run00001.dl1.h5").stdout
    last = json.loads(newcomer("loads", "--json").stdout.splitlines()[-1])
    newcomer("forget", last["id"], "--yes")
    assert newcomer(*meant, "--undo").stdout == "ctapipe-process 0.28.0: 1 mark taken back\n"
    assert newcomer("digest").stdout == before


def test_the_uses_of_a_path_are_marked(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    meant = ("invalidate", "/data/ctao/config/base.yaml", "--used-since", "2026-11-21")
    marked = newcomer(*meant, "--reason", "moonlight")
    assert (marked.returncode, "2 runs, and those" in marked.stdout) == (0, True)
    taken_back = newcomer(*meant, "--undo")
    assert (taken_back.returncode, "1 mark taken back" in taken_back.stdout) == (0, True)
    again = newcomer(*meant, "--undo")
    assert (again.returncode, "bears no mark" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    "given",
    [("x",), ("x", "--reason", "y", "--undo"), ("--tool", "t", "--reason", "y")],
)
def test_what_does_not_go_together_is_refused(newcomer: Shell, given: tuple[str, ...]) -> None:
    newcomer("load", "-", stdin=b"[]")
    done = newcomer("invalidate", *given)
    assert (done.returncode, "give " in done.stderr) == (2, True)
