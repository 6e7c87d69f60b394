"""Python environments of other programs' own, made once from pinned requirements."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.measure import say
from bench.night import CACHE


def python_with(requirements: Path) -> Path:
    """The interpreter of an environment that has the packages of a file; made when it is not there.

    pip takes the packages as they are listed, without asking whether they say that they fit each other.
    """
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{requirements.stem}-{digest}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if not complete.exists():
        say(f"making an environment for {requirements.stem} (once)")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run((sys.executable, "-m", "venv", str(folder)), check=True)
        packages = ("install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", str(requirements))
        subprocess.run((str(python), "-m", "pip", *packages), check=True)
        complete.touch()
    return python
