"""Python environments of other programs' own, made once from pinned requirements."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .maven import CACHE
from .process import ServiceUnavailable


def python_with(requirements: Path) -> Path:
    """The interpreter of an environment that has the packages of a file; made when it is not there.

    pip takes the packages as they are listed, without asking whether they say that they fit each
    other.
    """
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{requirements.stem}-{digest}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if not complete.exists():
        print(f"making an environment for {requirements.stem} (once)", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run((sys.executable, "-m", "venv", str(folder)), check=True)
        packages = (
            "install",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            "-r",
            str(requirements),
        )
        done = subprocess.run(
            (str(python), "-m", "pip", *packages), check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise ServiceUnavailable(
                f"pip could not fetch {requirements.stem}: {done.stderr[-2000:]}",
                where=str(requirements),
                todo="check that pip reaches its package index",
            )
        complete.touch()
    return python
