"""The table of commands."""

import json
from pathlib import Path

from provgraph.commands.main import main
from tests.commands.shell import Shell
from tests.conftest import CORPUS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[2] / "docs"


def test_every_command_has_help(newcomer: Shell) -> None:
    listed = [
        line.split()[0]
        for line in newcomer("--help").stdout.split("Commands:")[1].splitlines()
        if line.strip()
    ]
    assert sorted(listed) == sorted(main.commands)
    for command in listed:
        assert newcomer(command, "--help").stdout.startswith("Usage: ")
