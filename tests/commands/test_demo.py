"""The demonstration answers with what it installs."""

import pytest

from tests.commands.shell import Shell


def test_the_demonstration(newcomer: Shell) -> None:
    done = newcomer("demo")
    assert done.returncode == 0
    assert "27 runs, 43 files" in done.stdout
    assert "provgraph serve" in done.stdout
    assert "--format svg" in done.stdout


def test_the_demonstration_leaves_the_users_own_store_alone(
    newcomer: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(newcomer.folder))
    done = newcomer("demo")
    assert not newcomer.store.exists()
    [made] = newcomer.folder.glob("provgraph-demo-*/demo.db")
    assert f"17 provenance logs with 28 runs into sqlite:///{made}" in done.stderr
    assert f"export PROVGRAPH_STORE=sqlite:///{made}" in done.stdout
    chosen = newcomer.folder / "chosen.db"
    newcomer("demo", "--store", f"sqlite:///{chosen}")
    assert chosen.exists()
