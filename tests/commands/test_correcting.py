"""Loads are listed and taken back, files are marked as invalid."""

import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.conftest import LOGS


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
    forgotten = newcomer("forget", listed[1]["id"][:8])
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
    assert newcomer(*takes_back[1:]).returncode == 0
    assert newcomer("digest").stdout == before
    assert newcomer("invalidate", file, "--at", "yesterday", "--reason", "x").returncode == 2
    assert newcomer("invalidate", "nothing.h5", "--reason", "x").returncode == 2
