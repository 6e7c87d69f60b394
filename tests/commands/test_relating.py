"""Ways between records at the command line."""

import json
from pathlib import Path

from tests.commands.shell import Shell
from tests.conftest import LOGS

DL3, DL2, DL1 = (
    f"/data/ctao/dl{n}/run02001.dl{n}.{e}" for n, e in ((3, "fits"), (2, "h5"), (1, "h5"))
)


def loaded(shell: Shell) -> None:
    names = ("run02001", "apply_run02001", "dl3_run02001")
    assert shell("load", *(str(LOGS / f"{name}.provlog") for name in names)).returncode == 0


def test_a_way_as_text_json_and_picture(newcomer: Shell, tmp_path: Path) -> None:
    loaded(newcomer)
    lines = newcomer("path", DL3, DL1).stdout.splitlines()
    assert lines[:2] == [f"{DL3} → {DL1}", "6 relations"]
    assert len(lines) == 10
    found = json.loads(newcomer("path", DL1, DL3, "--all", "--format", "json").stdout)
    assert found["direction"] == "downstream"
    assert [node["distance"] for node in found["nodes"]] == list(range(7))
    drawn = newcomer("path", DL3, DL1, "-o", str(tmp_path / "x.svg"))
    assert drawn.returncode == 0
    assert "<svg" in (tmp_path / "x.svg").read_text()
    assert newcomer("path", DL3, DL1, "-o", str(tmp_path / "x.txt")).returncode == 0
    assert (tmp_path / "x.txt").read_text().splitlines() == lines


def test_no_way_is_told(newcomer: Shell) -> None:
    loaded(newcomer)
    other = newcomer("path", "/data/ctao/irf/irf.fits", DL1)
    assert (other.returncode, "neither of the two led to the other" in other.stderr) == (2, True)


def test_common_ancestors_as_text_and_json(newcomer: Shell) -> None:
    loaded(newcomer)
    text = newcomer("common", DL3, DL2, "--limit", "1").stdout
    assert "the nearest 1 are listed" in text
    assert f"{DL2}  (product:" in text
    found = json.loads(newcomer("common", DL3, DL2, "--json").stdout)
    assert found["total"] == len(found["nodes"]) > 3
    first = found["nodes"][0]
    assert (first["location"], first["distances"], first["nearest"]) == (DL2, [4, 0], True)
    assert found["records"][1] == first["id"]
    alone = newcomer("common", DL3)
    assert (alone.returncode, "name two files or more" in alone.stderr) == (2, True)
