"""What was known earlier, and what stood at a path, at the command line."""

import json

from tests.commands.shell import DL3, Shell
from tests.conftest import LOGS

DL2 = "/data/ctao/dl2/run02001.dl2.h5"


def test_commands_answer_as_of_an_earlier_time(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    then = json.loads(newcomer("loads", "--json").stdout)["time"]
    before = {
        command: newcomer(*command.split()).stdout
        for command in (
            "digest",
            "stats",
            "loads",
            f"what-produced {DL2}",
            f"impact {DL2}",
            f"show {DL2}",
            "search run02001",
            f"versions {DL2}",
            f"export {DL2} --format prov-n",
            f"diff {DL2} /data/ctao/dl1/run02001.dl1.h5",
        )
    }
    newcomer("load", str(LOGS / "apply_run02001.provlog"), str(LOGS / "dl3_run02001.provlog"))
    newcomer("invalidate", DL2, "--reason", "moonlight")
    for command, printed in before.items():
        again = newcomer(*command.split(), "--as-of", then)
        assert (again.returncode, again.stdout) == (0, printed), command
    assert newcomer("impact", DL2).stdout != before[f"impact {DL2}"]
    unknown = newcomer("what-produced", DL3, "--as-of", then)
    assert (unknown.returncode, "nothing here is called" in unknown.stderr) == (2, True)
    empty = newcomer("show", DL2, "--as-of", "2020-01-01")
    assert (empty.returncode, "nothing had been loaded by 2020" in empty.stderr) == (2, True)
    wrong = newcomer("stats", "--as-of", "then")
    assert (wrong.returncode, "write a time as" in wrong.stderr) == (2, True)


def test_a_path_means_what_stood_there_then(newcomer: Shell) -> None:
    newcomer("load", str(LOGS / "run02001.provlog"))
    now = newcomer("show", DL2).stdout
    assert newcomer("show", DL2, "--at", "2027-01-01").stdout == now
    for command in ("show", "what-produced", "versions"):
        early = newcomer(command, DL2, "--at", "2020-01-01")
        assert (early.returncode, early.stdout) == (2, "")
        assert "nothing known stood there at 2020-01-01T00:00:00.000Z" in early.stderr
