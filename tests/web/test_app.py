"""The pages of the web application, and who may call it."""

import httpx
import pytest

from provgraph.errors import NoStoreError, UnreachableError
from provgraph.web.app import LARGEST_REQUEST
from tests.graphql.conftest import served
from tests.graphql.test_failures import Failing


@pytest.mark.parametrize(
    "host", ["rebound.example", "localhost.rebound.example", "localhost@rebound.example", ""]
)
@pytest.mark.parametrize("path", ["/", "/graphql", "/healthz", "/metrics"])
def test_host_header(client: httpx.Client, host: str, path: str) -> None:
    assert client.get(path, headers={"host": host}).status_code == 400


def test_loopback_names_are_allowed(client: httpx.Client) -> None:
    for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_pages(client: httpx.Client) -> None:
    assert "/graphql" in client.get("/").text
    graphiql = client.get("/graphql", headers={"accept": "text/html"})
    assert "GraphiQL" in graphiql.text
    assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 404


def test_health(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    with served(Failing(UnreachableError("gone"))) as without_store:
        assert without_store.get("/healthz").status_code == 200
        assert without_store.get("/readyz").status_code == 503


def test_a_store_that_waits_for_its_first_load_is_ready() -> None:
    with served(Failing(NoStoreError("bolt://host/"))) as empty:
        ready = empty.get("/readyz")
        assert (ready.status_code, ready.text) == (200, "ok, but nothing is loaded yet\n")


def test_a_request_too_large(client: httpx.Client) -> None:
    response = client.post(
        "/graphql",
        content=b" " * (LARGEST_REQUEST + 1),
        headers={"content-type": "application/json"},
    )
    assert response.status_code == 413
