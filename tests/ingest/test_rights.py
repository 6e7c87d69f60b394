"""Files and folders that can't be read are named, and keep nothing else from being loaded."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.loaders.examples import LOGS
from tests.processes import UNPRIVILEGED, loads_in, run

WHOLE = sorted(LOGS.glob("apply_*.provlog"))
#: The nights' rights, and what can't be read for them. Who may list a folder may not always open
#: what is in it.
NIGHTS = {"may not be listed": (0o000, "night2"), "may be listed only": (0o444, "night2/b.provlog")}
DENIED = "can't be read: Permission denied"


@contextmanager
def rights(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Three nights of one log each, an hour old."""
    folder = tmp_path / "logs"
    for night, name, log in zip(
        ("night1", "night2", "night3"), ("a", "b", "c"), WHOLE, strict=False
    ):
        (folder / night).mkdir(parents=True)
        shutil.copy(log, folder / night / f"{name}.provlog")
        for path in (folder / night / f"{name}.provlog", folder / night):
            os.utime(path, (time.time() - 3600,) * 2)
    return folder


def reports(home: Path, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and of each source its status and first problem."""
    done = run(home, f"sqlite:///{home / 'x.db'}", *arguments, "--json", before=UNPRIVILEGED)
    assert "Traceback" not in done.stderr, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {
        each["source"]: (each["status"], each["problems"][0]["what"] if each["problems"] else "")
        for each in said
    }


@pytest.mark.parametrize(("mode", "unreadable"), NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize(
    "command", [("load", "logs"), ("load", "--spool", "sp", "logs"), ("watch", "--once", "logs")]
)
def test_what_can_not_be_read_is_refused_and_the_rest_loaded(
    command: tuple[str, ...], mode: int, unreadable: str, logs: Path
) -> None:
    with rights(logs / "night2", mode):
        # The time of a change of rights can't be set, so the watcher counts from the run's start.
        patience = ("--interval", "0.05", "--patience", "0") if "watch" in command else ()
        assert reports(logs.parent, *command, *patience) == (
            1,
            {
                f"{logs}/night1/a.provlog": ("loaded", ""),
                f"{logs}/{unreadable}": ("refused", DENIED),
                f"{logs}/night3/c.provlog": ("loaded", ""),
            },
        )
    assert reports(logs.parent, *command)[0] == 0
    assert loads_in(logs.parent / "x.db") == [
        f"{logs}/night{name}.provlog" for name in ("1/a", "2/b", "3/c")
    ]


@pytest.mark.parametrize(
    "name", ["logs", "logs/night2", "logs/night2/b.provlog", "logs/night2/absent"]
)
@pytest.mark.parametrize("command", [("load",), ("load", "--spool", "sp")])
def test_what_can_not_be_read_is_refused_when_it_is_named(
    command: tuple[str, ...], name: str, logs: Path
) -> None:
    with rights(logs / "night2", 0o000), rights(logs, 0o000 if name == "logs" else 0o755):
        assert reports(logs.parent, *command, name) == (
            1,
            {str(logs.parent / name): ("refused", DENIED)},
        )
