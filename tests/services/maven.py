"""Java programs for the tests, as Maven artifacts.

Each has a pom.xml of its own with pinned versions.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .process import Server, ServiceUnavailable

CACHE = Path(
    os.environ.get("PROVGRAPH_SERVICES_CACHE", Path(__file__).parents[2] / ".services")
).absolute()


def jars(name: str, pom: Path, cache: Path = CACHE) -> Path:
    """The folder with a program's jars, fetched on the first call.

    Its name has a hash of pom.xml, so that another version is another folder.
    It appears by a rename only when complete, under a lock: two test runs may
    start at once, and one may be interrupted.
    """
    lib = cache / f"{name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    if lib.is_dir():
        return lib
    mvn = program("mvn")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n")  # the cache keeps itself out of git
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if lib.is_dir():  # the other process did it while this one waited
            return lib
        with tempfile.TemporaryDirectory(dir=cache, prefix=f"{name}-part-") as part:
            done = subprocess.run(
                [
                    *(mvn, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"),
                    f"-DoutputDirectory={part}/lib",
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,  # the error below says more than CalledProcessError
                text=True,
            )
            if done.returncode:
                raise ServiceUnavailable(
                    f"Maven could not fetch {name}: {(done.stdout + done.stderr)[-2000:]}",
                    where=str(pom),
                    todo="check that mvn reaches its artifact repository (~/.m2/settings.xml)",
                )
            os.rename(f"{part}/lib", lib)
    return lib


def program(name: str) -> str:
    """The path of a program that tests/services/install.sh installs."""
    path = shutil.which(name)
    if path is None:
        raise ServiceUnavailable(f"no {name}", where="PATH", todo=Server.install_hint)
    return path
