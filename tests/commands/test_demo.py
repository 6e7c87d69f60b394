"""The demonstration answers with what it installs."""

import json
from pathlib import Path

from tests.commands.shell import Shell
from tests.conftest import CORPUS

EXPECTED = json.loads((CORPUS / "ctapipe" / "expected_lineage.json").read_text())
DOCS = Path(__file__).parents[2] / "docs"


def test_the_demonstration(newcomer: Shell) -> None:
    done = newcomer("demo")
    assert done.returncode == 0
    assert "27 runs, 43 files" in done.stdout
    assert "provgraph serve" in done.stdout
    assert "--format svg" in done.stdout
