"""What ``/openapi.json`` says of the routes holds: schemathesis asks as no person would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from provgraph.web.jobs.resources import RESOURCES
from tests.web.jobs.conftest import made

#: What is sent for each operation of each phase, at most; more in a long campaign.
EXAMPLES = os.environ.get("PROVGRAPH_TEST_HTTP_EXAMPLES", "8")


def test_schemathesis_finds_nothing(users: Callable[[str], httpx.Client], tmp_path: Path) -> None:
    root = users("root")
    job = made(root, "/uws/count_words", files={"text": b"sky"}, word="sky")
    _, _, token = root.headers["authorization"].partition(" ")
    settings = Path(__file__).parents[1] / "schemathesis.toml"
    asked = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings), "run"]
    asked += [str(root.base_url.join("/openapi.json")), "--no-color"]
    asked += ["--max-examples", EXAMPLES, "--seed", "1", "--continue-on-failure"]
    told = {"TOKEN": token, "JOB_NAME": "count_words", "JOB_ID": job.rpartition("/")[2]}
    found = subprocess.run(
        asked, env={**os.environ, **told}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    described = sum(len(each) for each in root.get("/openapi.json").json()["paths"].values())
    assert f"Tested: {described}" in found.stdout


def test_all_resources_are_described_where_jobs_are_run(alice: httpx.Client) -> None:
    paths = alice.get("/openapi.json").json()["paths"]
    for base in ("/uws/", "/rest/"):
        for path, methods in RESOURCES.items():
            assert {method.upper() for method in paths[base + path]} == set(methods)


def test_a_resource_says_how_it_may_be_asked_for(alice: httpx.Client) -> None:
    job = made(alice, "/uws/count_words", files={"text": b"sky"}, word="sky")
    for path, methods in RESOURCES.items():
        where = path.replace("{job}/{id}", job.removeprefix("/uws/")).replace("{name}", "word")
        where = where.replace("{job}", "count_words")
        for method in {"POST", "PUT", "DELETE"} - methods.keys():
            refused = alice.request(method, f"/uws/{where}")
            assert refused.status_code == 405, (method, where)
            assert refused.headers["allow"] == ", ".join(sorted(methods)), where
            assert refused.headers["content-type"].startswith("text/plain")
    assert alice.get(job).status_code == 200


def test_what_takes_no_form_reads_none(alice: httpx.Client) -> None:
    job = made(alice, "/uws/count_words", files={"text": b"sky"}, word="sky")
    content = json.dumps({"word": "sea"}).encode()
    assert alice.post(f"{job}/quote", content=content).status_code == 405
