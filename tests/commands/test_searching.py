"""Records are found by what is said of them."""

import json

from tests.commands.shell import Shell
from tests.conftest import LOGS

FILE, MODEL = "/data/ctao/dl2/run02001.dl2.h5", "/data/ctao/dl1/run02001.dl1.h5"


def test_invalid_records_are_listed(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    nothing = newcomer("search", "--invalid")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "nothing is marked as invalid" in nothing.stderr
    mark = ("invalidate", FILE, "--at", "2026-11-20T12:00", "--reason", "moonlight", "--by", "Ada")
    assert newcomer(*mark).returncode == 0
    (line,) = newcomer("search", "--invalid").stdout.splitlines()
    assert line.startswith(f"{FILE}  INVALID since 2026-11-20 12:00:00 by Ada: moonlight  (")
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
    assert "2 are marked as invalid; these are the first 1" in first.stderr
    found = json.loads(newcomer("search", "--invalid", "--limit", "1", "--json").stdout)
    assert (found["total"], len(found["nodes"])) == (2, 1)
    assert found["next"] is not None


def test_something_has_to_be_looked_for(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    done = newcomer("search")
    assert (done.returncode, "--invalid" in done.stderr) == (2, True)
