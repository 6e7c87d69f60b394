"""A user at the command line: real processes in an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

DL3 = "/data/ctao/dl3/run02001.dl3.fits"


class Shell:
    """A user in an empty folder with a store of her own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "store.db"

    def __call__(
        self, *arguments: str, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, with further variables of the environment."""
        kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        environment = {
            **kept,
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "PROVGRAPH_STORE": f"sqlite:///{self.store}",
            **variables,
        }
        command = [str(Path(sys.executable).parent / "provgraph"), *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, cwd=self.folder, env=environment, check=False
        )
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.decode(), done.stderr.decode()
        )
