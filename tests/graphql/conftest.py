"""The corpus in an embedded store, and ways to ask it over HTTP."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from provgraph.app import create_app
from provgraph.ingest.integration import integrate
from provgraph.loaders.ctapipe import CtapipeLoader
from provgraph.loaders.protocol import Problem
from provgraph.store.protocol import Store
from provgraph.store.relational import open_sqlite

CORPUS = Path(__file__).parent.parent / "corpus" / "ctapipe"

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store file with all the corpus in it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'corpus.db'}"
    store = open_sqlite(url)
    for log in sorted((CORPUS / "logs").iterdir()):
        with log.open("rb") as stream, store.writing() as transaction:
            found = CtapipeLoader().documents(io.BufferedReader(stream), "default")  # type: ignore[type-var]
            integrate(transaction, [each for each in found if not isinstance(each, Problem)])
    store.close()
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_sqlite(store_url)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with TestClient(create_app(store), base_url="http://localhost:8000") as opened:
        yield opened


@pytest.fixture
def ask(client: TestClient) -> Ask:
    return lambda query, **variables: asked(client, query, **variables)


def asked(client: TestClient, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer to a query sent by POST."""
    response = client.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
