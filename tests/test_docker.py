"""The container files: linted, valid, closed to the network, and an image that answers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.services import Neo4jServer

ROOT = Path(__file__).parents[1]
DOCKER = ROOT / "docker"
COMPOSE_TEXT = (DOCKER / "compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def tool(name: str) -> str:
    """A program that came with a Python package, from this environment."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"no {name}: it comes with the test extra"
    return found


def passes(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_passes() -> None:
    passes(tool("hadolint"), "docker/Dockerfile")


def test_compose_follows_the_compose_specification() -> None:
    # check-jsonschema carries a copy of the official schema: no network.
    passes(
        *(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"),
        "docker/compose.yml",
    )


def test_a_wrong_compose_file_is_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yml"
    wrong.write_text(COMPOSE_TEXT.replace("mem_limit:", "memory_limit:"))
    with pytest.raises(AssertionError, match="memory_limit"):
        passes(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(wrong))


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"mirror"}))  # which nobody asks anything
def test_ports_are_published_on_this_machine_only(name: str) -> None:
    service = SERVICES[name]
    assert service["ports"], "every service here is reached from the host"
    assert all(str(port).startswith("127.0.0.1:") for port in service["ports"])
    assert service.get("network_mode") != "host"


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert not service.get("privileged")
    assert not str(service.get("user", "image's own")).startswith(("0", "root"))


def test_passwords_come_from_files_git_ignores() -> None:
    assert not re.search(r"://[^/\s:@]*:[^/\s@]+@", COMPOSE_TEXT), "a password in a URL"
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASS|AUTH|SECRET|TOKEN", key.upper()):
                assert key.endswith("_FILE"), f"{key} holds its value itself"
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    for secret in COMPOSE["secrets"].values():
        path = DOCKER / secret["file"]
        assert path.parent == DOCKER / "secrets"
        passes("git", "check-ignore", "-q", str(path))
        assert f" {path.name}" in (DOCKER / "secrets" / "README.md").read_text()


def test_the_image_is_not_root_and_checks_its_health() -> None:
    last_stage = (DOCKER / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\S+)", last_stage, re.MULTILINE)
    assert users
    assert int(users[-1].partition(":")[0]) >= 1000
    assert re.search(r"^HEALTHCHECK .*\n.*/healthz", last_stage, re.MULTILINE)


@pytest.mark.image
@pytest.mark.neo4j
@pytest.mark.slow
def test_the_image_builds_and_answers() -> None:
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [name for name in ("buildah", "debootstrap") if not shutil.which(name, path=path)]
    if os.geteuid() != 0:
        missing.append("root")
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    with Neo4jServer(heap="256m", pagecache="64m") as neo4j:
        done = subprocess.run(
            ["bash", str(DOCKER / "build.sh"), "localhost/provgraph:test"],
            env={**os.environ, "PYTHON": sys.executable, "PROVGRAPH_STORE": neo4j.url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/healthz answers" in done.stdout
    assert "/readyz answers" in done.stdout
