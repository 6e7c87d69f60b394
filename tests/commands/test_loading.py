"""Sources into a store, as a user loads them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from provgraph.commands.main import main
from provgraph.errors import UnreachableError
from provgraph.store.relational.store import RelationalStore
from tests.commands.shell import Shell
from tests.conftest import LOGS


def test_standard_input_and_gzip(newcomer: Shell) -> None:
    data = (LOGS / "merge.provlog").read_bytes()
    report = json.loads(newcomer("load", "-", "--json", stdin=data).stdout)
    assert (report["source"], report["format"], report["status"], report["activities"]) == (
        "-",
        "ctapipe",
        "loaded",
        2,
    )
    again = json.loads(newcomer("load", str(LOGS / "merge.provlog"), "--json").stdout)
    assert (again["status"], again["load"]) == ("unchanged", report["load"])


def test_the_store_is_for_its_owner_only(full_shell: Shell) -> None:
    assert full_shell.store.stat().st_mode & 0o077 == 0


def test_a_report_says_where_what_cannot_be_read_stands(newcomer: Shell) -> None:
    cut = newcomer.folder / "cut.provlog"
    cut.write_bytes((LOGS / "merge.provlog").read_bytes()[:-20])
    done = newcomer("load", str(cut))
    assert done.returncode == 1
    assert done.stdout.startswith(f"partial    {cut}  1 activity, ")
    assert done.stderr.startswith(f"{cut}: byte ")


def test_files_that_are_none_of_ours_are_counted_in_a_pipe_too(newcomer: Shell) -> None:
    folder = newcomer.folder / "mixed"
    folder.mkdir()
    (folder / "notes.txt").write_text("nothing of ours")
    (folder / "merge.provlog").write_bytes((LOGS / "merge.provlog").read_bytes())
    done = newcomer("load", str(folder))
    assert done.returncode == 0
    assert done.stderr == (
        "passed over 1 file of no format that provgraph reads\n"
        "1 source (1 loaded): 2 activities, 6 entities, 6 relations\n"
    )
    assert newcomer("load", str(folder), "--json").stderr == ""


def test_jobs_are_not_for_a_spool(newcomer: Shell) -> None:
    done = newcomer("load", "--spool", "spool", "--jobs", "2", str(LOGS / "merge.provlog"))
    assert (done.returncode, "--jobs is not for --spool" in done.stderr) == (2, True)


@pytest.mark.slow
def test_a_load_without_a_spool_imports_nothing_of_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from provgraph.commands.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith('provgraph.collecting')])"
    )
    arguments = ["load", "--store", f"sqlite:///{tmp_path / 'x.db'}", str(LOGS / "merge.provlog")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PROVGRAPH_SPOOL": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_spool_that_cannot_be_read_is_told_and_keeps_no_load_back(
    newcomer: Shell, tmp_path: Path
) -> None:
    (tmp_path / "spool").write_text("a file where the spool should be")
    done = newcomer("load", str(LOGS / "merge.provlog"), PROVGRAPH_SPOOL=str(tmp_path / "spool"))
    assert (done.returncode, done.stdout.split()[0]) == (0, "loaded")
    assert "not all that waits in" in done.stderr


@pytest.mark.parametrize("scheme", ["postgresql", "bolt"])
def test_a_load_waits_for_a_server_that_is_away(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.store.waiting.PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr("provgraph.store.neo4j.connection.FIRST_RETRY_SECONDS", 0.1)
    url = f"{scheme}://u:very-secret@127.0.0.1:1/x"
    done = CliRunner().invoke(main, ["load", str(LOGS / "merge.provlog"), "--store", url])
    assert done.exit_code == 3
    assert "trying again for" in done.stderr
    assert "very-secret" not in done.stderr


def test_a_load_goes_on_when_the_server_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provgraph.store.waiting._FIRST_PAUSE", 0.01)
    made, tries = RelationalStore.make, []

    def make(store: RelationalStore) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise UnreachableError("away")
        made(store)

    monkeypatch.setattr(RelationalStore, "make", make)
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done = CliRunner().invoke(main, ["load", str(LOGS / "merge.provlog"), "--store", url])
    assert (done.exit_code, done.stdout.split()[0]) == (0, "loaded")
    assert "away; trying again for" in done.stderr


def test_totals_end_a_load(newcomer: Shell) -> None:
    merge, irf = (str(LOGS / f"{name}.provlog") for name in ("merge", "irf"))
    first = newcomer("load", merge)
    assert first.stderr.startswith("1 source (1 loaded): 2 activities, ")
    lines = [line.split("  ") for line in newcomer("load", merge, irf).stdout.splitlines()]
    counted_up = newcomer("load", merge, irf, "absent.provlog")
    total = counted_up.stderr.splitlines()[-1]
    assert total.startswith("3 sources (2 unchanged, 1 refused): ")
    named = sum(int(line[-1].split()[0]) for line in lines)
    assert f": {named} activities, " in total


def test_a_quiet_load_tells_only_what_is_wrong(newcomer: Shell) -> None:
    merge = str(LOGS / "merge.provlog")
    done = newcomer("load", merge, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    mixed = newcomer("load", merge, "absent.provlog", "--quiet")
    assert mixed.returncode == 1
    assert mixed.stdout == f"refused    {newcomer.folder / 'absent.provlog'}\n"
    assert "No such file" in mixed.stderr
    assert "source" not in mixed.stderr.rpartition("No such file")[2]


def test_a_source_is_found_again_from_any_folder(newcomer: Shell) -> None:
    (newcomer.folder / "logs").mkdir()
    log = newcomer.folder / "logs" / "merge.provlog"
    log.write_bytes((LOGS / "merge.provlog").read_bytes())
    for name in ("logs/merge.provlog", "./logs", "logs/../logs/merge.provlog"):
        report = json.loads(newcomer("load", name, "--json").stdout)
        assert report["source"] == str(log)
    [listed] = newcomer("loads", "--json").stdout.splitlines()
    assert json.loads(listed)["source"] == str(log)
    assert f"  {log}  (2 activities)" in newcomer("loads").stdout
