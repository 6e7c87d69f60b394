"""The container files: linted, valid, closed to the network, and an image that answers."""

from __future__ import annotations

import copy
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import kubernetes_validate
import psycopg
import pytest
import yaml

from docs.reference.settings_listed import SERVERS, USERS
from provgraph.commands.main import main
from provgraph.ingest.loading import load
from provgraph.relational_mirror.dachs import resource_description
from provgraph.store.registry import open_store
from provgraph.web.app import LOOPBACK
from provgraph.web.roles import right_of
from provgraph.web.server import GRACE
from tests.conftest import LOGS
from tests.processes import until
from tests.services import Neo4jServer, PostgresServer
from tests.services.compose import Images, running
from tests.services.process import HOST

#: What the tests call the image that the compose file builds.
IMAGE = "localhost/provgraph:test"
ROOT = Path(__file__).parents[1]
DOCKER = ROOT / "docker"
COMPOSE_TEXT = (DOCKER / "compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
TAP = DOCKER / "tap" / "Dockerfile"
KUBERNETES = DOCKER / "kubernetes" / "provgraph.yaml"
#: Kind → the manifest of that kind.
MANIFESTS: dict[str, dict[str, Any]] = {
    each["kind"]: each for each in yaml.safe_load_all(KUBERNETES.read_text())
}


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
    files = [str(each.relative_to(ROOT)) for each in DOCKER.rglob("Dockerfile")]
    assert len(files) == 3
    passes(tool("hadolint"), *files)


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


@pytest.mark.parametrize(
    ("folder", "path"), [(DOCKER, "/healthz"), (DOCKER / "tap", "/tap/availability")]
)
def test_an_image_is_not_root_and_checks_its_health(folder: Path, path: str) -> None:
    last_stage = (folder / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\S+)", last_stage, re.MULTILINE)
    assert users
    assert int(users[-1].partition(":")[0]) >= 1000
    assert re.search(rf"^HEALTHCHECK .*\n.*{path}", last_stage, re.MULTILINE)


def test_the_image_of_the_tap_service_has_the_description_of_the_tables() -> None:
    """It is made by the system's Python, which has no packages."""
    code = re.findall(r"^RUN python3 -c '(.*)' \\$", TAP.read_text(), re.MULTILINE)
    command = (sys.executable, "-S", "-c", *code)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == resource_description()


def test_the_mirror_can_make_what_the_tap_service_waits_for() -> None:
    (loop,) = SERVICES["mirror"]["command"]
    words = shlex.split(re.findall(r"if (provgraph .*); then", loop)[0])
    assert words[-1] == "$$PROVGRAPH_MIRROR_OPTIONS"
    main.commands["sync"].make_context("sync", [*words[2:-1], "--provtap"])


@pytest.mark.image
@pytest.mark.slow
def test_the_image_builds_and_runs_as_the_services_of_compose(
    struck_neo4j: Neo4jServer, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [name for name in ("buildah", "debootstrap") if not shutil.which(name, path=path)]
    if os.geteuid() != 0:
        missing.append("root")
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    done = subprocess.run(
        ["bash", str(DOCKER / "build.sh"), IMAGE],
        env={**os.environ, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/healthz answers" in done.stdout
    images = Images(ROOT / ".services" / "images")
    servers: dict[str, Neo4jServer | PostgresServer] = {
        "neo4j_password": struck_neo4j,
        "postgres_password": postgres_server,
    }
    for name, server in servers.items():
        (tmp_path / name).write_text(server.password)
        (tmp_path / name).chmod(0o644)
    tmp_path.chmod(0o755)
    addresses = {
        "neo4j:7687": f"{HOST}:{struck_neo4j.bolt_port}",
        "postgres:5432": f"{HOST}:{postgres_server.port}",
    }
    with closing(open_store(struck_neo4j.url)) as store:
        list(load(store, [str(LOGS)]))
    with running(images, IMAGE, SERVICES["api"], tmp_path, addresses) as api:
        until(api.is_healthy)
        assert httpx.get(f"{api.url}/readyz").status_code == 200
        answer = httpx.post(f"{api.url}/graphql", json={"query": "{ stats { activities } }"})
        assert answer.json()["data"]["stats"]["activities"] > 0
    postgres = SERVICES["postgres"]["environment"]
    assert postgres["POSTGRES_USER"] == postgres_server.user
    mirrored = postgres_server.create_database(postgres["POSTGRES_DB"])
    with running(images, IMAGE, SERVICES["mirror"], tmp_path, addresses):
        until(lambda: _rows(mirrored) > 0)


def _rows(url: str) -> int:
    """How many runs the mirror in a database has; none before there are its tables."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('activities')").fetchone() == (None,):
            return 0
        found = connection.execute("SELECT count(*) FROM activities").fetchone()
    assert found
    return int(found[0])


def pods() -> list[dict[str, Any]]:
    """What each pod is made of."""
    job = MANIFESTS["CronJob"]["spec"]["jobTemplate"]["spec"]
    return [each["template"]["spec"] for each in (MANIFESTS["Deployment"]["spec"], job)]


@pytest.mark.parametrize("kind", sorted(MANIFESTS))
def test_manifests_follow_the_schemas_of_kubernetes(kind: str) -> None:
    # kubernetes-validate carries a copy of the schemas: no network.
    kubernetes_validate.validate(MANIFESTS[kind], "1.31", strict=True)


def test_a_wrong_manifest_is_noticed() -> None:
    wrong = copy.deepcopy(MANIFESTS["Deployment"])
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(wrong, "1.31", strict=True)


def test_pods_may_do_little() -> None:
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert not pod.get("hostNetwork")
        (container,) = pod["containers"]
        allowed = container["securityContext"]
        assert allowed["readOnlyRootFilesystem"]
        assert not allowed["allowPrivilegeEscalation"]
        assert allowed["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        names = {each["name"] for each in pod["volumes"]}
        assert {each["name"] for each in container["volumeMounts"]} == names


def test_pods_are_asked_for_their_health_by_a_name_that_is_allowed() -> None:
    (container,) = pods()[0]["containers"]
    for probe, path in (
        ("livenessProbe", "/healthz"),
        ("startupProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ):
        asked = container[probe]["httpGet"]
        assert (asked["path"], asked["port"]) == (path, container["ports"][0]["name"])
        assert asked["httpHeaders"] == [{"name": "Host", "value": LOOPBACK[0]}]
        assert right_of("GET", path) is None


def test_commands_of_pods_are_those_of_provgraph() -> None:
    """With access control, and with settings that there are."""
    api, backup = (pod["containers"][0] for pod in pods())
    options = main.commands["serve"].make_context("serve", api["args"][1:]).params
    assert (api["args"][0], options["port"], options["insecure"]) == ("serve", 8000, False)
    words = shlex.split(backup["args"][0].partition("\n")[0])
    assert words[0] == "provgraph"
    main.commands[words[1]].make_context(words[1], words[2:])
    known = {each.name for each in (*USERS, *SERVERS)}
    assert MANIFESTS["ConfigMap"]["data"].keys() <= known


def test_a_pod_ends_after_the_requests_that_are_under_way() -> None:
    pod = pods()[0]
    pause = re.findall(r"\d+", pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert pod["terminationGracePeriodSeconds"] >= int(pause[0]) + GRACE + 5
