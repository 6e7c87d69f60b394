"""The table of commands."""

import subprocess
import sys

import click
import pytest

from provgraph import __version__
from provgraph.commands.main import COMMANDS, main
from provgraph.commands.running import LaterCommand
from tests.commands.shell import Shell


def test_every_command_has_help(newcomer: Shell) -> None:
    listed = [
        line.split()[0]
        for line in newcomer("--help").stdout.split("Commands:")[1].splitlines()
        if line.strip()
    ]
    assert sorted(listed) == sorted(main.commands)
    for command in listed:
        assert newcomer(command, "--help").stdout.startswith("Usage: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_itself_says(name: str) -> None:
    later = main.commands[name]
    assert isinstance(later, LaterCommand)
    command = later.imported()
    assert command.name == name
    assert later.get_short_help_str(10_000) == command.get_short_help_str(10_000)


@pytest.mark.slow
def test_help_and_version_import_no_family() -> None:
    code = (
        "import sys\n"
        "from provgraph.commands.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "print(sorted(name for name in sys.modules if name.startswith('provgraph.')))"
    )
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", code, option], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == str(
            [
                "provgraph.commands",
                "provgraph.commands.main",
                "provgraph.commands.running",
                "provgraph.errors",
            ]
        )


def test_the_version(newcomer: Shell) -> None:
    assert newcomer("--version").stdout == f"provgraph, version {__version__}\n"


def test_a_command_that_there_is_not(newcomer: Shell) -> None:
    done = newcomer("what-made")
    assert (done.returncode, "No such command 'what-made'" in done.stderr) == (2, True)


def test_the_shell_completes_the_options_of_a_command() -> None:
    with main.make_context("provgraph", ["stats"]) as context:
        inner = main.commands["stats"].make_context("stats", [], parent=context)
    assert isinstance(inner.command, click.Command)
    assert [item.value for item in inner.command.shell_complete(inner, "--js")] == ["--json"]
