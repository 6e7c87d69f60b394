"""What invalid records reached is listed, and what is to be made again."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.conftest import LOGS

DL1 = "/data/ctao/dl1/run02001.dl1.h5"


def test_delivered_products_are_listed_as_long_as_a_mark_reaches_them(newcomer: Shell) -> None:
    names = ("run02001", "apply_run02001", "dl3_run02001")
    newcomer("load", *(str(LOGS / f"{name}.provlog") for name in names))
    nothing = newcomer("tainted")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "no delivered product" in nothing.stderr
    newcomer("invalidate", DL1, "--reason", "damaged")
    lines = newcomer("tainted").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["/data/ctao/dl3/run02001.dl3.fits"]
    assert "made from invalid product:" in lines[0]
    found = json.loads(newcomer("tainted", "--json", "--since", "2026-11-21").stdout)
    (node,) = found["nodes"]
    assert (found["total"], found["next"], len(node["tainted"])) == (1, None, 1)
    rows = list(csv.DictReader(io.StringIO(newcomer("tainted", "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == [node["id"]]
    assert newcomer("tainted", "--since", "2027-01-01").stdout == ""
    newcomer("invalidate", DL1, "--undo")
    assert newcomer("tainted").stdout == ""


def test_the_impact_of_a_recall_is_the_list_of_what_is_to_be_made_again(
    newcomer: Shell, tmp_path: Path
) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"), str(LOGS / "apply_run02001.provlog"))
    span = ("--used-since", "2026-11-21", "--used-until", "2026-11-22")
    for meant in (
        ("--tool", "ctapipe-process", "--version", "0.28.0"),
        ("/data/ctao/config/base.yaml", *span),
    ):
        answer = json.loads(newcomer("impact", *meant, "--format", "json").stdout)
        first = [edge for edge in answer["edges"] if edge["target"] == answer["root"]]
        assert [edge["inferred"] for edge in first] == [True, True]
        listed = json.loads(newcomer("impact", *meant, "--products", "--format", "json").stdout)
        names = [Path(each["location"]).name for each in listed["products"]]
        assert names == ["run02001.dl2.h5", "run02001_full.dl2.h5", "run02001.dl1.h5"]
        assert all(each["proof"][0]["id"] == answer["root"] for each in listed["products"])
    newcomer("invalidate", *meant, "--reason", "bad")
    by_id = ("lineage", answer["root"], "--direction", "downstream", "--format", "json")
    assert json.loads(newcomer(*by_id).stdout)["edges"] == answer["edges"]
    out = tmp_path / "again.csv"
    done = newcomer("impact", *meant, "--products", "-o", str(out))
    assert (done.returncode, len(out.read_text().splitlines())) == (0, 4)
    text = newcomer("impact", *meant).stdout
    assert text.startswith("What was made from uses of /data/ctao/config/base.yaml since 2026")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((DL1, "--products", "--format", "svg"), "only as text, json, csv"),
        ((), "give a name"),
        (("--tool", "x", "--version", "1"), "no run of x is known"),
    ],
)
def test_what_makes_no_sense_is_refused(
    newcomer: Shell, given: tuple[str, ...], words: str
) -> None:
    newcomer("load", "-", stdin=b"[]")
    done = newcomer("impact", *given)
    assert (done.returncode, words in done.stderr) == (2, True)
