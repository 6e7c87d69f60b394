"""Runs our services of docker/compose.yml on a machine without docker.

buildah runs the image with the command, the environment and the secrets of the file. The network is
this machine's, so the names of other services are replaced by their addresses. Images of others
can't be fetched without a registry: servers of the tests stand in for Neo4j and PostgreSQL. What
needs an engine is left out: a read-only root, tmpfs, limits of memory, restarts.
"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.services.process import HOST, free_port, tail

#: Where compose puts secrets into a container.
SECRETS: Final = "/run/secrets"
#: ``${NAME:-default}``, and ``$$`` for a dollar (Compose specification, 12: Interpolation).
_VARIABLE: Final = re.compile(r"\$(?:\$|\{\w+:-([^}]*)\})")


@dataclass(frozen=True)
class Images:
    """The images that docker/build.sh made.

    Attributes:
        store: the folder where buildah keeps them.
    """

    store: Path

    def buildah(self, *arguments: str) -> str:
        """Run a command of buildah, and return what it prints."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def command(self, *arguments: str) -> list[str]:
        """The words of a command of buildah with these images."""
        kept = ("--root", str(self.store / "root"), "--runroot", str(self.store / "run"))
        return ["buildah", "--storage-driver", "vfs", *kept, *arguments]

    def configuration(self, image: str) -> dict[str, Any]:
        """What an image says of itself: Entrypoint, Cmd, Healthcheck …"""
        said = json.loads(self.buildah("inspect", "--type", "image", image))
        found: dict[str, Any] = said["Docker"]["config"]
        return found


class RunningService:
    """A service that was started, and where it answers: at a port of its own instead of 8000."""

    def __init__(
        self, images: Images, container: str, options: list[str], health: list[str], port: int
    ) -> None:
        self.url = f"http://{HOST}:{port}"
        self._images, self._container = images, container
        self._options, self._health = options, health

    def is_healthy(self) -> bool:
        """Whether the service's own health check passes, run beside it in its container."""
        run = ("run", "--isolation", "chroot", *self._options, self._container, "--")
        checked = subprocess.run(
            self._images.command(*run, *self._health), capture_output=True, check=False
        )
        return checked.returncode == 0


@contextmanager
def running(
    images: Images,
    image: str,
    service: Mapping[str, Any],
    secrets: Path,
    addresses: Mapping[str, str],
) -> Iterator[RunningService]:
    """Run a service of the compose file.

    Args:
        images: where the image is.
        image: that stands for the one that the file builds.
        service: as the file has it.
        secrets: a folder with a file for each secret, under its name.
        addresses: ``name:port`` of another service → where it is on this machine.

    Yields:
        The service, which is stopped when the context ends.
    """
    said, port = images.configuration(image), free_port()
    own = {"0.0.0.0": HOST, "8000": str(port)}
    entry = service.get("entrypoint") or said["Entrypoint"]
    command = service.get("command") or said["Cmd"]
    health = service.get("healthcheck", {}).get("test") or said["Healthcheck"]["Test"]
    options = _options(service, secrets, addresses)
    container = images.buildah("from", "--pull-never", image)
    log = secrets / "service.log"
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                images.command(
                    *("run", "--isolation", "chroot", *options, container, "--"),
                    *(_replaced(_interpolated(word), own) for word in (*entry, *command)),
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            words = [_replaced(word, own) for word in health[1:]]
            yield RunningService(images, container, options, words, port)
            assert process.poll() is None, tail(log)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    finally:
        images.buildah("rm", container)


def _options(service: Mapping[str, Any], secrets: Path, addresses: Mapping[str, str]) -> list[str]:
    """The environment and the secrets of a service, as buildah takes them."""
    options = []
    for name, value in service.get("environment", {}).items():
        options += ["--env", f"{name}={_replaced(_interpolated(str(value)), addresses)}"]
    for name in service.get("secrets", ()):
        options += ["--volume", f"{secrets / name}:{SECRETS}/{name}:ro"]
    if set(service.get("cap_drop", ())) == {"ALL"}:
        options += ["--cap-drop", "ALL"]
    return options


def _interpolated(text: str) -> str:
    return _VARIABLE.sub(lambda found: "$" if found[0] == "$$" else found[1], text)


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text
