"""The jobs of every night that the documentation shows: they name all they need, and they run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LOGS
from tests.processes import DEADLINE
from tests.relational_mirror.conftest import ask
from tests.services import PostgresServer

PAGE = (Path(__file__).parents[1] / "docs" / "how-to" / "mirror.md").read_text()
STORE = "neo4j://provgraph@db.example.org:7687/neo4j"
MIRROR = "postgresql://ctaprov@db.example.org/ctaprov"
PROGRAM = "/opt/provgraph/bin/provgraph"
#: Where the page keeps files, and the folder of a test for them.
FOLDERS = ("/etc/provgraph", "/var/log/provgraph", "/var/lib/node_exporter")


def block(language: str) -> str:
    """The first block of code of a language on the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found, language
    return found[1]


class Machine:
    """The machine of the page: its folders and its servers are those of a test.

    Attributes:
        mirror: the database that the page calls its mirror.
    """

    def __init__(self, folder: Path, server: PostgresServer, name: str) -> None:
        self._folder = folder
        self._password = server.password
        self.store = server.create_database(f"store_{name}")
        self.mirror = server.create_database(f"mirror_{name}")
        self.variables: dict[str, str] = {}
        for each in FOLDERS:
            (folder / each.strip("/")).mkdir(parents=True)
        for each in ("store-password", "mirror-password"):
            (folder / "etc/provgraph" / each).write_text(f"{server.password}\n")

    def here(self, text: str) -> str:
        """A text of the page with what is here instead of what is there."""
        for each in FOLDERS:
            text = text.replace(each, str(self._folder / each.strip("/")))
        for url, ours in ((STORE, self.store), (MIRROR, self.mirror)):
            text = text.replace(url, ours.replace(f":{self._password}@", "@"))
        return text.replace(PROGRAM, f"{sys.executable} -m provgraph.commands.main")

    def run(self, command: str, **more: str) -> None:
        """Run a command with nothing but what the page gives it."""
        kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env={**kept, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **self.variables, **more},
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def load(machine: Machine) -> None:
    command = f"{sys.executable} -m provgraph.commands.main load {LOGS / 'irf.provlog'}"
    machine.run(command, PROVGRAPH_STORE=machine.store)


def assert_is_mirrored(machine: Machine) -> None:
    [(activities,)] = ask(machine.mirror, "SELECT count(*) FROM activities")
    assert activities > 0


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer
) -> Machine:
    made = Machine(tmp_path, postgres_server, request.node.name.removeprefix("test_what_"))
    load(made)
    return made


def test_what_the_timer_of_systemd_starts(machine: Machine, tmp_path: Path) -> None:
    settings = [line.split("=", 1) for line in block("ini").splitlines() if "=" in line]
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for name, value in settings:
        if name == "LoadCredential":
            credential, file = value.split(":")
            (credentials / credential).write_bytes(Path(machine.here(file)).read_bytes())
        elif name == "Environment":
            variable, content = value.split("=", 1)
            machine.variables[variable] = machine.here(content).replace("%d", str(credentials))
    [command] = [value for name, value in settings if name == "ExecStart"]
    machine.run(machine.here(command))
    assert_is_mirrored(machine)
    [metrics] = (tmp_path / "var/lib/node_exporter").iterdir()
    assert "provgraph_mirror_last_success_timestamp_seconds" in metrics.read_text()


def test_what_cron_starts(machine: Machine, tmp_path: Path) -> None:
    *settings, job = block("crontab").splitlines()
    machine.variables |= dict(machine.here(line).split("=", 1) for line in settings)
    fields = job.split(" ", 6)
    assert fields[5] == "provgraph"  # the user, as in all files of /etc/cron.d
    machine.run(machine.here(fields[6]))
    assert_is_mirrored(machine)
    [log] = (tmp_path / "var/log/provgraph").iterdir()
    assert '"status": "synced"' in log.read_text()


def test_what_a_person_types(machine: Machine) -> None:
    lines = [line.partition("  #")[0] for line in block("sh").splitlines()]
    commands = [line for line in lines if not line.startswith("createdb")]
    program = shlex.join([sys.executable, "-m", "provgraph.commands.main"])
    script = "\n".join(re.sub(r"^provgraph ", f"{program} ", line) for line in commands)
    machine.run(machine.here(f"set -e\n{script}"))
    assert_is_mirrored(machine)


@pytest.mark.parametrize("language", ["ini", "crontab"])
def test_nothing_is_left_to_chance(language: str) -> None:
    for each in (
        f"PROVGRAPH_STORE={STORE}",
        "PROVGRAPH_STORE_PASSWORD_FILE=",
        "PROVGRAPH_MIRROR_PASSWORD_FILE=",
        f"--to {MIRROR}",
    ):
        assert each in block(language)
