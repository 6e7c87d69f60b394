"""A server that runs jobs, with a token for each of its users."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from provgraph.ingest.describing import approve, describe
from provgraph.interchange.tool_descriptions import read_descriptions
from provgraph.model.descriptions import ToolDescription
from provgraph.server_settings import JobSettings
from provgraph.store.protocol import Store
from provgraph.store.registry import open_store
from provgraph.web.access import AccessSettings
from provgraph.web.app import Reception
from provgraph.web.roles import Role
from provgraph.web.tokens import TokenFile
from tests.conftest import CORPUS
from tests.graphql.conftest import served
from tests.ivoa import valid
from tests.jobs.conftest import ME


@pytest.fixture(scope="module")
def job_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the definitions of the corpus, and of some jobs that take their time."""
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('jobs') / 'store.db'}")
    said = [
        each
        for name in ("count_words.json", "stack_maps_vot.xml")
        for each in read_descriptions(CORPUS / "jobs" / name)
    ]
    said.append(ToolDescription("slow", said={"script": "sleep 1000", "quote": 5}))
    said.append(ToolDescription("quick", said={"script": "sleep 0.4; echo done"}))
    said.append(ToolDescription("wrong", said={"script": "echo oops >&2; exit 7"}))
    for each in said:
        describe(opened, each, "Ann")
        approve(opened, each.name, each.version, "Eve")
    describe(opened, ToolDescription("draft", said={"script": "true"}), "Ann")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def users(
    job_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients of one server: alice and bob run jobs, root administers, eve curates."""
    folder = tmp_path_factory.mktemp("server")
    file = TokenFile(folder / "tokens.json")
    roles = {"alice": Role.RUNNER, "bob": Role.RUNNER, "root": Role.ADMIN, "eve": Role.CURATOR}
    tokens = {name: file.add(name, role) for name, role in roles.items()}
    reception = Reception(
        access=AccessSettings(file.path),
        jobs=JobSettings(folder / "jobs", user=ME, slots=8, upload=100_000),
    )
    with served(job_store, reception) as client, ExitStack() as stack:
        opened = {
            name: stack.enter_context(
                httpx.Client(
                    base_url=client.base_url,
                    headers={"authorization": f"Bearer {token}"},
                    timeout=30,
                )
            )
            for name, token in tokens.items()
        }
        opened["alice by Basic"] = stack.enter_context(
            httpx.Client(base_url=client.base_url, auth=("alice", tokens["alice"]), timeout=30)
        )
        yield opened.__getitem__
        for control in (folder / "jobs").glob("*/control"):
            (control / "abort").touch()  # a script outlives its server


@pytest.fixture
def alice(users: Callable[[str], httpx.Client]) -> httpx.Client:
    """A runner."""
    return users("alice")


def made(client: httpx.Client, path: str, files: Any = None, **said: str) -> str:
    """Make a job; its path."""
    answer = client.post(path, data=said, files=files)
    assert answer.status_code == 303, answer.text
    return httpx.URL(answer.headers["location"]).path


def ended(client: httpx.Client, job: str) -> str:
    """Wait for the end of a job; its document."""
    while True:
        text = client.get(job, params={"WAIT": "20"}).text
        valid(text)
        if not any(f">{phase}<" in text for phase in ("PENDING", "QUEUED", "EXECUTING")):
            return text
