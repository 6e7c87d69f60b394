"""``provgraph serve`` and ``schema``, and the web application as a Python program makes it."""

import asyncio
import re
import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from provgraph.commands.main import main
from provgraph.commands.serving import check_store, create_app
from provgraph.errors import NoStoreError, UnreachableError
from provgraph.graphql.schema import sdl
from provgraph.store.registry import open_store
from tests.commands.shell import DL3, Shell
from tests.graphql.test_failures import Failing
from tests.processes import environment


def test_the_schema_is_printed() -> None:
    assert CliRunner().invoke(main, ["schema"]).stdout == sdl()


def test_serve_says_where_it_answers_and_ends_when_told(full_shell: Shell) -> None:
    command = [sys.executable, "-m", "provgraph.commands.main", "serve", "--port", "0"]
    kept = environment(full_shell.folder, f"sqlite:///{full_shell.store}")
    with subprocess.Popen(command, env=kept, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        (url, graphql) = re.findall(r"http://[^\s)]+", running.stderr.readline())
        try:
            query = f'{{ whatProduced(file: "{DL3}") {{ nodes {{ id }} }} }}'
            answer = httpx.post(graphql, json={"query": query}, timeout=60).json()
            assert len(answer["data"]["whatProduced"]["nodes"]) == 71
            assert httpx.get(f"{url}/healthz").text == "ok\n"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
    assert running.returncode in (0, -signal.SIGTERM)


def test_the_database_of_a_server_may_wait_for_its_first_load(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_store(Failing(NoStoreError("postgresql://host/db")))
    assert "there is no store at postgresql://host/db" in capsys.readouterr().err
    check_store(Failing(UnreachableError("away")))
    assert "away; /readyz tells when it answers" in capsys.readouterr().err
    with pytest.raises(NoStoreError):
        check_store(Failing(NoStoreError("/x.db", is_file=True)))


@pytest.mark.parametrize(("host", "status"), [("prov.example.org", 200), ("localhost", 400)])
def test_an_application_answers_by_the_names_it_was_given(host: str, status: int) -> None:
    store = open_store("sqlite://")
    app = create_app(store, allowed_hosts=["prov.example.org"])
    assert asyncio.run(statuses(app, f"http://{host}")) == [status, status]
    store.close()


async def statuses(app: FastAPI, url: str) -> list[int]:
    """The status of a page and of a question."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
        page = await client.get("/healthz")
        answer = await client.post("/graphql", json={"query": "{ stats { agents } }"})
        return [page.status_code, answer.status_code]
