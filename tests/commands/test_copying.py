"""``provgraph copy``, ``backup`` and ``restore`` as a user meets them, killed in between, too."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provgraph.commands.main import main
from provgraph.ingest.backups import Written
from tests.conftest import LOGS
from tests.processes import environment, run


def do(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with a log in it."""
    found = f"sqlite:///{tmp_path / 'night.db'}"
    assert do("load", str(LOGS / "irf.provlog"), "--store", found).exit_code == 0
    return found


def test_a_copy_says_what_it_did(url: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    done = do("copy", url, target)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"copied {url} to {target}: ")
    assert " records, " in done.stdout
    digests = [do("digest", "--store", each).stdout for each in (url, target)]
    assert digests[0] == digests[1]
    again = do("copy", url, target)
    assert again.exit_code == 1
    assert again.stderr == (
        f"provgraph: {target} is not empty, and no unfinished copy of {url}: nothing was written; "
        "name an empty place for the copy\n"
    )


def test_nothing_is_made_for_a_copy_of_nothing(tmp_path: Path) -> None:
    done = do("copy", f"sqlite:///{tmp_path / 'no.db'}", f"sqlite:///{tmp_path / 'copy.db'}")
    assert done.exit_code == 2
    assert "there is no store at" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_store_is_not_copied_to_itself(url: str) -> None:
    done = do("copy", url, url)
    assert done.exit_code == 2
    assert "FROM and TO are the same store" in done.stderr


def test_arguments_name_the_stores_and_no_option(url: str, tmp_path: Path) -> None:
    """An option that changes nothing would mislead."""
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    assert "--store URL" not in do("copy", "--help").stdout
    behind = do("copy", url, target, "--store", url)
    assert (behind.exit_code, "No such option" in behind.stderr) == (2, True)
    before = do("--store", url, "copy", url, target)
    assert (before.exit_code, "leave out --store" in before.stderr) == (2, True)
    assert not (tmp_path / "copy.db").exists()


#: Copies, and is killed when 30 records are written.
KILLED = """
import os, signal, sys
from provgraph.commands.main import main
from provgraph.commands.progress import Progress
from provgraph.store.relational import originals
originals.PIECE = 10
counted = Progress.copied
def copied(self, records):
    counted(self, records)
    if self._records >= 30:
        os.kill(os.getpid(), signal.SIGKILL)
Progress.copied = copied
main(["copy", *sys.argv[1:]])
"""


def test_a_killed_copy_is_no_store_and_goes_on(url: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, url, target],
        env=environment(tmp_path, url),
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9
    for command in (("digest",), ("what-produced", "irf.fits"), ("load", str(LOGS))):
        refused = run(tmp_path, target, *command)
        assert refused.returncode == 2
        assert refused.stderr.strip() == (
            f"provgraph: the store at {target} is an unfinished copy of {url}: nobody can use it "
            "before the copy is whole; if nobody is copying now, "
            f"`provgraph copy {url} {target}` goes on"
        )
    done = run(tmp_path, target, "copy", url, target)
    assert done.returncode == 0
    assert done.stderr.startswith("provgraph: going on with the copy, which has 3")
    assert do("digest", "--store", target).stdout == do("digest", "--store", url).stdout


def test_a_backup_and_its_way_back(url: str, tmp_path: Path) -> None:
    file, again = tmp_path / "night.backup", f"sqlite:///{tmp_path / 'again.db'}"
    due = do("digest", "--store", url).stdout.strip()
    done = do("backup", url, str(file))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"backed up {url} to {file}: digest {due}\n"
    done = do("restore", str(file), again)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"restored {again} from {file}: digest {due}\n"
    for arguments in (("backup", url, str(file)), ("restore", str(file), again)):
        done = do(*arguments)
        assert done.exit_code == 2
        assert "is there already, and nothing is replaced" in done.stderr


def test_a_backup_of_one_moment_says_that_nothing_was_compared(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "provgraph.commands.copying.back_up", lambda *_: Written("3f", is_compared=False)
    )
    done = do("backup", url, str(tmp_path / "x"))
    assert (done.exit_code, done.stdout) == (0, f"backed up {url} to {tmp_path / 'x'}: digest 3f\n")
    assert "somebody has loaded meanwhile, so the digests were not compared" in done.stderr


def test_a_backup_of_nothing(tmp_path: Path) -> None:
    done = do("backup", f"sqlite:///{tmp_path / 'no.db'}", str(tmp_path / "x"))
    assert (done.exit_code, "there is no store at" in done.stderr) == (2, True)
    done = do("restore", str(tmp_path / "x"), f"sqlite:///{tmp_path / 'no.db'}")
    assert (done.exit_code, "there is no backup at" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())
