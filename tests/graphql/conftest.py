"""The corpus in an embedded store, and ways to ask it over HTTP."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from provgraph.commands.serving import create_app
from provgraph.ingest.deciding.integration import integrate
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.loaders.protocol import Problem
from provgraph.store.protocol import Store
from provgraph.store.relational.store import open_sqlite
from provgraph.web.app import Reception
from provgraph.web.server import listening

CORPUS = Path(__file__).parent.parent / "corpus" / "ctapipe"

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store file with all the corpus in it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'corpus.db'}"
    store = open_sqlite(url)
    for log in sorted((CORPUS / "logs").iterdir()):
        with log.open("rb") as stream, store.writing() as transaction:
            found = CtapipeLoader().documents(stream, "default")
            integrate(transaction, [each for each in found if not isinstance(each, Problem)])
    store.close()
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_sqlite(store_url)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> Iterator[httpx.Client]:
    with served(store) as opened:
        yield opened


@pytest.fixture
def ask(client: httpx.Client) -> Ask:
    return lambda query, **variables: asked(client, query, **variables)


@contextmanager
def served(store: Store, reception: Reception | None = None) -> Iterator[httpx.Client]:
    """A client of a real server on the store."""
    app = create_app(store, reception)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
    with listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30
            ) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def asked(client: httpx.Client, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer to a query sent by POST."""
    body = json.dumps({"query": query, "variables": variables})
    response = client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
