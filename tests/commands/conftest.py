"""Users with a store that holds all real logs, and with an empty one."""

import json
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.conftest import LOGS
from tests.relational_mirror.conftest import mirror_url

__all__ = ["mirror_url"]


@pytest.fixture(scope="session")
def full_shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell whose store holds all real logs."""
    shell = Shell(tmp_path_factory.mktemp("user"))
    loaded = shell("load", str(LOGS), "--json")
    assert loaded.returncode == 1  # two logs are cut off
    reports = [json.loads(line) for line in loaded.stdout.splitlines()]
    assert len(reports) == 47
    assert {report["status"] for report in reports} == {"loaded", "partial"}
    return shell


@pytest.fixture
def newcomer(tmp_path: Path) -> Shell:
    """A shell with nothing loaded."""
    return Shell(tmp_path)
