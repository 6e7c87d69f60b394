"""Records are found by what is said of them."""

import json

from tests.commands.shell import Shell
from tests.conftest import LOGS

FILE, MODEL = "/data/ctao/dl2/run02001.dl2.h5", "/data/ctao/dl1/run02001.dl1.h5"


def test_invalid_records_are_listed(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    nothing = newcomer("search", "--invalid")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "nothing is found" in nothing.stderr
    as_json = newcomer("search", "--invalid", "--json")
    assert as_json.returncode == 2
    assert json.loads(as_json.stdout) == {"total": 0, "nodes": [], "next": None}
    mark = ("invalidate", FILE, "--at", "2026-11-20T12:00", "--reason", "moonlight", "--by", "Ada")
    assert newcomer(*mark).returncode == 0
    (line,) = newcomer("search", "--invalid").stdout.splitlines()
    assert line.startswith(f"{FILE}  INVALID since 2026-11-20 12:00:00 by Ada: moonlight  (")
    assert line.endswith(")  DL2 2026-11-21 08:29:10")
    found = json.loads(newcomer("search", "--invalid", "--json").stdout)
    assert (found["total"], found["next"], len(found["nodes"])) == (1, None, 1)
    assert found["nodes"][0]["invalidation"] == {
        "time": "2026-11-20T12:00:00.000Z",
        "reason": "moonlight",
        "by": "Ada",
    }


def test_a_long_list_is_cut_and_says_so(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    for file in (FILE, MODEL):
        assert newcomer("invalidate", file, "--reason", "moonlight").returncode == 0
    first = newcomer("search", "--invalid", "--limit", "1")
    assert len(first.stdout.splitlines()) == 1
    assert "1 record of 2; more with --limit, or with --after " in first.stderr
    found = json.loads(newcomer("search", "--invalid", "--limit", "1", "--json").stdout)
    assert (found["total"], len(found["nodes"])) == (2, 1)
    rest = newcomer("search", "--invalid", "--after", found["next"], "--json").stdout
    assert json.loads(rest)["next"] is None
    both = [each["id"] for page in (found, json.loads(rest)) for each in page["nodes"]]
    assert len(set(both)) == 2


def test_words_and_conditions_find_files_and_runs(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"), str(LOGS / "apply_run02001.provlog"))

    def names(*arguments: str) -> list[str]:
        found = json.loads(newcomer("search", *arguments, "--json").stdout)
        assert found["total"] == len(found["nodes"])
        return [each["name"] for each in found["nodes"]]

    assert names("RUN02001", "dl2") == ["run02001_full.dl2.h5", "run02001.dl2.h5"]
    assert names("un02001") == []
    runs = names("--kind", "activity", "--order", "name")
    assert runs == sorted(runs)
    assert names("--tool", "CTAPIPE-apply-models") == ["ctapipe-apply-models"]
    assert names("--tool", "ctapipe-apply-models", "--data-level", "dl2") == [
        "run02001_full.dl2.h5"
    ]
    assert names("--under", "/data/ctao/dl1", "--kind", "entity") == ["run02001.dl1.h5"]
    set_up = ("--parameter", "DataWriter.overwrite=false", "--parameter", "input_url=/x")
    assert names(*set_up[:2], "--parameter", "compression_level=5.0") == ["ctapipe-process"] * 2
    assert names(*set_up) == []
    assert names(*set_up[:2], "--kind", "entity", "--data-level", "DL2") == ["run02001.dl2.h5"]
    assert names("--status", "error") == names("--until", "2020-01-01") == []
    assert len(names()) > len(names("--since", "2026-11-21T08:29:50")) > 0


def test_what_makes_no_sense_is_told(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    for wrong, message in (
        (("--since", "yesterday"), "write a time as 2026-11-21T08:30:00"),
        (("--after", "x"), "take `next` of the page before"),
        (("--status", "failed"), "completed"),
        (("--parameter", "max_events"), "'max_events' is not NAME=VALUE"),
    ):
        done = newcomer("search", *wrong)
        assert (done.returncode, message in done.stderr) == (2, True)
