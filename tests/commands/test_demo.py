"""The demonstration answers with what it installs."""

from tests.commands.shell import Shell


def test_the_demonstration(newcomer: Shell) -> None:
    done = newcomer("demo")
    assert done.returncode == 0
    assert "27 runs, 43 files" in done.stdout
    assert "provgraph serve" in done.stdout
    assert "--format svg" in done.stdout
