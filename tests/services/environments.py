"""Python environments of other programs' own, made once from pinned requirements."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from .maven import CACHE
from .process import ServiceUnavailable

#: The packages with which services of the Virtual Observatory are asked.
PYVO = Path(__file__).with_name("pyvo.txt")


def python_with(requirements: Path) -> Path:
    """The interpreter of an environment that has the packages of a file.

    The environment is made when it is not there, under a lock: two test runs may ask at once. pip
    takes the packages as they are listed, without asking whether they say that they fit each other.

    Args:
        requirements: pinned packages, one a line.

    Raises:
        ServiceUnavailable: pip can't fetch them.
    """
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{requirements.stem}-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{requirements.stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            _make(folder, requirements)
    return folder / "bin" / "python"


def _make(folder: Path, requirements: Path) -> None:
    print(f"making an environment for {requirements.stem} (once)", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run((sys.executable, "-m", "venv", str(folder)), check=True)
    command = (
        *(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--disable-pip-version-check", "-r", str(requirements)),
    )
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ServiceUnavailable(
            f"pip could not fetch {requirements.stem}: {done.stderr[-2000:]}",
            where=str(requirements),
            todo="check that pip reaches its package index",
        )
    (folder / "complete").touch()
