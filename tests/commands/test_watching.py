"""``provgraph watch`` as a timer calls it. Watching itself: tests/collecting."""

import json
import os
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from provgraph.commands.main import main
from tests.conftest import LOGS


def watch(folder: Path, *arguments: str) -> Result:
    store = f"sqlite:///{folder / 'store.db'}"
    return CliRunner(env={"PROVGRAPH_SPOOL": str(folder / "spool")}).invoke(
        main, ["watch", "--store", store, "--once", "--interval", "0.05", *arguments]
    )


def let_rest(file: Path) -> None:
    """Age a file by ten seconds: one that changed just now is left for a later look."""
    modified = file.stat().st_mtime - 10
    os.utime(file, (modified, modified))


def test_what_is_dropped_into_a_folder_is_loaded(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    let_rest(Path(shutil.copy(LOGS / "merge.provlog", drop)))
    done = watch(tmp_path, str(drop), "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["status"]) == (0, "loaded")
    assert done.stderr == "1 loaded\n"
    assert watch(tmp_path, str(drop)).stderr == "1 known before\n"


def test_an_empty_folder_is_nothing_to_load(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    done = watch(tmp_path, str(drop))
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "nothing to load\n")


def test_without_a_folder_the_spool_is_made_and_watched(tmp_path: Path) -> None:
    assert watch(tmp_path).exit_code == 0
    assert (tmp_path / "spool").is_dir()


def test_a_refused_file_is_exit_1(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "broken.provlog").write_text('[{"activity_name"')
    let_rest(drop / "broken.provlog")
    done = watch(tmp_path, str(drop), "--patience", "0")
    assert done.exit_code == 1
    assert "refused" in done.stdout


def test_a_time_limit_needs_once(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    done = CliRunner().invoke(main, ["--store", store, "watch", str(tmp_path), "--timeout", "1"])
    assert (done.exit_code, "--timeout is for --once" in done.stderr) == (2, True)
