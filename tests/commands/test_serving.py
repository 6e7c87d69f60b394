"""``provgraph serve`` and ``schema``, and the web application as a Python program makes it."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from provgraph.commands.main import main
from provgraph.commands.serving import check_store, create_app
from provgraph.errors import NoStoreError, UnreachableError
from provgraph.graphql.schema import sdl
from provgraph.store.registry import open_store
from provgraph.web.app import Reception
from tests.commands.shell import DL3, Shell
from tests.graphql.test_failures import Failing
from tests.processes import environment


def test_the_schema_is_printed() -> None:
    assert CliRunner().invoke(main, ["schema"]).stdout == sdl()


@contextmanager
def serving(shell: Shell, *options: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The URL of ``provgraph serve`` on a store, and its process."""
    command = [sys.executable, "-m", "provgraph.commands.main", "serve", "--port", "0", *options]
    kept = environment(shell.folder, f"sqlite:///{shell.store}")
    with subprocess.Popen(command, env=kept, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            yield re.findall(r"http://[^\s)]+", running.stderr.readline())[0], running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
        assert running.stderr.read() == ""


def ask(url: str) -> int:
    """How many records led to a file."""
    query = f'{{ whatProduced(file: "{DL3}") {{ nodes {{ id }} }} }}'
    answer = httpx.post(f"{url}/graphql", json={"query": query}, timeout=60).json()
    return len(answer["data"]["whatProduced"]["nodes"])


def test_serve_says_where_it_answers_and_ends_when_told(full_shell: Shell) -> None:
    with serving(full_shell) as (url, running):
        assert ask(url) == 71
        assert httpx.get(f"{url}/healthz").text == "ok\n"
    assert running.returncode in (0, -signal.SIGTERM)


@pytest.mark.slow
def test_two_processes_answer_at_one_port_and_end_when_told(full_shell: Shell) -> None:
    with serving(full_shell, "--workers", "2") as (url, running):
        assert ask(url) == 71
        workers = workers_of(running.pid)
        assert len(workers) == 2
        for silent in workers:  # so that the other one has to answer
            os.kill(silent, signal.SIGSTOP)
            assert ask(url) == 71
            os.kill(silent, signal.SIGCONT)
        counted = httpx.get(f"{url}/metrics").text
        assert 'requests_total{method="POST",path="/graphql",status="200"} 3.0' in counted
        assert "provgraph_info{version=" in counted
    assert running.returncode == 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def workers_of(process: int) -> list[int]:
    """The processes that a server has started to answer."""
    started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [
        int(each) for each in started if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


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
    app = create_app(store, Reception(["prov.example.org"]))
    assert asyncio.run(statuses(app, f"http://{host}")) == [status, status]
    store.close()


async def statuses(app: FastAPI, url: str) -> list[int]:
    """The status of a page and of a question."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
        page = await client.get("/healthz")
        answer = await client.post("/graphql", json={"query": "{ stats { agents } }"})
        return [page.status_code, answer.status_code]
