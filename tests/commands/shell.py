"""A user at the command line in an empty folder.

Commands run in the process of the tests, which takes a small part of the time that a process of
their own takes. Where the process is the point (signals, pipes, terminals, imports) a test starts
one itself.
"""

import gc
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from provgraph.commands.main import main

DL3 = "/data/ctao/dl3/run02001.dl3.fits"


class Shell:
    """A user in an empty folder with a store of her own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "store.db"

    def __call__(
        self, *arguments: str, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, with further variables of the environment.

        An exception that the command lets through is raised: a user would see a traceback.
        """
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "PROVGRAPH_STORE": f"sqlite:///{self.store}",
            **variables,
        }
        command = [str(Path(sys.executable).parent / "provgraph"), *arguments]
        with (
            chdir(self.folder),
            patch.dict(os.environ, environment, clear=True),
            patch.object(sys, "argv", command),
            _unchanged(),
        ):
            done = CliRunner().invoke(main, arguments, input=stdin, prog_name="provgraph")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)


@contextmanager
def _unchanged() -> Iterator[None]:
    """Give back what a command sets for the whole process."""
    ours, threshold = logging.getLogger("provgraph"), gc.get_threshold()
    handlers, propagates = ours.handlers, ours.propagate
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        ours.handlers, ours.propagate = handlers, propagates
