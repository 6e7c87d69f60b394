"""How long the command takes to say anything at all."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Figure, at_most, medians


def figures() -> Iterator[Figure]:
    """Whole processes."""
    command = Path(sys.executable).with_name("provgraph")
    subjects = {
        "ours": _running(str(command), "--help"),
        "reference": _running(sys.executable, "-c", "import click"),
    }
    taken = medians(subjects, rounds=15, warm_up=3)
    yield at_most(
        "`provgraph --help`; `python -c 'import click'`", taken["ours"], taken["reference"], 2.5
    )


def _running(*command: str) -> Callable[[int], object]:
    return lambda _turn: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
