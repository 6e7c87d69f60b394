"""``provgraph sync`` as a user and a timer meet it."""

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from provgraph.commands.main import main
from tests.conftest import LOGS
from tests.relational_mirror.conftest import ask, do, rows_in


class Shell:
    """A user with a store and a mirror."""

    def __init__(self, folder: Path, mirror: str) -> None:
        self.store = f"sqlite:///{folder / 'store.db'}"
        self.mirror = mirror

    def load(self, name: str) -> None:
        assert (
            CliRunner().invoke(main, ["load", str(LOGS / name), "--store", self.store]).exit_code
            == 0
        )

    def __call__(self, *options: str, mirror: str | None = None) -> Result:
        return CliRunner().invoke(
            main, ["sync", "--to", mirror or self.mirror, "--store", self.store, *options]
        )


@pytest.fixture
def shell(tmp_path: Path, mirror_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("provgraph.store.waiting.PATIENCE_SECONDS", 0.5)
    shell = Shell(tmp_path, mirror_url)
    shell.load("irf.provlog")
    return shell


def test_a_sync_says_what_it_did(shell: Shell, tmp_path: Path) -> None:
    first = shell()
    assert first.exit_code == 0, first.stderr
    assert first.stdout.startswith("synced: full (first sync)")
    shell.load("train_energy.provlog")
    would = json.loads(shell("--dry-run", "--json").stdout)
    assert (would["status"], would["mode"]) == ("not synced", "incremental")
    metrics = tmp_path / "mirror.prom"
    (line,) = shell("--json", "--metrics", str(metrics)).stdout.splitlines()
    done = json.loads(line)
    assert (done["status"], done["turns"], done["behind"]) == ("synced", 1, 0)
    assert done["counts"] == would["counts"]
    assert done["rows"]["activities"] == ask(shell.mirror, "SELECT count(*) FROM activities")[0][0]
    text = metrics.read_text()
    assert "provgraph_mirror_last_success_timestamp_seconds 1" in text
    assert (
        f'provgraph_mirror_rows{{table="activities"}} {float(done["rows"]["activities"])}' in text
    )
    assert "provgraph_mirror_lag_loads 0.0" in text
    assert "provgraph_mirror_seconds " in text
    assert [path.name for path in tmp_path.glob("*mirror*")] == ["mirror.prom"]


def test_verify_is_exit_1_when_a_row_is_not_as_it_should_be(shell: Shell) -> None:
    assert shell("--verify").exit_code == 1  # there is none yet
    shell()
    assert (shell("--verify").exit_code, shell("--verify").stdout) == (0, "")
    do(
        shell.mirror,
        "UPDATE activities SET name = 'x'||chr(27)||'[31m' "
        "WHERE id = (SELECT min(id) FROM activities)",
    )
    done = shell("--verify")
    assert done.exit_code == 1
    assert done.stdout.startswith("different")
    assert "activities" in done.stdout
    assert "\x1b" not in done.stdout
    verdict = json.loads(shell("--verify", "--json").stdout)
    assert verdict["status"] == "different"
    assert [each["table"] for each in verdict["differences"]] == ["activities"]
    assert shell("--full").exit_code == 0
    assert json.loads(shell("--verify", "--json").stdout)["status"] == "equal"


def test_wrong_usage_is_exit_2(shell: Shell) -> None:
    assert shell("--verify", "--full").exit_code == 2
    assert shell("--dry-run", "--metrics", "x").exit_code == 2
    alone = shell("--replace")
    assert (alone.exit_code, "give --full" in alone.stderr) == (2, True)
    for wrong in (
        "mysql://x/y",
        "postgresql://u:secret-word@",
        "postgresql://u:secret-word@h/d?x=1",
    ):
        done = shell(mirror=wrong)
        assert done.exit_code == 2
        assert "secret-word" not in done.stderr


def test_a_refusal_is_exit_1(shell: Shell) -> None:
    do(shell.mirror, "CREATE TABLE mine (x int)")
    done = shell()
    assert done.exit_code == 1
    assert "mine" in done.stderr


def test_a_mistyped_store_empties_no_mirror(shell: Shell, tmp_path: Path) -> None:
    shell()
    before = rows_in(shell.mirror)
    shell.store = f"sqlite:///{tmp_path / 'stor.db'}"
    mistyped = shell()
    assert (mistyped.exit_code, "there is no store at" in mistyped.stderr) == (2, True)
    shell.load("merge.provlog")
    other = shell()
    assert other.exit_code == 1
    assert str(tmp_path / "store.db") in other.stderr
    assert str(tmp_path / "stor.db") in other.stderr
    assert rows_in(shell.mirror) == before
    taken = shell("--full", "--replace")
    assert taken.exit_code == 0
    assert rows_in(shell.mirror) != before


def test_passwords_come_from_the_environment_and_are_never_shown(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = psycopg.conninfo.conninfo_to_dict(shell.mirror)
    password = str(address["password"])
    without = shell.mirror.replace(f":{password}@", "@")
    monkeypatch.setenv("PROVGRAPH_MIRROR_PASSWORD", password)
    assert shell(mirror=without).exit_code == 0
    monkeypatch.setenv("PROVGRAPH_MIRROR_PASSWORD", "wrong-secret")
    refused = shell(mirror=without)
    assert refused.exit_code == 2
    assert "the user name or the password is wrong" in refused.stderr
    assert "PROVGRAPH_MIRROR_PASSWORD" in refused.stderr
    assert "FATAL" not in refused.stderr
    assert "wrong-secret" not in refused.stderr
    monkeypatch.delenv("PROVGRAPH_MIRROR_PASSWORD")
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"*:*:*:*:{password}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    assert shell(mirror=without).exit_code == 0
