"""GAVO DaCHS, which serves the tables of ``provgraph sync --provtap`` by TAP."""

import os
import subprocess
import urllib.request
from pathlib import Path

from provgraph.relational_mirror.dachs import resource_description
from tests.services.process import HOST, PASSWORD, Server, free_port

_SCRIPT = Path(__file__).parents[2] / "docker" / "tap" / "serve.sh"


class DachsServer(Server):
    """DaCHS as the service ``tap`` of docker/compose.yml runs it, by the same script."""

    name = "dachs"

    def __init__(self, *, port: int, database: str, user: str) -> None:
        """Take a database on this machine.

        Args:
            port: of PostgreSQL.
            database: its name.
            user: a superuser; its password is that of the tests.
        """
        super().__init__()
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}/tap"
        self._database = {
            "PGHOST": HOST,
            "PGPORT": str(port),
            "PGDATABASE": database,
            "PGUSER": user,
            "PGPASSWORD": PASSWORD,
        }

    def _prepare(self) -> None:
        (self.home / "q.rd").write_text(resource_description(), encoding="utf-8")

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                (str(_SCRIPT),),
                cwd=self.home,
                env={
                    **self._database,
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.home),
                    "LC_ALL": "C.UTF-8",
                    "TAP_ROOT": str(self.home),
                    "TAP_PORT": str(self.port),
                    "TAP_URL": self.url.removesuffix("/tap"),
                    "TAP_DESCRIPTION": str(self.home / "q.rd"),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _ping(self) -> None:
        with urllib.request.urlopen(f"{self.url}/availability", timeout=30) as answer:
            answer.read()
