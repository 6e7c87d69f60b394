"""Stores in places where the user may only read, as real users meet them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provgraph.settings import default_store
from tests.conftest import LOGS
from tests.processes import UNPRIVILEGED, run

DL3 = "/data/ctao/dl3/run02001.dl3.fits"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A store in a folder in which nobody may write."""
    folder = tmp_path / "snapshot"
    url = f"sqlite:///{folder / 'store.db'}"
    assert run(tmp_path, url, "load", str(LOGS / "run02001.provlog")).returncode == 0
    (folder / "store.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder / "store.db"
    folder.chmod(0o755)


@pytest.mark.parametrize(
    "command",
    [("stats",), ("digest",), ("show", DL3), ("what-produced", DL3), ("export",), ("validate",)],
    ids=lambda command: command[0],
)
def test_a_store_that_may_only_be_read_answers_alike(
    tmp_path: Path, path: Path, command: tuple[str, ...]
) -> None:
    mine = tmp_path / "mine.db"
    shutil.copy(path, mine)
    mine.chmod(0o600)
    due = run(tmp_path, f"sqlite:///{mine}", *command)
    done = run(tmp_path, f"sqlite:///{path}", *command, before=UNPRIVILEGED)
    assert (done.returncode, done.stdout) == (due.returncode, due.stdout), done.stderr
    assert [each.name for each in path.parent.iterdir()] == ["store.db"]


def test_a_store_of_another_owner_answers(tmp_path: Path, path: Path) -> None:
    """The folder may be written, the file not: a reader leaves nothing in its owner's way."""
    path.parent.chmod(0o777)
    done = run(tmp_path, f"sqlite:///{path}", "stats", "--json", before=UNPRIVILEGED)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["activities"] > 0
    assert [each.name for each in path.parent.iterdir()] == ["store.db"]


def test_loading_there_says_who_may(tmp_path: Path, path: Path) -> None:
    log = str(LOGS / "merge.provlog")
    done = run(tmp_path, f"sqlite:///{path}", "load", log, before=UNPRIVILEGED)
    assert done.returncode == 1
    assert "can't be opened: Permission denied; check the path and who owns it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_file_system(tmp_path: Path, path: Path) -> None:
    """Needs the right to mount; the mount is of a name space of its own."""
    command = (
        f"mount --bind {path.parent} {path.parent} && mount -o remount,bind,ro {path.parent} && "
        'exec "$@"'
    )
    before = ("unshare", "--mount", "sh", "-c", command, "sh")
    probe = subprocess.run([*before, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {probe.stderr}")
    path.chmod(0o600)
    path.parent.chmod(0o755)
    done = run(tmp_path, f"sqlite:///{path}", "stats", "--json", before=before)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["activities"] > 0


def test_the_users_own_store_is_not_made_by_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(tmp_path, "", "stats")
    assert done.returncode == 2
    monkeypatch.setenv("HOME", str(tmp_path))
    assert f"there is no store at {default_store().removeprefix('sqlite:///')}" in done.stderr
    assert list(tmp_path.iterdir()) == []
