"""The process that delivers a spool: what it is told, what it says, and when it has to end."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from provgraph.collecting.courier import deliver_in_own_process
from provgraph.collecting.spool import waiting_items
from tests.collecting.items import WHOLE, aside
from tests.processes import DEADLINE

pytestmark = pytest.mark.slow

STORE = "postgresql://user:secret@host/database"
#: Prints how it was started.
_WITNESS = """
import json, os, sys
print("what went wrong", file=sys.stderr)
print(json.dumps({
    "arguments": sys.argv[1:],
    "store": os.environ["PROVGRAPH_STORE"],
    "has its own session": os.getsid(0) == os.getpid(),
}))
"""
#: Notes its number, and does not end.
_HANGING = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[-1], "number").write_text(str(os.getpid()))
time.sleep(100_000)
"""


def _instead_of_provgraph(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a program run where the courier starts Python."""
    script = folder / "program"
    script.write_text(f"#!{sys.executable}\n{program}")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))


def test_what_waits_is_delivered_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    store = f"sqlite:///{tmp_path / 'x.db'}"
    aside(tmp_path / "spool", WHOLE[0], "mine", store)
    aside(tmp_path / "spool", b"junk", "stranger", store)
    printed = deliver_in_own_process(tmp_path / "spool", store, DEADLINE)
    reports = [json.loads(line) for line in printed.splitlines()]
    assert {report["source"]: report["status"] for report in reports} == {
        "mine": "loaded",
        "stranger": "refused",
    }
    assert waiting_items(tmp_path / "spool") == []


@pytest.fixture
def witnessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How a process was started that delivers to `STORE`."""
    _instead_of_provgraph(_WITNESS, tmp_path, monkeypatch)
    found: dict[str, Any] = json.loads(deliver_in_own_process(tmp_path, STORE, DEADLINE))
    return found


def test_no_other_user_sees_the_password_among_the_arguments(witnessed: dict[str, Any]) -> None:
    assert not [each for each in witnessed["arguments"] if "secret" in each]
    assert witnessed["store"] == STORE


def test_ctrl_c_for_the_job_does_not_end_the_delivery(witnessed: dict[str, Any]) -> None:
    assert witnessed["has its own session"]


def test_a_spool_whose_name_looks_like_an_option_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _instead_of_provgraph(_WITNESS, tmp_path, monkeypatch)
    printed = deliver_in_own_process(Path("--help"), STORE, DEADLINE)
    assert json.loads(printed)["arguments"][-2:] == ["--", "--help"]


@pytest.mark.parametrize(
    ("errors", "shown"), [(None, "what went wrong\n"), (subprocess.DEVNULL, "")]
)
def test_errors_are_shown_where_the_caller_wants_them(
    errors: int | None,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    _instead_of_provgraph(_WITNESS, tmp_path, monkeypatch)
    deliver_in_own_process(tmp_path, STORE, DEADLINE, errors)
    assert capfd.readouterr().err == shown


def test_a_process_that_hangs_is_killed_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _instead_of_provgraph(_HANGING, tmp_path, monkeypatch)
    started = time.monotonic()
    assert deliver_in_own_process(tmp_path, STORE, 0.0) == ""
    assert time.monotonic() - started < DEADLINE / 2
    number = tmp_path / "number"
    if number.exists() and number.read_text():
        with pytest.raises(ProcessLookupError):
            os.kill(int(number.read_text()), 0)
